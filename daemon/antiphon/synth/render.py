"""Render a MIDI file to a WAV file, faster than real time.

One core renders one to five minutes of piano in a second; dense music takes longest.
The samples go to disk as they are rendered, so that an hour of music takes no more
memory than a minute, except for its messages.
"""

from __future__ import annotations

import contextlib
import wave
from typing import TYPE_CHECKING

from antiphon.errors import SynthError
from antiphon.messages.spec import CHANNELS, SUSTAIN
from antiphon.synth.engine import Engine, apply_message, make_engine
from antiphon.synth.headroom import DEFAULT_GAIN, Headroom, loudest_note
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

TAIL = 2.0
"""Seconds after the last message, in which the last notes fade."""
BLOCK_FRAMES = 1 << 14
STEREO, BYTES_A_SAMPLE = 2, 2
LARGEST_WAV = (1 << 32) - 1024
LONGEST_WAV = LARGEST_WAV // (44_100 * STEREO * BYTES_A_SAMPLE)
"""Seconds that a WAV file holds, at the usual 44,100 frames a second: 6 h 45 min."""
LOUDEST_GAIN = 10.0

QUIET, FULL, CLIPPED = 16_384, 29_000, 32_767
"""A rendering whose largest sample is below `QUIET` is made again, louder, up to `FULL`; one
that reaches `CLIPPED` is made again, softer."""

LONGEST_TWICE = 600
"""Longer files, in seconds, are rendered only once."""


def render_midi_to_wav(
    mid: Path,
    wav: Path,
    soundfont: Path,
    gain: float = DEFAULT_GAIN,
    sample_rate: int = 44_100,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Render a MIDI file, drums and programs too, as 16-bit stereo.

    The WAV file begins with the MIDI file and ends two seconds after it. It is written
    whole or not at all. The gain is lowered where the sound would clip, as in a jam (see
    `Headroom`); a quiet file is rendered once more, louder.

    Parameters
    ----------
    mid : Path
        The MIDI file.
    wav : Path
        The WAV file; an older one is replaced.
    soundfont : Path
        The SoundFont; see `find_soundfont`.
    gain : float
        How loud at least, 0 to 10.
    sample_rate : int
        Frames a second, 8,000 to 96,000.
    cancelled : callable
        Called before each message; rendering stops where it returns true.

    Returns
    -------
    bool
        Whether the WAV file was written; false if `cancelled`.

    Raises
    ------
    MidiFileError
        The MIDI file cannot be read.
    SynthError
        There is no FluidSynth, the SoundFont cannot be loaded, the file would
        be longer than a WAV file can be (6 h 45 min), or it cannot be written.
    """
    # Imports numpy and mido, which a jam must not load this early: see antiphon.jam.running.
    from antiphon.music.files.reading import read_performance

    messages = read_performance(mid, drums=True).messages()
    if (messages[-1][0] + TAIL) * sample_rate * STEREO * BYTES_A_SAMPLE > LARGEST_WAV:
        raise SynthError(f"{mid} is too long for a WAV file; cut it into pieces first.")
    return render_messages_to_wav(messages, wav, soundfont, gain, sample_rate, cancelled=cancelled)


def render_messages_to_wav(
    messages: Sequence[tuple[float, bytes]],
    wav: Path,
    soundfont: Path,
    gain: float = DEFAULT_GAIN,
    sample_rate: int = 44_100,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Render channel messages, each with its time in seconds: see `render_midi_to_wav`.

    Parameters
    ----------
    messages : sequence of (float, bytes)
        One at least, in order of time, within what a WAV file can hold.
    wav, soundfont, gain, sample_rate, cancelled
        As for `render_midi_to_wav`.

    Raises
    ------
    SynthError
        There is no FluidSynth, the SoundFont cannot be loaded, or the file cannot be written.
    """
    frames = round((messages[-1][0] + TAIL) * sample_rate)
    try:
        with whole_file(wav) as unfinished:
            with _engine(soundfont, 1.0, sample_rate) as engine:
                loudest = loudest_note(engine, sample_rate)
            scale = 1.0
            for _ in range(3):
                with _engine(soundfont, gain * scale, sample_rate) as engine:
                    loudness = _Loudness(engine, Headroom(gain, loudest), scale)
                    peak = _write(loudness, messages, unfinished, (frames, sample_rate), cancelled)
                if peak is None:
                    unfinished.unlink()
                    return False
                if QUIET <= peak < CLIPPED or frames > LONGEST_TWICE * sample_rate or peak == 0:
                    break
                scale = min(scale * (FULL / peak if peak < QUIET else 0.5), LOUDEST_GAIN / gain)
        return True
    except OSError as error:
        raise SynthError(f"{wav} cannot be written: {error.strerror or error}.") from error


class _Loudness:
    """A synthesizer whose gain is what each message needs, times a constant scale."""

    def __init__(self, engine: Engine, headroom: Headroom, scale: float) -> None:
        self.engine = engine
        self._headroom = headroom
        self._scale = scale

    def apply(self, data: bytes, now: float) -> None:
        """Let one message sound at a time in seconds."""
        gain = self._headroom.gain_for(data, now)
        if gain is not None:
            self.engine.setting("synth.gain", gain * self._scale)
        apply_message(self.engine, data)


@contextlib.contextmanager
def _engine(soundfont: Path, gain: float, sample_rate: int) -> Iterator[Engine]:
    engine = make_engine(soundfont, gain, sample_rate)
    try:
        yield engine
    finally:
        engine.delete()


def _write(
    loudness: _Loudness,
    messages: Iterable[tuple[float, bytes]],
    path: Path,
    length: tuple[int, int],
    cancelled: Callable[[], bool],
) -> int | None:
    """Write one rendering; return its largest sample, or None if `cancelled`."""
    frames, sample_rate = length
    engine = loudness.engine
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setparams((STEREO, BYTES_A_SAMPLE, sample_rate, frames, "NONE", ""))
        peak = 0
        for position, data in _in_frames(messages, sample_rate):
            if cancelled():
                return None
            peak = max(peak, _ring(engine, position - file.tell(), file))
            loudness.apply(data, position / sample_rate)
        for channel in CHANNELS:
            engine.cc(channel, SUSTAIN, 0)
        return max(peak, _ring(engine, frames - file.tell(), file))


def _in_frames(
    messages: Iterable[tuple[float, bytes]], sample_rate: int
) -> Iterator[tuple[int, bytes]]:
    return ((round(time * sample_rate), data) for time, data in messages)


def _ring(engine: Engine, frames: int, file: wave.Wave_write) -> int:
    """Render and write so many frames; return the largest sample."""
    peak = 0
    while frames > 0:
        block = min(frames, BLOCK_FRAMES)
        samples = engine.get_samples(block)
        peak = max(peak, int(samples.max()), -int(samples.min()))
        file.writeframesraw(samples.tobytes())
        frames -= block
    return peak
