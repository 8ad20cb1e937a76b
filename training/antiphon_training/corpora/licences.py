"""Licence, attribution and source of a corpus, from its folder.

A folder may hold a licence text (`LICENSE`, `LICENCE`, `COPYING`, with or without
a suffix) and `corpus.toml` with the keys `licence`, `attribution` and `source`.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path

LICENCE_NAMES = ("license", "licence", "copying")
KEYS = ("licence", "attribution", "source")
DETAILS = "corpus.toml"

OF_MUSIC21 = {
    "licence": "each encoder's own: music21's corpus/license.txt says more",
    "attribution": "the corpus of music21, with the permission of the encoders",
    "source": "https://github.com/cuthbertLab/music21",
}
MUSIC21_FOLDERS = ("music21", "corpus")


def corpus_licence(folder: Path) -> dict[str, str | None]:
    """Return licence, attribution and source of a corpus, each None where it is not given.

    Raises
    ------
    CorpusError
        corpus.toml cannot be read.
    """
    found = dict[str, str | None].fromkeys(KEYS)
    if folder.resolve().parts[-3:-1] == MUSIC21_FOLDERS:
        found.update(OF_MUSIC21)
    text = licence_file(folder)
    if text is not None:
        lines = text.read_text(encoding="utf-8", errors="replace").splitlines()
        found["licence"] = next((line.strip() for line in lines if line.strip()), None)
    details = folder / DETAILS
    if details.is_file():
        try:
            written = tomllib.loads(details.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CorpusError(f"{details} cannot be read: {error}") from error
        found.update({key: str(written[key]) for key in KEYS if key in written})
    return found


def licence_file(folder: Path) -> Path | None:
    """Return the licence text of a corpus, None where it has none."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.stem.lower() in LICENCE_NAMES:
            return path
    return None
