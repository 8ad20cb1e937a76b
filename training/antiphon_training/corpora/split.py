"""Which pieces are learned from, watched while training, and never shown.

A folder may hold `heldout.txt` (one relative path a line: never trained on) and
`manifest.tsv` (tab-separated, with the columns `file` and `piece_group`): files of
one group are the same piece, in whatever corpus, and stay on one side of every split.
A corpus that comes with a split of its own keeps it. Names are compared in
Unicode's composed form, so that the split is the same on every system.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon_training.corpora.folder import composed
from antiphon_training.corpora.layouts import manifest_groups
from antiphon_training.corpora.piece import Side, Split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from antiphon_training.corpora.corpus import Corpus

HELDOUT = "heldout.txt"
STRONGEST: tuple[Side, ...] = ("heldout", "valid", "train")
"""Where files of one piece are told to be on several sides, the first of these."""


def split_corpora(corpora: Iterable[Corpus], valid_share: float) -> list[Split]:
    """Split corpora by piece: the same on every machine, and no piece on two sides.

    Held out is what `heldout.txt` lists or the corpus itself holds out; other
    files of a held-out piece are left out altogether, except that a corpus is
    believed where it says which of its own files are trained on. Watched while
    training, and not trained on, is what a corpus says is; where nothing is said,
    a `valid_share` of the remaining pieces, chosen by a hash of their name. Where
    that leaves nothing to watch or nothing to train on, as with a handful of files,
    the piece goes over that was nearest to the border.

    Raises
    ------
    CorpusError
        A list or manifest is no text in UTF-8.
    """
    told = [_Told.of(corpus) for corpus in corpora]
    splits = [_split(mine, [one for one in told if one is not mine], valid_share) for mine in told]
    if valid_share <= 0.0:
        return splits
    for empty, full, nearest in (("valid", "train", min), ("train", "valid", max)):
        groups = {told[i].files[j][0] for i, one in enumerate(splits) for j in getattr(one, full)}
        if len(groups) > 1 and not any(getattr(one, empty) for one in splits):
            chosen = nearest(groups, key=_fraction)
            splits = [
                _moved(one, chosen, mine, full, empty)
                for one, mine in zip(splits, told, strict=True)
            ]
    return splits


def _moved(split: Split, group: str, told: _Told, full: str, empty: str) -> Split:
    """Return a split with the files of one piece on another side."""
    mine = getattr(split, full)
    going = tuple(index for index in mine if told.files[index][0] == group)
    staying = tuple(index for index in mine if index not in going)
    return replace(split, **{full: staying, empty: going})


def _split(mine: _Told, others: Sequence[_Told], valid_share: float) -> Split:
    never = mine.listed.union(*(one.listed | one.groups["heldout"] for one in others))
    split: dict[str, list[int]] = {"train": [], "valid": [], "heldout": []}
    for index, (group, own, held) in enumerate(mine.files):
        if held or own == "heldout":
            split["heldout"].append(index)
            continue
        side = own or _side_of(group, (mine, *others))
        if group not in never and side != "heldout":
            by_chance = "valid" if _fraction(group) < valid_share else "train"
            split[side or by_chance].append(index)
    return Split(**{side: tuple(indices) for side, indices in split.items()})


@dataclass(frozen=True, slots=True)
class _Told:
    """What a corpus says of its files, in terms of pieces.

    Attributes
    ----------
    files : list of (str, str or None, bool)
        Of each file its piece, the side that the corpus puts it on, and whether
        `heldout.txt` lists it.
    listed : set of str
        Pieces with a file in `heldout.txt`.
    groups : dict of str to set of str
        By side, pieces with a file that the corpus puts there.
    """

    files: list[tuple[str, Side | None, bool]]
    listed: set[str]
    groups: dict[Side, set[str]]

    @classmethod
    def of(cls, corpus: Corpus) -> _Told:
        """Ask a corpus."""
        held, pieces = heldout_files(corpus.folder), _piece_groups(corpus)
        files = [
            (pieces[file], own, composed(file) in held)
            for file, own in zip(corpus.files, corpus.own_split, strict=True)
        ]
        groups = {side: {group for group, own, _ in files if own == side} for side in STRONGEST}
        return cls(files, {group for group, _, listed in files if listed}, groups)


def _side_of(group: str, told: Iterable[_Told]) -> Side | None:
    """Return the side of a piece of which another file, in whatever corpus, is told."""
    told = list(told)
    sides = (side for side in STRONGEST if any(group in one.groups[side] for one in told))
    return next(sides, None)


def heldout_files(folder: Path) -> frozenset[str]:
    """Return what a folder's `heldout.txt` lists, composed; nothing where there is none."""
    path = folder / HELDOUT
    if not path.is_file():
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as text in UTF-8: {error}") from error
    return frozenset(composed(line.strip()) for line in lines if line.strip())


def missing_heldout(corpus: Corpus) -> list[str]:
    """Return what `heldout.txt` lists although no such file is there: perhaps a slip."""
    there = {*corpus.files, *(defect.file for defect in corpus.defects)}
    return sorted(heldout_files(corpus.folder) - {composed(file) for file in there})


def _fraction(text: str) -> float:
    digest = hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def _piece_groups(corpus: Corpus) -> dict[str, str]:
    """Return the piece that each file belongs to: itself where nothing else is told."""
    told = manifest_groups(corpus.folder)
    return {
        file: composed(told.get(composed(file)) or group or f"{corpus.name}/{file}")
        for file, group in zip(corpus.files, corpus.groups, strict=True)
    }
