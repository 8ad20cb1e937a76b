"""What may be done with a corpus, as its folder tells.

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


def corpus_licence(folder: Path) -> dict[str, str | None]:
    """Return licence, attribution and source of a corpus, each None where nothing tells.

    Raises
    ------
    CorpusError
        corpus.toml is broken.
    """
    told = dict[str, str | None].fromkeys(KEYS)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.stem.lower() in LICENCE_NAMES:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            told["licence"] = next((line.strip() for line in lines if line.strip()), None)
            break
    details = folder / "corpus.toml"
    if details.is_file():
        try:
            written = tomllib.loads(details.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CorpusError(f"{details} cannot be read: {error}") from error
        told.update({key: str(written[key]) for key in KEYS if key in written})
    return told
