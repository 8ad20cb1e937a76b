"""A MIDI file whose tracks grow on disk while it is a valid file at every instant.

Each track ends in room to grow: a meta event of the sequencer's own (FF 7F), which
every reader skips. New events are first written inside that room, behind its first
bytes, which no reader looks at; then one write replaces those first bytes by the
first of the new events. That write stays inside a disk sector, so a kill or a power
cut in between leaves the file as it was before. Chunk lengths never change. Where the
room is used up, the whole file is written again with more room (`whole_file`). Three
hours of dense playing on both sides (1 MB) cost five times their size in bytes written.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING

from antiphon.music.files import smf
from antiphon.stage.log import SUFFIX
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ROOM_HEADER = 7
LEAST_ROOM, MOST_ROOM = 1 << 13, 1 << 17
SECTOR = 512

_sync = getattr(os, "fdatasync", os.fsync)
_FLAGS = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class SessionFile:
    """The file of one session; used by one thread.

    Nothing is on disk before the first `save`. Every method that writes raises
    OSError where the disk does not take it; the file is then as it was before,
    and the same call may be made again.

    Parameters
    ----------
    folder : Path
        An existing folder.
    stem : str
        The file's name without ".mid". Where a file of that name exists
        already, or the log of another session, a number is put behind it.
    tempo_bpm : float
        The tempo that the file states.
    """

    def __init__(self, folder: Path, stem: str, tempo_bpm: float) -> None:
        self._folder = folder
        self._stem = stem
        self._tempo = smf.tempo_track(tempo_bpm)
        self._descriptor: int | None = None
        self._rooms: list[_Room] = []
        self.path: Path | None = None

    def save(self, tracks: Sequence[bytes | bytearray]) -> None:
        """Bring the file to these tracks, each of which begins with what was saved before."""
        pairs = list(zip(self._rooms, tracks, strict=False))
        fits = all(room.takes(events) for room, events in pairs)
        if self._descriptor is None or not fits or self._vanished(self._descriptor):
            self._rewrite(tracks)
        elif any(room.saved < len(events) for room, events in pairs):
            self._append(self._descriptor, tracks)

    def finish(self, tracks: Sequence[bytes | bytearray]) -> None:
        """Write the tracks without room to grow, and let the file go."""
        chunks = [smf.track_chunk(bytes(events)) for events in tracks]
        header = smf.file_header(len(chunks) + 1)
        os.close(self._replace(header + self._tempo + b"".join(chunks)))
        self.let_go()

    def let_go(self) -> None:
        """Close the file as it is; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _vanished(self, descriptor: int) -> bool:
        """Tell whether somebody has deleted the file, or put another in its place."""
        try:
            return self.path is None or not os.path.samestat(self.path.stat(), os.fstat(descriptor))
        except OSError:
            return True

    def _append(self, descriptor: int, tracks: Sequence[bytes | bytearray]) -> None:
        steps = [
            (index, room.position, *room.extended(events))
            for index, (room, events) in enumerate(zip(self._rooms, tracks, strict=True))
            if room.saved < len(events)
        ]
        for _, position, _, written in steps:
            _write(descriptor, written[ROOM_HEADER:], position + ROOM_HEADER)
        _sync(descriptor)
        for index, position, after, written in steps:
            _write(descriptor, written[:ROOM_HEADER], position)
            self._rooms[index] = after
        _sync(descriptor)

    def _rewrite(self, tracks: Sequence[bytes | bytearray]) -> None:
        content = bytearray(smf.file_header(len(tracks) + 1) + self._tempo)
        rooms = []
        for events in tracks:
            size = min(max(len(events), LEAST_ROOM), MOST_ROOM)
            start = len(content) + 8  # behind the chunk's own header
            room = _Room(start, 0, start + len(events) + size)
            after, written = room.extended(events)
            body = written.ljust(room.end - room.position, b"\0")
            content += smf.track_chunk(body)
            rooms.append(after)
        descriptor = self._replace(bytes(content))
        self.let_go()
        self._descriptor, self._rooms = descriptor, rooms

    def _replace(self, content: bytes) -> int:
        """Put a whole file in place of the old one; return it open for writing."""
        self._folder.mkdir(parents=True, exist_ok=True)  # it may have been deleted meanwhile
        with self._named() as target:
            descriptor = _written(target, content)
        self.path = target
        return descriptor

    @contextlib.contextmanager
    def _named(self) -> Iterator[Path]:
        """Give the file's path, and keep a new name from other sessions until it is there.

        Two sessions that begin in one second find different names: the one that is
        first to make the mark has the name, if no file is there.
        """
        if self.path is not None:
            yield self.path
            return
        for number in itertools.count(1):
            suffix = "" if number == 1 else f"-{number}"
            path = self._folder / f"{self._stem}{suffix}.mid"
            mark = path.with_name(f".{path.name}.part")
            try:
                os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            except FileExistsError:
                continue
            try:
                if not path.exists() and not path.with_suffix(SUFFIX).exists():
                    yield path
                    return
            finally:
                with contextlib.suppress(OSError):
                    mark.unlink()


class _Room:
    """Where a track's room to grow lies in the file.

    Parameters
    ----------
    position : int
        Offset of the room's first byte, which is where events will go.
    saved : int
        How many bytes of the track's events lie before it.
    end : int
        Offset behind its last byte.
    """

    def __init__(self, position: int, saved: int, end: int) -> None:
        self.position = position
        self.saved = saved
        self.end = end

    def takes(self, events: bytes | bytearray) -> bool:
        """Return whether events fit, and the filler and header that may follow them."""
        needed = len(events) - self.saved + SECTOR_FILLER + ROOM_HEADER
        return self.position + needed <= self.end

    def extended(self, events: bytes | bytearray) -> tuple[_Room, bytes]:
        """Return the room behind new events, and what to write from here on for it.

        That ends with the new room's header, and is never shorter than one.
        """
        new = bytes(events[self.saved :])
        new += _filler(self.position + len(new))
        after = _Room(self.position + len(new), len(events), self.end)
        length = after.end - after.position - ROOM_HEADER
        digits = bytes(length >> shift & 0x7F | 0x80 for shift in (21, 14, 7))
        return after, new + b"\x00\xff\x7f" + digits + bytes([length & 0x7F])


SECTOR_FILLER = ROOM_HEADER


def _filler(position: int) -> bytes:
    """Return an event that does nothing, where a room's header would straddle two sectors."""
    left = SECTOR - position % SECTOR
    if left >= ROOM_HEADER:
        return b""
    return smf.meta_event(0x7F, bytes(max(left - 4, 0)))


def _written(path: Path, content: bytes) -> int:
    """Put a whole file where it belongs; return it open for writing."""
    with whole_file(path, sync=True) as unfinished:
        descriptor = os.open(unfinished, _FLAGS)
        try:
            _write(descriptor, content, 0)
        finally:
            os.close(descriptor)  # Windows does not rename a file that is open
    return os.open(path, _FLAGS)


def _write(descriptor: int, content: bytes, position: int) -> None:
    while content:
        written = _write_at(descriptor, content, position)
        content, position = content[written:], position + written


def _write_at(descriptor: int, content: bytes, position: int) -> int:
    """Do what `os.pwrite` does, which Windows has not; a descriptor belongs to one thread."""
    os.lseek(descriptor, position, os.SEEK_SET)
    return os.write(descriptor, content)
