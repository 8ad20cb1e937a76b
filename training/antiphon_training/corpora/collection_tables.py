"""Tables that come with collections of music: MAESTRO's, GiantMIDI's, and plain ones.

They lie in the folder, in a folder within it, or, where a part of a collection is named, in
the folder above. A plain table is a .csv or .tsv in the folder itself of which a column
names the files, by their paths or by their names alone.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon_training.corpora.about import (
    SIDES,
    About,
    Layout,
    cells_of,
    missing_files,
    rows_of,
)
from antiphon_training.corpora.folder import composed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from antiphon_training.corpora.folder import Listing

    Row = Mapping[str, str]

MAESTRO = ("maestro-v*.csv", "maestro-v*.json")
GIANTMIDI = ("full_music_pieces_youtube_similarity_pianosoloprob*.csv",)
PLAIN = ("*.csv", "*.tsv")
COMPOSER = ("composer", "canonical_composer", "artist", "author")
TITLE = ("title", "canonical_title", "piece", "work", "song")
"""Columns of a plain table, the first of them that it has; case does not matter."""


def from_tables(listing: Listing, folders: Layout) -> Layout | None:
    """Return what the table of a collection says; None where there is no table of any.

    Parameters
    ----------
    listing : Listing
        The files.
    folders : Layout
        What the names of folders and files say: it holds for files that are in no table.

    Raises
    ------
    CorpusError
        A table of MAESTRO's or GiantMIDI's cannot be read.
    """
    for patterns, read in ((MAESTRO, _from_maestro), (GIANTMIDI, _from_giantmidi)):
        for place in _places(listing):
            tables = sorted(table for pattern in patterns for table in place.glob(pattern))
            csvs = [table for table in tables if table.suffix == ".csv"]
            layout = read((csvs or tables)[-1], listing, folders) if tables else None
            if layout is not None:
                return layout
    tables = sorted(table for pattern in PLAIN for table in listing.folder.glob(pattern))
    found = [layout for table in tables if (layout := _from_plain(table, listing, folders))]
    if found:
        return max(found, key=lambda layout: len(layout.about))
    unread = tuple(table.name for table in tables)
    return replace(folders, unread=unread) if unread else None


def _places(listing: Listing) -> list[Path]:
    """Return where a table may lie: the folder, two levels within it, and the folder above."""
    within = {
        listing.folder.joinpath(*PurePosixPath(file).parts[:depth])
        for file in listing.files
        for depth in (1, 2)
        if depth < len(PurePosixPath(file).parts)
    }
    return [listing.folder, *sorted(within), listing.folder.resolve().parent]


def _named_here(file: str, table: Path, listing: Listing) -> str | None:
    """Return the name within the folder of a file that a table names; None where it is outside."""
    folder, place = listing.folder.resolve(), table.parent.resolve()
    if place == folder.parent:
        first, _, rest = file.partition("/")
        return composed(rest) if first == folder.name and rest else None
    return composed((place.relative_to(folder) / file).as_posix())


def _from_maestro(table: Path, listing: Listing, folders: Layout) -> Layout | None:
    """Return what MAESTRO's table says; None where it is of other folders than this one."""
    rows = _maestro_json(table) if table.suffix == ".json" else rows_of(table, delimiter=",")
    if rows and not {"canonical_composer", "split"} <= rows[0].keys():
        raise CorpusError(f"{table} is no table of MAESTRO's: it has no composers or no split.")
    about = {}
    for row in rows:
        name = _named_here(row["file"], table, listing)
        if name is None:
            continue
        composer, title = row["canonical_composer"], row.get("canonical_title", "")
        about[name] = About(
            composer or None,
            title or None,
            SIDES.get(row["split"].lower()),
            f"maestro/{composer}/{title}" if title else None,
            _number(row.get("duration", "")),
        )
    if rows and not about:
        return None
    missing = missing_files(about, listing)
    if table.parent.resolve() != listing.folder.resolve():
        about = {**folders.about, **about}
    return Layout(f"MAESTRO's ({table.name})", about, missing)


def _maestro_json(table: Path) -> list[dict[str, str]]:
    """Return the rows of MAESTRO's JSON: a mapping of columns, or a list of rows."""
    try:
        written = json.loads(table.read_text(encoding="utf-8"))
        if isinstance(written, dict):
            keys = list(written["midi_filename"])
            written = [{name: column[key] for name, column in written.items()} for key in keys]
        rows = [{name: str(value).strip() for name, value in row.items()} for row in written]
        return [{**row, "file": composed(row["midi_filename"])} for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{table} cannot be read as a table of MAESTRO's: {error}") from error


def _from_giantmidi(table: Path, listing: Listing, folders: Layout) -> Layout | None:
    """Return what GiantMIDI's table says; None where it names no file here.

    It lists many pieces that have no file.
    """
    rows = cells_of(table)
    if rows and not {"audio_name", "surname"} <= rows[0].keys():
        raise CorpusError(f"{table} is no table of GiantMIDI's: it has no names or no composers.")
    by_name = {composed(row["audio_name"]): row for row in rows}
    about = {}
    for file in listing.files:
        row = by_name.get(composed(PurePosixPath(file).stem))
        if row is not None:
            composer = ", ".join(filter(None, (row["surname"], row.get("firstname"))))
            side = SIDES.get(row.get("split", "").lower())
            about[composed(file)] = About(composer, row.get("music") or None, side)
    return Layout(f"GiantMIDI's ({table.name})", {**folders.about, **about}) if about else None


def _from_plain(table: Path, listing: Listing, folders: Layout) -> Layout | None:
    """Return what a plain table says; None where no column names files of the folder."""
    try:
        rows = cells_of(table, delimiter="\t" if table.suffix == ".tsv" else ",")
    except (CorpusError, csv.Error):
        return None
    names = _names(listing)
    about = {}
    for row in rows:
        files = [names[cell] for cell in map(composed, row.values()) if cell in names]
        low = {key.lower(): value for key, value in row.items()}
        composer, title = _first(low, COMPOSER), _first(low, TITLE)
        group = low.get("piece_group") or (f"{composer}/{title}" if composer and title else None)
        for file in files:
            known = folders.of(file)
            about[file] = About(
                composer or known.composer,
                title or known.title,
                SIDES.get(low.get("split", "").lower()),
                group or known.group,
            )
    if len(about) <= min(len(listing.files), len(rows)) / 2:
        return None
    if "valid" not in {each.side for each in about.values()}:  # it only holds out
        about = {
            file: each if each.side == "heldout" else replace(each, side=None)
            for file, each in about.items()
        }
    return Layout(f"a folder with {table.name}", {**folders.about, **about})


def _names(listing: Listing) -> dict[str, str]:
    """Return the files by all that a table may call them: path, name, and name without suffix."""
    called: dict[str, set[str]] = {}
    for file in map(composed, listing.files):
        path = PurePosixPath(file)
        for name in (file, str(path.with_suffix("")), path.name, path.stem):
            called.setdefault(name, set()).add(file)
    return {name: next(iter(files)) for name, files in called.items() if len(files) == 1}


def _first(row: Row, columns: Sequence[str]) -> str | None:
    return next((row[name] for name in columns if row.get(name)), None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
