"""Which pieces are learned from, watched while training, and never shown.

A folder may hold `heldout.txt` (one relative path a line: never trained on) and
`manifest.tsv` (tab-separated, with the columns `file` and `piece_group`): files of
one group are the same piece, in whatever corpus, and stay on one side of every split.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from antiphon_training.corpora.corpus import Corpus

HELDOUT, MANIFEST = "heldout.txt", "manifest.tsv"


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of a corpus' files: trained on, watched while training, and held out."""

    train: tuple[int, ...]
    valid: tuple[int, ...]
    heldout: tuple[int, ...]


def split_corpora(corpora: Iterable[Corpus], valid_share: float) -> list[Split]:
    """Split corpora by piece: the same on every machine, and no piece on two sides.

    Held out is what `heldout.txt` lists; other files of a held-out piece are left
    out altogether. `valid_share` of the remaining pieces, chosen by a hash of
    their name, are watched while training and not trained on.

    Raises
    ------
    CorpusError
        A list or manifest is no text in UTF-8.
    """
    corpora = list(corpora)
    groups = [_piece_groups(corpus) for corpus in corpora]
    listed = [heldout_files(corpus.folder) for corpus in corpora]
    held_groups = {
        group[file]
        for corpus, group, held in zip(corpora, groups, listed, strict=True)
        for file in corpus.files
        if file in held
    }
    splits = []
    for corpus, group, held in zip(corpora, groups, listed, strict=True):
        sides: dict[str, list[int]] = {"train": [], "valid": [], "heldout": []}
        for index, file in enumerate(corpus.files):
            if file in held:
                sides["heldout"].append(index)
            elif group[file] not in held_groups:
                watched = _fraction(group[file]) < valid_share
                sides["valid" if watched else "train"].append(index)
        splits.append(Split(**{side: tuple(indices) for side, indices in sides.items()}))
    return splits


def heldout_files(folder: Path) -> frozenset[str]:
    """Return what a folder's `heldout.txt` lists; nothing where there is none."""
    path = folder / HELDOUT
    if not path.is_file():
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as text in UTF-8: {error}") from error
    return frozenset(line.strip() for line in lines if line.strip())


def missing_heldout(corpus: Corpus) -> list[str]:
    """Return what `heldout.txt` lists although no such file is there: perhaps a slip."""
    there = {*corpus.files, *(defect.file for defect in corpus.defects)}
    return sorted(heldout_files(corpus.folder) - there)


def _fraction(text: str) -> float:
    digest = hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def _piece_groups(corpus: Corpus) -> dict[str, str]:
    """Return the piece that each file belongs to; without a manifest, itself."""
    groups = {file: f"{corpus.name}/{file}" for file in corpus.files}
    manifest = corpus.folder / MANIFEST
    if manifest.is_file():
        try:
            with manifest.open(encoding="utf-8-sig", newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if row.get("file") in groups and row.get("piece_group"):
                        groups[row["file"]] = row["piece_group"]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(f"{manifest} cannot be read as a table: {error}") from error
    return groups
