"""Notes to a standard MIDI file of type 1.

Times are seconds from the start of the file, written at one tempo, or on told beats, with
`antiphon.music.files.smf.TICKS_PER_BEAT` (a tick is 0.52 ms at 120 bpm).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antiphon.errors import MidiFileError
from antiphon.messages.spec import CONTROL_CHANGE, NOTE_OFF, NOTE_ON, PROGRAM_CHANGE
from antiphon.music.files import smf
from antiphon.music.files.ticks import ticks_per_second
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.files.beat_clock import BeatClock
    from antiphon.music.files.captions import Caption
    from antiphon.music.files.conductor import Sign
    from antiphon.music.files.notated import Notated
    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import ControlArray

    Ticks = NDArray[np.int64]
    ToTicks = Callable[[NDArray[np.float64]], Ticks]


LONGEST_BEAT = (1 << 24) - 1
"""Microseconds of a quarter that a tempo event can say."""


class Part(NamedTuple):
    """What one track of a written file holds.

    Attributes
    ----------
    name : str
        The track's name.
    program : int
        General MIDI program, 0 to 127; 0 is a grand piano.
    channel : int
        MIDI channel, 0 to 15.
    notes : array of NOTE_DTYPE, shape (notes,)
        In any order; onsets are 0 or later, in seconds.
    controls : array of CONTROL_DTYPE, or None
        Control changes of the channel, in order of time.
    """

    name: str
    program: int
    channel: int
    notes: NoteArray
    controls: ControlArray | None = None


def write_midi(
    path: str | Path,
    parts: Sequence[Part | tuple[str, int, int, NoteArray]],
    tempo_bpm: float = 120.0,
    notated: Notated | None = None,
    caption: Caption | None = None,
) -> None:
    """Write parts as a type 1 file: a tempo track, then one named track a part.

    The file appears whole or not at all. No note is shorter than a tick; notes
    still held end with the last that does; where a pitch is struck again before
    it ends, it ends there, and of two strokes at one tick the louder is kept.

    Parameters
    ----------
    path : str or Path
        Where to; an older file there is replaced.
    parts : sequence of Part
        Or plain tuples of its first four fields.
    tempo_bpm : float
        The tempo that the file states; it moves no note.
    notated : Notated, optional
        Where its clock is told, the file states that and the signatures instead.
    caption : Caption, optional
        Title and texts.

    Raises
    ------
    MidiFileError
        The file cannot be written.
    ValueError
        A channel, program, pitch, onset or the tempo is out of range.
    """
    title = "" if caption is None else caption.title
    texts = [] if caption is None else caption.events()
    if notated is None or notated.clock is None:
        conductor = smf.tempo_track(tempo_bpm, texts, title)
        to_ticks = _at_tempo(tempo_bpm)
    else:
        conductor = smf.conductor_track(_told(notated, notated.clock, texts), title)
        to_ticks = _on_beats(notated.clock)
    whole = [Part(*part) for part in parts]
    end = max((_last_end(part.notes) for part in whole), default=0.0)
    tracks = [_track(part, to_ticks, end) for part in whole]
    content = smf.file_header(len(tracks) + 1) + conductor + b"".join(tracks)
    path = Path(path)
    try:
        with whole_file(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise MidiFileError(f"{path} cannot be written: {error.strerror or error}.") from error


def _at_tempo(tempo_bpm: float) -> ToTicks:
    rate = ticks_per_second(tempo_bpm)
    return lambda seconds: np.rint(seconds * rate).astype(np.int64)


def _on_beats(clock: BeatClock) -> ToTicks:
    return lambda seconds: _ticks(clock.beats_at(seconds))


def _ticks(beats: NDArray[np.float64]) -> Ticks:
    """Return the ticks of some beats; what would be before the file begins with it."""
    return np.maximum(np.rint(beats * smf.TICKS_PER_BEAT), 0.0).astype(np.int64)


def _told(
    notated: Notated, clock: BeatClock, texts: Sequence[tuple[int, bytes]]
) -> list[tuple[int, int, bytes]]:
    """Return the events of the texts, the tempo map and the signatures, by tick."""
    ticks = _ticks(clock.beats)
    ticks[0] = 0
    lengths = np.clip(np.rint(clock.lengths * 1e6), 1, LONGEST_BEAT).astype(np.int64)
    tempos = zip(ticks.tolist(), lengths.tolist(), strict=True)
    events = [(0, *text) for text in texts]
    events += [(tick, *smf.tempo(length)) for tick, length in tempos]
    events += [
        (tick, *smf.time_signature(sign.count, sign.unit))
        for tick, sign in _by_tick(notated.metres)
    ]
    events += [
        (tick, *smf.key_signature(sign.fifths, minor=sign.minor))
        for tick, sign in _by_tick(notated.keys)
    ]
    return sorted(events, key=lambda event: event[0])


def _by_tick(signs: Sequence[Sign]) -> list[tuple[int, Sign]]:
    ticks = _ticks(np.array([sign.beat for sign in signs])).tolist()
    return list(zip(ticks, signs, strict=True))


def _last_end(notes: NoteArray) -> float:
    """Return the last moment that the notes tell of, in seconds."""
    ends = np.where(np.isnan(notes["duration"]), 0.0, notes["duration"]) + notes["onset"]
    return float(ends.max(initial=0.0))


def _track(part: Part, to_ticks: ToTicks, end: float) -> bytes:
    """Return one part as a track chunk."""
    if not 0 <= part.channel <= 15:
        raise ValueError(f"channel {part.channel} is not within 0 to 15")
    if not 0 <= part.program <= 127:
        raise ValueError(f"program {part.program} is not within 0 to 127")
    if np.any(part.notes["pitch"] > 127):
        raise ValueError("a pitch is above 127")
    if not np.all(part.notes["onset"] >= 0.0):
        raise ValueError("an onset is before the start of the file")
    pieces = [smf.name_event(part.name), bytes([0, PROGRAM_CHANGE | part.channel, part.program])]
    now = 0
    strokes = _strokes(part.notes, to_ticks, end).tolist()
    messages = [
        (tick, bytes([(NOTE_ON if velocity else NOTE_OFF) | part.channel, pitch, velocity]))
        for tick, velocity, pitch in strokes
    ]
    # At one tick the pedals come first.
    for tick, message in sorted([*_controls(part, to_ticks), *messages], key=lambda each: each[0]):
        pieces += [smf.delta_time(tick - now), message]
        now = tick
    return smf.track_chunk(b"".join(pieces))


def _controls(part: Part, to_ticks: ToTicks) -> list[tuple[int, bytes]]:
    """Return the control changes of a part with their ticks."""
    if part.controls is None:
        return []
    ticks = np.maximum(to_ticks(part.controls["time"]), 0).tolist()
    status = CONTROL_CHANGE | part.channel
    changes = zip(part.controls["control"].tolist(), part.controls["value"].tolist(), strict=True)
    return [
        (tick, bytes([status, number, value]))
        for tick, (number, value) in zip(ticks, changes, strict=True)
    ]


def _strokes(notes: NoteArray, to_ticks: ToTicks, end: float) -> Ticks:
    """Return (tick, velocity, pitch) of each note-on and off (velocity 0), in order.

    Note-offs come first at a tick, so that a repeat is not cut off by what it repeats.
    """
    finish = notes["onset"] + notes["duration"]
    finish = np.where(np.isnan(finish), end, finish)
    on = to_ticks(notes["onset"])
    off = np.maximum(to_ticks(finish), on + 1)
    pitch = notes["pitch"].astype(np.int64)
    velocity = np.clip(notes["velocity"].astype(np.int64), 1, 127)
    order = np.lexsort((velocity, on, pitch))
    on, off, pitch, velocity = on[order], off[order], pitch[order], velocity[order]
    if len(on) > 1:
        again = pitch[1:] == pitch[:-1]
        off[:-1] = np.where(again, np.minimum(off[:-1], on[1:]), off[:-1])
    kept = off > on
    on, off, pitch, velocity = on[kept], off[kept], pitch[kept], velocity[kept]
    starts = np.stack([on, velocity, pitch], axis=1)
    ends = np.stack([off, np.zeros_like(off), pitch], axis=1)
    strokes = np.concatenate([starts, ends])
    return strokes[np.lexsort((strokes[:, 2], strokes[:, 1], strokes[:, 0]))]
