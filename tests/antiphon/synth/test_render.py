"""Rendering through the real FluidSynth: sound where notes are, silence where none are."""

from __future__ import annotations

import sys
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.errors import MidiFileError, SynthError
from antiphon.music.files.reading import Part, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.synth import render_midi_to_wav
from antiphon.synth.engine import apply_message, make_engine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050


def midi(folder: Path, *notes: Note, program: int = 0, channel: int = 0) -> Path:
    path = folder / "in.mid"
    write_midi(path, [Part("Player", program, channel, notes_to_array(notes))])
    return path


def rendered(mid: Path, soundfont: Path, gain: float = 0.6) -> NDArray[np.int16]:
    """Return the frames of a rendered file, int16 of shape (frames, 2)."""
    wav = mid.with_suffix(".wav")
    render_midi_to_wav(mid, wav, soundfont, gain, RATE)
    with wave.open(str(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        assert len(frames) == 2 * file.getnframes()
    return frames.reshape(-1, 2)


def loudness(frames: NDArray[np.int16], start: float, end: float) -> float:
    part = frames[int(start * RATE) : int(end * RATE)].astype(np.float64)
    return float(np.sqrt(np.mean(part**2)))


def test_sound_where_notes_are_and_silence_where_none_are(tmp_path: Path, soundfont: Path) -> None:
    mid = midi(tmp_path, Note(60, 1.0, 0.5, 100), Note(67, 6.0, 0.5, 100))
    frames = rendered(mid, soundfont)
    assert len(frames) == pytest.approx(8.5 * RATE, abs=2)
    assert loudness(frames, 0.0, 0.99) < 3
    assert loudness(frames, 1.02, 1.5) > 300
    assert loudness(frames, 4.5, 5.99) < 3
    assert loudness(frames, 6.02, 6.5) > 300
    assert loudness(frames, 8.3, 8.5) < 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mid", "in.wav"]


def test_onsets_are_exact_to_two_milliseconds(tmp_path: Path, soundfont: Path) -> None:
    frames = rendered(midi(tmp_path, Note(72, 1.2345, 0.5, 127)), soundfont)
    first = int(np.argmax(np.abs(frames[:, 0].astype(int)) > 30)) / RATE
    assert 1.2335 < first < 1.2445


def test_velocity_gain_and_program_are_heard(tmp_path: Path, soundfont: Path) -> None:
    loud = rendered(midi(tmp_path, Note(60, 0.0, 1.0, 120)), soundfont)
    soft = rendered(midi(tmp_path, Note(60, 0.0, 1.0, 30)), soundfont)
    quiet = rendered(midi(tmp_path, Note(60, 0.0, 1.0, 120)), soundfont, gain=0.1)
    strings = rendered(midi(tmp_path, Note(60, 0.0, 1.0, 120), program=48), soundfont)
    assert loudness(soft, 0.0, 1.0) < 0.5 * loudness(loud, 0.0, 1.0)
    assert loudness(quiet, 0.0, 1.0) == pytest.approx(loudness(loud, 0.0, 1.0), rel=0.05)
    assert loudness(strings, 0.8, 1.0) > 0
    assert not np.array_equal(strings, loud)


def test_ten_loud_notes_do_not_clip(tmp_path: Path, soundfont: Path) -> None:
    chord = [Note(36 + 4 * index, 0.0, 1.0, 110) for index in range(10)]
    assert np.abs(rendered(midi(tmp_path, *chord), soundfont).astype(int)).max() < 32_000


def test_nothing_is_printed(
    tmp_path: Path, soundfont: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rendered(midi(tmp_path, Note(60, 0.0, 0.1, 100), program=127, channel=15), soundfont)
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF\x04\x00\x00\x00sfbk" + bytes(100))
    with pytest.raises(SynthError, match=r"cannot be loaded; choose another SoundFont\.$"):
        render_midi_to_wav(tmp_path / "in.mid", tmp_path / "out.wav", broken)
    assert not (tmp_path / "out.wav").exists()
    assert capfd.readouterr() == ("", "")


def test_where_nothing_can_be_read_or_written(tmp_path: Path, soundfont: Path) -> None:
    mid = midi(tmp_path, Note(60, 0.0, 0.1, 100))
    with pytest.raises(MidiFileError, match="cannot be read"):
        render_midi_to_wav(tmp_path / "missing.mid", tmp_path / "out.wav", soundfont)
    with pytest.raises(SynthError, match="cannot be written: No such file or directory"):
        render_midi_to_wav(mid, tmp_path / "missing" / "out.wav", soundfont)
    seven_hours = midi(tmp_path, Note(60, 7 * 3600.0, 0.1, 100))
    with pytest.raises(SynthError, match="too long for a WAV"):
        render_midi_to_wav(seven_hours, tmp_path / "out.wav", soundfont)


def test_without_the_library_one_sentence(
    tmp_path: Path, soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(SynthError, match="apt install libfluidsynth3"):
        render_midi_to_wav(midi(tmp_path, Note(60, 0.0, 0.1, 100)), tmp_path / "out.wav", soundfont)


class TestMessages:
    """Each kind of message changes what is heard."""

    @pytest.fixture
    def engine(self, soundfont: Path) -> Any:
        engine = make_engine(soundfont, 0.6, RATE)
        yield engine
        engine.delete()

    def heard(self, engine: Any, *messages: bytes) -> NDArray[np.int16]:
        for data in messages:
            apply_message(engine, data)
        frames: NDArray[np.int16] = engine.get_samples(RATE // 2).reshape(-1, 2)
        return frames

    def test_notes_end_by_velocity_0_too(self, engine: Any) -> None:
        self.heard(engine, b"\x90\x3c\x64")
        self.heard(engine, b"\x90\x3c\x00")
        self.heard(engine)
        assert loudness(self.heard(engine), 0.0, 0.5) < 10

    def test_the_pedal_keeps_and_lets_go(self, engine: Any) -> None:
        self.heard(engine, b"\xb0\x40\x7f", b"\x90\x3c\x64")
        self.heard(engine, b"\x80\x3c\x40")
        assert loudness(self.heard(engine), 0.0, 0.5) > 100
        self.heard(engine, b"\xb0\x40\x00")
        self.heard(engine)
        assert loudness(self.heard(engine), 0.0, 0.5) < 10

    @pytest.mark.parametrize("data", [b"", b"\x90", b"\x90\xff\xff", b"\xf8", b"\xf0\x01\xf7"])
    def test_what_is_no_channel_message_is_passed_over(self, engine: Any, data: bytes) -> None:
        assert loudness(self.heard(engine, data), 0.0, 0.5) < 3

    def test_bends_and_pressure(self, soundfont: Path) -> None:
        struck = b"\x90\x3c\x64"

        def alone(*messages: bytes) -> NDArray[np.int16]:
            """What is heard from a synthesizer of its own, in which nothing rings."""
            engine = make_engine(soundfont, 0.6, RATE)
            try:
                return self.heard(engine, *messages)
            finally:
                engine.delete()

        plain = alone(struck)
        assert np.array_equal(plain, alone(struck))
        # Half of the wheel's way up is a semitone, whatever the version sounds like.
        bent = alone(b"\xe0\x00\x60", struck)
        assert pitch_hz(bent) / pitch_hz(plain) == pytest.approx(2.0 ** (1 / 12), rel=0.005)
        # Pressure is passed over: pyfluidsynth has no call for it.
        assert np.array_equal(plain, alone(b"\xd0\x7f", b"\xa0\x3c\x7f", struck))


def pitch_hz(frames: NDArray[np.int16]) -> float:
    """Return the fundamental of a note near middle C: the highest peak from 200 to 400 Hz."""
    left = frames[:, 0].astype(np.float64)
    size = 16 * len(left)
    spectrum = np.abs(np.fft.rfft(left * np.hanning(len(left)), size))
    near = slice(round(200 * size / RATE), round(400 * size / RATE))
    return float((near.start + int(np.argmax(spectrum[near]))) * RATE / size)


def test_who_cancels_is_left_with_no_file(tmp_path: Path, soundfont: Path) -> None:
    mid = midi(tmp_path, *(Note(60, float(second), 0.5, 100) for second in range(60)))
    asked = 0

    def impatient() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    wav = tmp_path / "out.wav"
    assert not render_midi_to_wav(mid, wav, soundfont, cancelled=impatient)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mid"]
