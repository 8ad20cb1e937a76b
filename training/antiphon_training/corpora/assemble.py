"""The pieces of a corpus, from the cache or else parsed, with all that is known of them.

Composer, title and group of a piece come from the corpus (`layouts`), from the file itself,
and from a comparison of the files: two of the same content or name are one piece.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon.music.note import NoteArray
from antiphon_training.corpora.about import About
from antiphon_training.corpora.cache import Cache, ReadingKeys, Stamp, content_hash, now
from antiphon_training.corpora.composers import is_by
from antiphon_training.corpora.folder import MUSIC21, Defect, Remark
from antiphon_training.corpora.parallel import read_all, read_one
from antiphon_training.corpora.piece import ANY, Piece
from antiphon_training.corpora.reading import content_of, split_number, with_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from antiphon_training.corpora.about import Layout
    from antiphon_training.corpora.cache import Outcome
    from antiphon_training.corpora.folder import Listing
    from antiphon_training.corpora.piece import Reading

    Progress = Callable[[int, int], None]

KEPT_AT_ONCE = 64
"""Files that are parsed between two writes to the cache: an interruption loses as many."""
TABLE_TOLERANCE = 10.0
"""Seconds by which the length in a table may differ from that of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a corpus: its file, its music, what is known of it, and remarks."""

    file: str
    piece: Piece
    about: About
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileNotes:
    """The notes of one file or tune, sorted by onset."""

    file: str
    notes: NoteArray


def read_files(
    folder: Path, files: Sequence[str], reading: Reading, cache: Path | None = None
) -> tuple[list[FileNotes], list[Defect]]:
    """Return the notes of some files of a folder, and the files that cannot be read.

    Parameters
    ----------
    folder : Path
        Their folder.
    files : sequence of str
        Relative paths; `tunes.abc#3` is the third tune of a collection.
    reading : Reading
        The way of reading them.
    cache : Path, optional
        The folder of the cache; the user's own when not given.
    """
    whole = {split_number(folder / file)[0].relative_to(folder).as_posix(): None for file in files}
    pieces, defects, _ = _parsed(folder, tuple(whole), reading, cache)
    wanted = set(files)
    read = [
        FileNotes(name, piece.notes)
        for file, name, piece in pieces
        if name in wanted or file in wanted
    ]
    return read, sorted(defects, key=lambda defect: defect.file)


def read_parts(
    listing: Listing,
    layout: Layout,
    reading: Reading,
    composers: Sequence[str] | None,
    cache: Path | None,
    progress: Progress | None,
) -> tuple[list[Part], list[Defect]]:
    """Return the pieces of a corpus in order of their files, and what was left out.

    Raises
    ------
    CorpusError
        None of the composers is there.
    """
    files = [f for f in listing.files if is_by(layout.of(f).composer, composers, unknown=True)]
    pieces, defects, contents = _parsed(listing.folder, files, reading, cache, progress)
    parts = [_part(name, piece, layout.of(file)) for file, name, piece in pieces]
    chosen = [part for part in parts if is_by(part.about.composer, composers)]
    if composers and not chosen and (parts or len(files) < len(listing.files)):
        raise CorpusError(_no_such_composer(listing, layout, parts, composers))
    defects = sorted([*listing.unreadable, *defects], key=lambda defect: defect.file)
    return _grouped(chosen, contents, listing.name), defects


def _parsed(
    folder: Path,
    files: Sequence[str],
    reading: Reading,
    cache: Path | None,
    progress: Progress | None = None,
) -> tuple[list[tuple[str, str, Piece]], list[Defect], dict[str, bytes]]:
    """Return file, name and music of each piece, what was left out, and content hashes."""
    with Cache(cache) as kept:
        contents = _contents(folder, files, kept)
        outcomes = _outcomes(folder, files, contents, reading, kept, progress)
    pieces, defects = [], []
    for file, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, str):
            defects.append(Defect(file, outcome))
            continue
        if not outcome:
            defects.append(Defect(file, "has no tunes"))
        for piece in outcome:
            name, reason = with_number(file, piece.number), piece.reason_to_leave_out(reading)
            if reason is not None:
                defects.append(Defect(name, reason))
            else:
                pieces.append((file, name, piece))
    return pieces, defects, contents


def _contents(folder: Path, files: Sequence[str], kept: Cache) -> dict[str, bytes]:
    """Return the content hash of each file that can be opened."""
    folder = folder.resolve()
    known = kept.hashes(folder)
    contents: dict[str, bytes] = {}
    fresh: dict[Path, tuple[Stamp, bytes]] = {}
    looked = now()
    for file in files:
        path = folder / file
        try:
            stamp = Stamp.of(path)
            seen = known.get(path)
            if seen and seen[0] == stamp:
                contents[file] = seen[1]
                continue
            contents[file] = content_hash(content_of(path))
            fresh[path] = (stamp, contents[file])
        except (OSError, CorpusError):
            continue  # reported when it is parsed
    kept.remember(fresh, looked)
    return contents


def _outcomes(
    folder: Path,
    files: Sequence[str],
    contents: dict[str, bytes],
    reading: Reading,
    kept: Cache,
    progress: Progress | None,
) -> list[Outcome]:
    """Return the result of each file: from the cache, else parsed."""
    paths = [folder / file for file in files]
    naming = ReadingKeys(reading)
    keys = [
        naming.key(contents[file], path.suffix) if file in contents else None
        for file, path in zip(files, paths, strict=True)
    ]
    known = kept.outcomes(key for key in keys if key is not None)
    missing = [index for index, key in enumerate(keys) if key not in known]
    parsed: dict[int, Outcome] = {}
    fresh: dict[bytes, Outcome] = {}
    try:
        for place, outcome in read_all([paths[index] for index in missing], reading):
            parsed[missing[place]] = outcome
            key = keys[missing[place]]
            if key is not None:
                fresh[key] = outcome
            if len(fresh) >= KEPT_AT_ONCE:
                kept.keep(fresh)
                fresh.clear()
            if progress:
                progress(len(parsed), len(missing))
    finally:
        kept.keep(fresh)
    return [
        parsed[index] if index in parsed else known[key] if key else read_one(paths[index], reading)
        for index, key in enumerate(keys)
    ]


def _part(file: str, piece: Piece, about: About) -> Part:
    """Return a piece with what the corpus says of it, or else the file itself."""
    remarks = piece.remarks
    listed = about.seconds
    if listed is not None and abs(piece.seconds - listed) > TABLE_TOLERANCE:
        remarks = (*remarks, f"lasts {piece.seconds:.0f} s where its table says {listed:.0f} s")
    about = replace(
        about, composer=about.composer or piece.composer, title=about.title or piece.title
    )
    return Part(file, piece, about, remarks)


def _grouped(parts: Sequence[Part], contents: dict[str, bytes], name: str) -> list[Part]:
    """Give files of the same content, or of the same name but a suffix, the same group.

    The group has the name of its first file.
    """
    first: dict[object, str] = {}
    grouped = []
    for part in parts:
        file, _, number = part.file.partition("#")
        content = contents.get(file)
        by_name = (str(PurePosixPath(file).with_suffix("")), number)
        twin = first.get((content, number)) if content else None
        same = twin or first.get(by_name)
        for key in (by_name, *([(content, number)] if content else [])):
            first.setdefault(key, same or part.file)
        if same and not part.about.group:
            part = replace(part, about=replace(part.about, group=f"{name}/{same}"))  # noqa: PLW2901
        if twin:
            part = replace(part, remarks=(*part.remarks, f"is the same as {twin}"))  # noqa: PLW2901
        grouped.append(part)
    return grouped


def _no_such_composer(
    listing: Listing, layout: Layout, parts: Sequence[Part], composers: Sequence[str]
) -> str:
    named = [layout.of(file).composer for file in listing.files]
    names = Counter(name for name in (*named, *(p.about.composer for p in parts)) if name)
    there = ", ".join(name for name, _ in names.most_common(12))
    where = listing.name if listing.name.startswith(MUSIC21) else listing.folder
    nothing = f"Nothing in {where} is by {' or '.join(composers)}"
    if there:
        return f"{nothing}; it has music by {there} (--composer NAME chooses, {ANY} takes all)."
    return f"{nothing}: neither folders nor files name a composer; --composer {ANY} takes all."


def remarks_of(parts: Sequence[Part]) -> tuple[Remark, ...]:
    """Return the remarks on all pieces."""
    return tuple(Remark(part.file, text) for part in parts for text in part.remarks)
