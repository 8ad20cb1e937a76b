"""Composer, title, side of the split and group of each piece, from the layout of a folder.

They come from the first of these that a folder has:

- `manifest.tsv`, tab-separated, with the column `file` and any of `composer`, `title`,
  `split` and `piece_group`;
- a table that comes with a collection (see `collection_tables`);
- its folders: in POP909 (`001/001.mid`, `001/versions/...`) each is one song; in Lakh's
  (`lmd_full/a/HASH.mid`, `lmd_matched/A/B/C/TRACK/HASH.mid`) they say nothing, or which
  song it is; in other corpora they are composers (see `composers`);
- its file names, as GiantMIDI's: "Surname, First name, Title, VIDEO.mid".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from antiphon_training.corpora.about import SIDES, About, Layout, missing_files, rows_of
from antiphon_training.corpora.collection_tables import from_tables
from antiphon_training.corpora.composers import composers_by_folder
from antiphon_training.corpora.folder import MUSIC21, composed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from antiphon_training.corpora.folder import Listing

MANIFEST = "manifest.tsv"
POP909_TRACKS = ("MELODY", "BRIDGE", "PIANO")
NO_COMPOSERS = (
    "demos", "essenFolksong", "leadSheet", "miscFolk", "nottingham-dataset", "oneills1850",
    "ryansMammoth", "airdsAirs", "theoryExercises", "trecento",
)  # fmt: skip
"""Folders of music21's corpus that do not have the name of a composer."""

_LAKH = re.compile(r"(?:.+/)?(?:[0-9a-f]|(?:[A-Z]/){3}(?P<song>TR[A-Z0-9]{16}))/[0-9a-f]{32}\.mid")
_GIANTMIDI = re.compile(r"(?:.+/)?(?P<composer>[^,/]+, [^,/]*), (?P<title>[^/]+), [\w-]{11}\.mid")
_SONG = re.compile(r"(?:.+/)?(?P<song>\d{3})/(?:(?P=song)\.midi?|versions/.+)")


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
    folders = _from_folders(listing, composers)
    return from_tables(listing, folders) or folders


def named_tracks(layout: str, tracks: Mapping[str, int], files: int) -> str:
    """Return a layout in words, with POP909's tracks where most of the files have them."""
    if files and all(tracks.get(name, 0) > files / 2 for name in POP909_TRACKS):
        return f"{layout}; POP909's tracks {', '.join(POP909_TRACKS)}"
    return layout


def manifest_groups(folder: Path) -> dict[str, str]:
    """Return the piece of each file that the manifest of a folder assigns to one."""
    manifest = folder / MANIFEST
    rows = rows_of(manifest) if manifest.is_file() else []
    return {row["file"]: row["piece_group"] for row in rows if row.get("piece_group")}


def _from_manifest(manifest: Path, listing: Listing, asked: Sequence[str] | None) -> Layout:
    rows = rows_of(manifest)
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
    return Layout(f"a folder with {MANIFEST}", about, missing_files(about, listing))


def _from_folders(listing: Listing, asked: Sequence[str] | None) -> Layout:
    files = listing.files
    songs = {file: match["song"] for file in files if (match := _SONG.fullmatch(file))}
    if len(songs) > len(files) / 2:
        about = {composed(file): About(group=f"song {song}") for file, song in songs.items()}
        return Layout("POP909's (a folder a song)", about)
    lakh = {file: match["song"] for file in files if (match := _LAKH.fullmatch(file))}
    if len(lakh) > len(files) / 2:
        known = {file: song for file, song in lakh.items() if song}
        about = {file: About(group=f"lakh/{song}") for file, song in known.items()}
        return Layout("Lakh's (a file is named by its content)", about)
    giant = {file: match for file in files if (match := _GIANTMIDI.fullmatch(file))}
    if len(giant) > len(files) / 2:
        about = {
            composed(file): About(composed(match["composer"]), composed(match["title"]))
            for file, match in giant.items()
        }
        return Layout("GiantMIDI's (names of files)", about)
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
