"""Records a session, both sides, as it happens.

Times are seconds on `time.monotonic()`; the file begins with the first note. The
two feeding methods belong to the path of a note: they append to a queue and
return, whatever the disk does. Everything else happens on the recorder's thread.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError
from antiphon.messages import is_channel_message
from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.files.ticks import ticks_per_second
from antiphon.recorder.retrying import Retrying
from antiphon.recorder.sessionfile import SessionFile
from antiphon.recorder.track import PARTNER, PLAYER, TRACKS, GrowingTrack

if TYPE_CHECKING:
    from antiphon.recorder.log_file import LogFile

_log = logging.getLogger(__name__)

WRITE_EVERY = 0.5
RETRY_AFTER = 5.0
MOST_WAITING = 20_000
"""Messages that wait for the thread; note-offs may take as many again."""
MOST_BEFORE_FIRST_NOTE = 1_000
MOST_UNSAVED = 1 << 24
"""Bytes kept for a disk that is full: days of playing."""
LONGEST_CLOSE = 10.0

_Message = tuple[int, float, bytes]


class SessionRecorder:
    """A standard MIDI file of both sides, valid on disk from the first note on.

    A type 1 file with a tempo track and the tracks "Player" and "Antiphon". What
    was played is on disk half a second later, whatever happens to the process.
    While the disk takes nothing (full, gone), one sentence is logged, the
    session is kept in memory, and writing is tried again every few seconds.
    Where nothing is played there is no file.

    Parameters
    ----------
    folder : Path
        Where sessions go; made where it is missing. The file is named
        session-YYYYmmdd-HHMMSS.mid by local time, and replaces no other.
    tempo_bpm : float
        The tempo that the file states; it moves no note.
    started : datetime, optional
        When the session began; now, by default.
    log : LogFile, optional
        Written beside the session, with it.

    Raises
    ------
    AntiphonError
        The folder cannot be written to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tempo_bpm: float = 120.0,
        started: datetime | None = None,
        log: LogFile | None = None,
    ) -> None:
        _require_writable(folder)
        started = started or datetime.now().astimezone()
        self._stem, self._tempo_bpm = f"session-{started:%Y%m%d-%H%M%S}", tempo_bpm
        self._file = SessionFile(folder, self._stem, tempo_bpm)
        self._rate = ticks_per_second(tempo_bpm)
        self._tracks = [GrowingTrack(name) for name in TRACKS]
        self._log = log
        self._waiting: deque[_Message] = deque()
        self._before: deque[_Message] = deque(maxlen=MOST_BEFORE_FIRST_NOTE)
        self._origin: float | None = None
        self._session_disk = Retrying("The session")
        self._log_disk = Retrying("The log of the session, which a replay needs,")
        self._dropped = 0
        self._unsaved = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="antiphon-recorder", daemon=True)

    def start(self) -> None:
        """Start writing; what was fed before is not lost."""
        self._thread.start()

    @property
    def path(self) -> Path | None:
        """The session's file; None before there is one."""
        return self._file.path

    @property
    def dropped(self) -> int:
        """How many messages were lost because the disk could not keep up."""
        return self._dropped

    def player(self, data: bytes, time: float) -> None:
        """Take a message that the player sent; never blocks or raises, any thread."""
        self._put(PLAYER, data, time)

    def partner(self, data: bytes, time: float) -> None:
        """Take a message that Antiphon sent; never blocks or raises, any thread."""
        self._put(PARTNER, data, time)

    def close(self) -> Path | None:
        """End hanging notes, finish the file, and return it; None where nothing was played.

        Safe to call twice. What is fed afterwards is ignored.
        """
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(LONGEST_CLOSE)
        if self._thread.is_alive():
            _log.warning("The disk does not answer: the end of the session may not be recorded.")
        return self._file.path

    def _put(self, side: int, data: bytes, time: float) -> None:
        waiting = len(self._waiting)
        if waiting >= MOST_WAITING and (waiting >= 2 * MOST_WAITING or not _ends_note(data)):
            self._dropped += 1
        else:
            self._waiting.append((side, time, data))

    def _run(self) -> None:
        if self._log is not None:
            with contextlib.suppress(OSError):  # it is made again when the log is written
                self._log.prepare()
        while not self._ending.wait(WRITE_EVERY):
            self._take()
            if self._file.path is None:
                self._save()
            # The log before the session: no note is on disk, after a kill, that it lacks.
            self._save_log()
            self._save()
        self._take()
        self._finish()
        self._finish_log()

    def _take(self) -> None:
        """Move what waits into the tracks, in order of time."""
        taken = (self._waiting.popleft() for _ in range(len(self._waiting)))
        batch = [(side, when, bytes(data)) for side, when, data in taken]
        batch = [message for message in batch if is_channel_message(message[2])]
        batch.sort(key=lambda message: message[1])
        if self._origin is None:
            self._origin = next((when for _, when, data in batch if _starts_note(data)), None)
            if self._origin is None:
                self._before.extend(batch)
                return
            batch = [*self._before, *batch]
            self._before.clear()
        for side, when, data in batch:
            if self._unsaved > MOST_UNSAVED and not _ends_note(data):
                self._dropped += 1
                continue
            self._tracks[side].add(round(max(when - self._origin, 0.0) * self._rate), data)
            self._unsaved += len(data)

    def _save(self) -> None:
        """Bring the file up to date, unless the disk failed a moment ago."""
        if self._unsaved == 0:
            return
        tracks = [track.events for track in self._tracks]
        if self._session_disk.attempt(lambda: self._file.save(tracks), RETRY_AFTER):
            self._unsaved = 0

    def _save_log(self) -> None:
        """Bring the log up to date; where the disk takes nothing it is kept for the next time."""
        log = self._log
        if log is not None:
            log.collect()
            self._log_disk.attempt(lambda: log.save(self._file.path), RETRY_AFTER)

    def _finish_log(self) -> None:
        """Write the end of the log, elsewhere rather than not at all."""
        if self._log is None:
            return
        try:
            self._log.save(self._file.path)
        except OSError as error:
            self._rescue_log(self._log, error.strerror or str(error))
        self._log.close()

    def _rescue_log(self, log: LogFile, cause: str) -> None:
        try:
            log.rescue(Path(tempfile.gettempdir()), self._stem)
        except OSError:
            _log.warning(
                "The end of the session's log could not be written (%s): it can be replayed up to "
                "there.",
                cause,
            )
        else:
            _log.warning(
                "The session's log could not be written beside it (%s); it is %s.", cause, log.path
            )

    def _finish(self) -> None:
        if self._origin is None:
            return
        last = max(track.tick for track in self._tracks)
        for track in self._tracks:
            track.release(last)
        tracks = [track.events for track in self._tracks]
        try:
            self._file.finish(tracks)
        except OSError:
            # No room for a second copy: what grows in place may still fit.
            try:
                self._file.save(tracks)
            except OSError as error:
                self._rescue(tracks, error)
            self._file.let_go()
        if self._dropped:
            _log.warning("%d messages of the session could not be recorded.", self._dropped)

    def _rescue(self, tracks: list[bytearray], cause: OSError) -> None:
        """Write the session elsewhere rather than lose it."""
        elsewhere = SessionFile(Path(tempfile.gettempdir()), self._stem, self._tempo_bpm)
        try:
            elsewhere.finish(tracks)
        except OSError:
            _log.warning(
                "The end of the session could not be written (%s).", cause.strerror or cause
            )
            return
        _log.warning(
            "The session could not be written where it belongs (%s); it was put elsewhere, "
            "move it from there.",
            cause.strerror or cause,
        )
        self._file.let_go()
        self._file = elsewhere


def _starts_note(data: bytes) -> bool:
    """Return whether a channel message starts a note."""
    return data[0] & 0xF0 == NOTE_ON and data[2] > 0


def _ends_note(data: bytes) -> bool:
    """Return whether bytes end a note; they may be no message at all."""
    kind = data[0] & 0xF0 if len(data) == 3 else 0
    return kind == NOTE_OFF or (kind == NOTE_ON and data[2] == 0)


def _require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise AntiphonError(
            f"Sessions cannot be written to {folder} ({error.strerror or error}); "
            "choose another folder with --sessions."
        ) from error
