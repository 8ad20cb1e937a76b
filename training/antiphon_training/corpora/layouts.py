"""Composer, title, side of the split and group of each piece, from the layout of a folder.

They come from the first of these that a folder has:

- `manifest.tsv`, tab-separated, with the column `file` and any of `composer`, `title`,
  `split` and `piece_group`;
- `maestro-v*.csv`, which comes with MAESTRO;
- its folders: in POP909 (`001/001.mid`, `001/versions/...`) each is one song, in other
  corpora they are composers (see `composers`).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from antiphon.errors import CorpusError
from antiphon_training.corpora.composers import composers_by_folder
from antiphon_training.corpora.folder import MUSIC21, composed
from antiphon_training.corpora.piece import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from antiphon_training.corpora.folder import Listing

MANIFEST = "manifest.tsv"
MAESTRO = "maestro-v*.csv"
POP909_TRACKS = ("MELODY", "BRIDGE", "PIANO")
SIDES: dict[str, Side] = {
    "train": "train",
    "valid": "valid",
    "validation": "valid",
    "test": "heldout",
    "heldout": "heldout",
}
"""Our names of the sides of a split, by the names in tables."""

NO_COMPOSERS = (
    "demos", "essenFolksong", "leadSheet", "miscFolk", "nottingham-dataset", "oneills1850",
    "ryansMammoth", "airdsAirs", "theoryExercises", "trecento",
)  # fmt: skip
"""Folders of music21's corpus that do not have the name of a composer."""

_SONG = re.compile(r"(?:.+/)?(?P<song>\d{3})/(?:(?P=song)\.midi?|versions/.+)")


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
    """

    name: str
    about: dict[str, About] = field(default_factory=dict)
    missing: int = 0

    def of(self, file: str) -> About:
        """Return what the corpus says of a file."""
        return self.about.get(composed(file), About())


def read_layout(listing: Listing, composers: Sequence[str] | None = None) -> Layout:
    """Return what a corpus says of its files.

    Parameters
    ----------
    listing : Listing
        The files of the corpus.
    composers : sequence of str, optional
        Names to look for in the names of all folders, where no composer is called so.

    Raises
    ------
    CorpusError
        A table cannot be read.
    """
    if listing.name.startswith(MUSIC21):
        return _music21(listing)
    manifest = listing.folder / MANIFEST
    if manifest.is_file():
        return _from_manifest(manifest, listing, composers)
    tables = sorted(listing.folder.glob(MAESTRO))
    if tables:
        return _from_maestro(tables[-1], listing)
    return _from_folders(listing, composers)


def named_tracks(layout: str, tracks: Mapping[str, int], files: int) -> str:
    """Return a layout in words, with POP909's tracks where most of the files have them."""
    if files and all(tracks.get(name, 0) > files / 2 for name in POP909_TRACKS):
        return f"{layout}; POP909's tracks {', '.join(POP909_TRACKS)}"
    return layout


def manifest_groups(folder: Path) -> dict[str, str]:
    """Return the piece of each file that the manifest of a folder assigns to one."""
    manifest = folder / MANIFEST
    rows = _rows(manifest) if manifest.is_file() else []
    return {row["file"]: row["piece_group"] for row in rows if row.get("piece_group")}


def _rows(table: Path, **dialect: Any) -> list[dict[str, str]]:
    """Return the rows of a table that name a file, by column; names in composed form."""
    dialect = dialect or {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            cells = list(csv.DictReader(lines, restval="", **dialect))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{table} cannot be read as a table: {error}") from error
    # Cells beyond the columns are under the key None.
    rows = [{key: row[key].strip() for key in row if key is not None} for row in cells]
    for row in rows:
        row["file"] = composed(row.get("file") or row.get("midi_filename") or "")
    return [row for row in rows if row["file"]]


def _from_manifest(manifest: Path, listing: Listing, asked: Sequence[str] | None) -> Layout:
    rows = _rows(manifest)
    whole = _is_whole_split(row.get("split", "") for row in rows)
    folders = _from_folders(listing, asked).about
    about = {}
    for row in rows:
        by_folder = folders.get(row["file"], About()).composer
        side = SIDES.get(row.get("split", "").lower())
        about[row["file"]] = About(
            (row["composer"] or None) if "composer" in row else by_folder,
            row.get("title") or None,
            side if whole or side == "heldout" else None,
            row.get("piece_group") or None,
        )
    return Layout(f"a folder with {MANIFEST}", about, _missing(about, listing))


def _from_maestro(table: Path, listing: Listing) -> Layout:
    rows = _rows(table, delimiter=",")
    if rows and not {"canonical_composer", "split"} <= rows[0].keys():
        raise CorpusError(f"{table} is no table of MAESTRO's: it has no composers or no split.")
    about = {}
    for row in rows:
        composer, title = row["canonical_composer"], row.get("canonical_title", "")
        about[row["file"]] = About(
            composer or None,
            title or None,
            SIDES.get(row["split"].lower()),
            f"maestro/{composer}/{title}" if title else None,
            _number(row.get("duration", "")),
        )
    return Layout(f"MAESTRO's ({table.name})", about, _missing(about, listing))


def _from_folders(listing: Listing, asked: Sequence[str] | None) -> Layout:
    files = listing.files
    songs = {file: match["song"] for file in files if (match := _SONG.fullmatch(file))}
    if len(songs) > len(files) / 2:
        about = {composed(file): About(group=f"song {song}") for file, song in songs.items()}
        return Layout("POP909's (a folder a song)", about)
    named = composers_by_folder(listing, asked)
    composers = {file: About(composer=composer) for file, composer in named.items()}
    name = "composers' folders" if len(composers) > len(files) / 2 else "a folder"
    return Layout(name, composers)


def _music21(listing: Listing) -> Layout:
    name = listing.name.removeprefix(MUSIC21)
    if name in NO_COMPOSERS:
        return Layout("music21's own corpus")
    composer = name.replace("_", " ").title()
    about = {composed(file): About(composer=composer) for file in listing.files}
    return Layout("music21's own corpus", about)


def _is_whole_split(names: Iterable[str]) -> bool:
    """Return whether a table also names validation files.

    If it only holds files out, the validation pieces are chosen from the rest by a hash.
    """
    return any(SIDES.get(name.lower()) == "valid" for name in names)


def _missing(about: dict[str, About], listing: Listing) -> int:
    return len(about.keys() - {composed(file) for file in listing.files})


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
