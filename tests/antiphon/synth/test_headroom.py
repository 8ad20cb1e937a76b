"""Soft music is loud enough, and nothing clips: measured in what FluidSynth renders."""

from __future__ import annotations

import random
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon import resources
from antiphon.music.files.reading import read_performance
from antiphon.sections import Settings
from antiphon.synth.engine import apply_message, make_engine
from antiphon.synth.headroom import CEILING, CREST, DEFAULT_GAIN, Headroom, loudest_note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 44_100
CLIPPED = 32_767
"""The largest sample there is: whatever is louder becomes this."""

Messages = list[tuple[float, bytes]]


@pytest.fixture(scope="module")
def loudest(soundfont: Path) -> float:
    engine = make_engine(soundfont, 1.0, RATE)
    level = loudest_note(engine, RATE)
    engine.delete()
    return level


def sounded(
    messages: Messages, soundfont: Path, loudest: float, gain: float = DEFAULT_GAIN
) -> NDArray[np.int16]:
    """Return the frames of messages as the outlet plays them: each with the gain that it needs."""
    engine = make_engine(soundfont, gain, RATE)
    headroom = Headroom(gain, loudest)
    frames, position = [], 0
    for when, data in [*messages, (messages[-1][0] + 1.0, b"\xb0\x7b\x00")]:
        until = round(when * RATE)
        if until > position:
            frames.append(engine.get_samples(until - position).reshape(-1, 2))
            position = until
        change = headroom.gain_for(data, when)
        if change is not None:
            engine.setting("synth.gain", change)
        apply_message(engine, data)
    engine.delete()
    return np.concatenate(frames)


def peak_db(frames: NDArray[np.int16]) -> float:
    return float(20 * np.log10(np.abs(frames.astype(int)).max() / 32_768))


def chords(
    notes: int, a_second: float, *, velocity: int = 127, pitches: range = range(28, 100)
) -> Messages:
    """Return six seconds of chords under the pedal, on the channels of both sides in turn."""
    chance = random.Random(notes)
    messages: Messages = [(0.0, b"\xb0\x40\x7f"), (0.0, b"\xb1\x40\x7f")]
    for chord in range(int(6 * a_second)):
        for voice in range(notes):
            note = bytes([0x90 | voice % 2, chance.choice(pitches), velocity])
            messages.append((chord / a_second, note))
    return messages


def test_the_default_of_the_settings_is_the_measured_one() -> None:
    assert Settings().synth.gain == DEFAULT_GAIN


def test_the_bundled_performance_is_loud_enough_and_does_not_clip(
    soundfont: Path, loudest: float
) -> None:
    messages = read_performance(resources.house_performance()).messages()
    frames = sounded(messages, soundfont, loudest)
    assert -15.0 < peak_db(frames[: 20 * RATE]) < -9.0  # soft: velocities up to 53
    assert -9.0 < peak_db(frames) < -1.0  # velocities up to 90, in chords


# Ten fingers and 24 voices of the partner's, at once and again and again, at full velocity.
@pytest.mark.parametrize(
    ("notes", "a_second"), [(1, 1), (4, 2), (10, 4), (34, 1), (34, 4), (68, 2)]
)
def test_the_loudest_session_does_not_clip(
    soundfont: Path, loudest: float, notes: int, a_second: float
) -> None:
    frames = sounded(chords(notes, a_second), soundfont, loudest)
    assert np.abs(frames.astype(int)).max() < CLIPPED
    assert peak_db(frames) > -12.0  # held back no more than needed


def test_both_playing_the_same_keys_do_not_clip(soundfont: Path, loudest: float) -> None:
    both: Messages = []
    for when, data in chords(17, 4):
        both += [(when, data), (when, bytes([data[0] ^ 1, *data[1:]]))]
    frames = sounded(both, soundfont, loudest)
    assert peak_db(frames) > -12.0
    assert np.abs(frames.astype(int)).max() < CLIPPED


@pytest.mark.parametrize("program", [16, 48, 56, 60, 80])  # organ, strings, trumpet, horn, lead
def test_sounds_that_do_not_fade_do_not_clip(soundfont: Path, loudest: float, program: int) -> None:
    programs = [(0.0, bytes([0xC0 | channel, program])) for channel in (0, 1)]
    frames = sounded(programs + chords(34, 2), soundfont, loudest)
    assert peak_db(frames) > -30.0
    assert np.abs(frames.astype(int)).max() < CLIPPED


def test_a_volume_pedal_up_to_the_stop_does_not_clip(soundfont: Path, loudest: float) -> None:
    volumes = [(0.0, bytes([0xB0 | channel, 7, 127])) for channel in (0, 1)]
    frames = sounded(volumes + chords(34, 2), soundfont, loudest)
    assert np.abs(frames.astype(int)).max() < CLIPPED


def gains(messages: Iterable[tuple[float, bytes]]) -> list[float]:
    """Return the gain after each message, of notes that are 0.25 loud at most."""
    headroom = Headroom(3.0, 0.25)
    gain, each = 3.0, []
    for when, data in messages:
        change = headroom.gain_for(data, when)
        gain = gain if change is None else change
        each.append(gain)
    return each


def test_soft_notes_leave_the_gain_alone() -> None:
    assert gains([(0.1 * k, bytes([0x90, 60 + k, 40])) for k in range(5)]) == [3.0] * 5


def test_it_comes_back_slowly_after_the_loud_ones() -> None:
    loud = [(0.0, bytes([0x90, pitch, 127])) for pitch in range(40, 64)]
    soft = [(0.5 * k, bytes([0x90, 80, 20])) for k in range(1, 12)]
    low, *after = gains([*loud, *soft])[len(loud) - 1 :]
    assert low == pytest.approx(CEILING / (CREST * 0.25 * 24**0.5))
    assert len(after) == 11
    steps = [later / earlier for earlier, later in zip([low, *after], after, strict=False)]
    assert max(steps) < 10 ** (3.01 / 20)  # half a second of 6 dB a second
    assert after == sorted(after)
    assert after[-1] == 3.0


def test_what_is_no_note_changes_nothing() -> None:
    others = [b"\xf8", b"", b"\xe0\x00\x40", b"\xb0\x40\x7f", b"\x80\x3c\x40", b"\xc0\x30"]
    assert gains([(0.0, data) for data in others]) == [3.0] * len(others)


def test_a_rendered_file_neither_clips_nor_stays_quiet(tmp_path: Path, soundfont: Path) -> None:
    from antiphon.music.files.writing import Part, write_midi
    from antiphon.music.note import Note, notes_to_array
    from antiphon.synth import render_midi_to_wav

    for velocity in (20, 127):
        notes = [Note(30 + 2 * k, beat, 0.5, velocity) for k in range(34) for beat in (0.0, 0.6)]
        write_midi(tmp_path / "in.mid", [Part("Player", 0, 0, notes_to_array(notes))])
        render_midi_to_wav(tmp_path / "in.mid", tmp_path / "out.wav", soundfont)
        with wave.open(str(tmp_path / "out.wav")) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        assert -9.0 < peak_db(frames) < -0.1
