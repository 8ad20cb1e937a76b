"""The split of corpora into pieces for training, for validation, and held out.

A folder may hold `heldout.txt` (one relative path a line: never trained on) and
`manifest.tsv` (tab-separated, with the columns `file` and `piece_group`): files of one
group are the same piece, in any corpus, and stay on one side of every split. A corpus that
comes with a split of its own keeps it. Names are compared in Unicode's composed form, so
the split is the same on every system.
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
"""If files of one piece are on several sides, the piece is on the first of these."""


def name_hash(file: str) -> str:
    """Return a hash of a file's name, without its folders, by which a card knows its piece."""
    name = composed(file).rpartition("/")[2].encode("utf-8", "surrogateescape")
    return hashlib.sha256(name).hexdigest()[:10]


def split_corpora(corpora: Iterable[Corpus], valid_share: float) -> list[Split]:
    """Split corpora by piece: the same on every machine, and no piece on two sides.

    Files are held out if `heldout.txt` lists them or the corpus itself holds them out.
    Other files of a held-out piece are on no side, unless the split of their own corpus
    names them. The validation files are those that the corpus names; where it names
    none, they are a share of the remaining pieces, chosen by a hash of their names. If
    that leaves nothing for validation or nothing to train on, as with very few files,
    the piece whose hash is nearest to the limit changes sides.

    Parameters
    ----------
    corpora : iterable of Corpus
        All corpora of a run.
    valid_share : float
        The share of pieces for validation, 0 to 1.

    Raises
    ------
    CorpusError
        A list or manifest is no text in UTF-8.
    """
    sides = [_Sides.of(corpus) for corpus in corpora]
    splits = [
        _split(mine, [one for one in sides if one is not mine], valid_share) for mine in sides
    ]
    if valid_share <= 0.0:
        return splits
    for empty, full, nearest in (("valid", "train", min), ("train", "valid", max)):
        groups = {sides[i].files[j][0] for i, one in enumerate(splits) for j in getattr(one, full)}
        if len(groups) > 1 and not any(getattr(one, empty) for one in splits):
            chosen = nearest(groups, key=_fraction)
            splits = [
                _moved(one, chosen, mine, full, empty)
                for one, mine in zip(splits, sides, strict=True)
            ]
    return splits


def _moved(split: Split, group: str, sides: _Sides, full: str, empty: str) -> Split:
    """Return a split with the files of one piece moved to another side."""
    mine = getattr(split, full)
    going = tuple(index for index in mine if sides.files[index][0] == group)
    staying = tuple(index for index in mine if index not in going)
    return replace(split, **{full: staying, empty: going})


def _split(mine: _Sides, others: Sequence[_Sides], valid_share: float) -> Split:
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
class _Sides:
    """The sides that a corpus itself gives its files, in terms of pieces.

    Attributes
    ----------
    files : list of (str, str or None, bool)
        Of each file its piece, the side of the corpus' own split, and whether
        `heldout.txt` lists it.
    listed : set of str
        Pieces with a file in `heldout.txt`.
    groups : dict of str to set of str
        By side, pieces with a file on it.
    """

    files: list[tuple[str, Side | None, bool]]
    listed: set[str]
    groups: dict[Side, set[str]]

    @classmethod
    def of(cls, corpus: Corpus) -> _Sides:
        """Return the sides of a corpus."""
        held, pieces = heldout_files(corpus.folder), _piece_groups(corpus)
        files = [
            (pieces[file], own, composed(file) in held)
            for file, own in zip(corpus.files, corpus.own_split, strict=True)
        ]
        groups = {side: {group for group, own, _ in files if own == side} for side in STRONGEST}
        return cls(files, {group for group, _, listed in files if listed}, groups)


def _side_of(group: str, all_sides: Iterable[_Sides]) -> Side | None:
    """Return the side on which any corpus has another file of a piece."""
    all_sides = list(all_sides)
    sides = (side for side in STRONGEST if any(group in one.groups[side] for one in all_sides))
    return next(sides, None)


def heldout_files(folder: Path) -> frozenset[str]:
    """Return the files that `heldout.txt` of a folder lists, in composed form."""
    path = folder / HELDOUT
    if not path.is_file():
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as text in UTF-8: {error}") from error
    return frozenset(composed(line.strip()) for line in lines if line.strip())


def missing_heldout(corpus: Corpus) -> list[str]:
    """Return the files that `heldout.txt` lists and the folder does not have."""
    there = {*corpus.files, *(defect.file for defect in corpus.defects)}
    listed = heldout_files(corpus.folder) - {composed(file) for file in there}
    # A corpus of some composers alone has not read the others' files.
    return sorted(file for file in listed if not (corpus.folder / file).is_file())


def _fraction(text: str) -> float:
    digest = hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def _piece_groups(corpus: Corpus) -> dict[str, str]:
    """Return the piece that each file belongs to: the file alone if nothing says otherwise."""
    listed = manifest_groups(corpus.folder)
    return {
        file: composed(listed.get(composed(file)) or group or f"{corpus.name}/{file}")
        for file, group in zip(corpus.files, corpus.groups, strict=True)
    }
