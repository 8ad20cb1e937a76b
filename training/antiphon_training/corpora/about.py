"""What a corpus says of its files, and the tables that say it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from antiphon.errors import CorpusError
from antiphon_training.corpora.folder import composed
from antiphon_training.corpora.piece import Side

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from antiphon_training.corpora.folder import Listing

SIDES: dict[str, Side] = {
    "train": "train",
    "valid": "valid",
    "validation": "valid",
    "test": "heldout",
    "heldout": "heldout",
}
"""Our names of the sides of a split, by the names in tables."""


@dataclass(frozen=True, slots=True)
class About:
    """What a corpus says of one file; None where it says nothing.

    Attributes
    ----------
    composer, title : str or None
        The composer, and the title.
    side : {"train", "valid", "heldout"} or None
        The side of the corpus' own split.
    group : str or None
        The piece that it is of: files of one group are one piece.
    seconds : float or None
        The length that the corpus gives.
    """

    composer: str | None = None
    title: str | None = None
    side: Side | None = None
    group: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a corpus says of its files.

    Attributes
    ----------
    name : str
        The layout in words.
    about : dict of str to About
        By file; a file may be missing if nothing is known of it.
    missing : int
        The number of files in its table that are not there.
    unread : tuple of str
        Tables beside the music in which no column names the files.
    """

    name: str
    about: dict[str, About] = field(default_factory=dict)
    missing: int = 0
    unread: tuple[str, ...] = ()

    def of(self, file: str) -> About:
        """Return what the corpus says of a file."""
        return self.about.get(composed(file), About())


def cells_of(table: Path, **dialect: Any) -> list[dict[str, str]]:
    """Return the rows of a table by column, tab-separated unless the dialect is another.

    Raises
    ------
    CorpusError
        It cannot be read.
    """
    dialect = dialect or {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            cells = list(csv.DictReader(lines, restval="", **dialect))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{table} cannot be read as a table: {error}") from error
    # Cells beyond the columns are under the key None.
    return [{key: row[key].strip() for key in row if key is not None} for row in cells]


def rows_of(table: Path, **dialect: Any) -> list[dict[str, str]]:
    """Return the rows of a table that have a `file`, in composed form.

    Raises
    ------
    CorpusError
        It cannot be read.
    """
    rows = cells_of(table, **dialect)
    for row in rows:
        row["file"] = composed(row.get("file") or row.get("midi_filename") or "")
    return [row for row in rows if row["file"]]


def missing_files(files: Iterable[str], listing: Listing) -> int:
    """Return how many files of a table are not there."""
    return len(set(files) - {composed(file) for file in listing.files})
