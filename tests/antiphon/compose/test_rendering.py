"""A MIDI file or a session as sound and as a page, as it is."""

from __future__ import annotations

import math
import os
import wave
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from antiphon.compose import Order, last_session, render
from antiphon.compose.rendering import between
from antiphon.errors import MidiFileError, SynthError, UsageError
from antiphon.music.files.captions import Caption
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.resources import house_instrument

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.sections import Settings

ON, OFF, PROGRAM, PEDAL = 0x90, 0x80, 0xC0, 0xB0


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.mid"
    notes = [Note(60 + n % 8, 0.5 * n, 0.45, 80) for n in range(12)]
    write_midi(path, [Part("Piano", 0, 0, notes_to_array(notes))])
    return path


class TestBetween:
    MESSAGES = (
        (0.0, bytes([PROGRAM, 5])), (0.5, bytes([ON, 60, 80])), (0.8, bytes([PEDAL, 64, 127])),
        (1.5, bytes([ON, 62, 80])), (1.6, bytes([OFF, 60, 0])), (2.0, bytes([ON, 64, 80])),
        (2.5, bytes([ON, 62, 0])), (4.0, bytes([OFF, 64, 0])),
    )  # fmt: skip

    def test_all_of_it_is_as_it_is(self) -> None:
        assert between(self.MESSAGES, 0.0, math.inf) == self.MESSAGES

    def test_a_part_has_the_sound_and_the_pedal_of_before(self) -> None:
        assert list(between(self.MESSAGES, 1.0, 3.0)) == [
            (0.0, bytes([PROGRAM, 5])), (0.0, bytes([PEDAL, 64, 127])),
            (0.5, bytes([ON, 62, 80])), (1.0, bytes([ON, 64, 80])),
            (1.5, bytes([ON, 62, 0])), (2.0, bytes([OFF, 64, 0])),
        ]  # fmt: skip

    def test_a_part_without_anything_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"Nothing is played between 0\.1 s and 0\.2 s"):
            between(self.MESSAGES[1:], 0.1, 0.2)


class TestSound:
    def test_a_part_sounds_for_as_long_as_it_lasts(
        self, tune: Path, settings: Settings, tmp_path: Path
    ) -> None:
        out = (tmp_path / "a.wav", tmp_path / "b.wav")
        render(Order(file=tune, out=out[:1]), settings)
        render(Order(file=tune, out=out[1:], start=2.0, end=4.0), settings)
        seconds = []
        for path in out:
            with wave.open(str(path)) as sound:
                seconds.append(sound.getnframes() / sound.getframerate())
                frames = np.frombuffer(sound.readframes(44_100), dtype=np.int16)
                assert np.abs(frames.astype(int)).max() > 500
        assert seconds == pytest.approx([5.95 + 2.0, 4.0], abs=0.1)

    @pytest.mark.parametrize("suffix", [".mp3", ".ogg"])
    def test_it_is_encoded(
        self, suffix: str, tune: Path, settings: Settings, tmp_path: Path
    ) -> None:
        soundfile = pytest.importorskip("soundfile")
        out = tmp_path / f"a{suffix}"
        render(Order(file=tune, out=(out,), end=1.0), settings)
        sound, rate = soundfile.read(out)
        assert (rate, sound.shape[1]) == (44_100, 2)
        assert len(sound) / rate == pytest.approx(3.0, abs=0.1)
        assert np.abs(sound).max() > 0.02
        assert sorted(path.name for path in tmp_path.glob("a*")) == [out.name]

    @pytest.mark.parametrize("suffix", [".mp3", ".ogg"])
    def test_a_full_disk_is_told_as_one(
        self, suffix: str, tune: Path, settings: Settings, full_disk: Path
    ) -> None:
        pytest.importorskip("soundfile")
        there = sorted(full_disk.iterdir())
        with pytest.raises(SynthError, match=r"cannot be written: No space left on device\.$"):
            render(Order(file=tune, out=(full_disk / f"a{suffix}",)), settings)
        assert sorted(full_disk.iterdir()) == there

    def test_without_soundfile_it_is_a_sentence(
        self, tune: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
        order = Order(file=tune, out=(tmp_path / "a.wav", tmp_path / "a.mp3"))
        with pytest.raises(SynthError, match=r"soundfile is needed to write a\.mp3: pip install"):
            render(order, settings)
        assert not (tmp_path / "a.wav").exists()


@pytest.mark.train
def test_a_page_is_of_the_part_that_is_asked_for(
    tune: Path, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "a.musicxml"
    render(Order(file=tune, out=(out,), start=2.0, end=4.0, title="A part"), settings)
    text = out.read_text(encoding="utf-8")
    assert text.count("<pitch>") == 4
    assert "A part" in text


@pytest.mark.train
def test_a_page_has_the_title_and_the_composer_of_the_file(
    tune: Path, settings: Settings, tmp_path: Path
) -> None:
    named, out = tmp_path / "named.mid", tmp_path / "a.musicxml"
    notes = read_performance(tune, drums=True).notes()
    caption = Caption("Für Elise", "Ludwig van Beethoven", "Copyright 2004")
    write_midi(named, [("Player", 0, 0, notes)], caption=caption)
    render(Order(file=named, out=(out,)), settings)
    root = ElementTree.parse(out).getroot()
    assert root.findtext("work/work-title") == "Für Elise"
    assert root.findtext("identification/creator") == "Ludwig van Beethoven"
    assert root.findtext("identification/rights") == "Copyright 2004"


class TestRefusals:
    def test_what_makes_no_sense(self, tune: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"--to must come after --from, and 2 does not"):
            Order(file=tune, out=(), start=3.0, end=2.0)
        with pytest.raises(UsageError, match=r"a\.mid would be MIDI, which tune\.mid is already"):
            Order(file=tune, out=(tmp_path / "a.mid",))
        with pytest.raises(UsageError, match="same file is given twice"):
            Order(file=tune, out=(tmp_path / "a.wav", tmp_path / "a.wav"))

    def test_what_is_not_there(self, tune: Path, settings: Settings, tmp_path: Path) -> None:
        wav = tmp_path / "a.wav"
        with pytest.raises(MidiFileError, match="cannot be read: No such file"):
            render(Order(file=tmp_path / "none.mid", out=(wav,)), settings)
        with pytest.raises(MidiFileError, match="is no MIDI file"):
            render(Order(file=house_instrument(), out=(wav,)), settings)
        with pytest.raises(UsageError, match=r"ends at 6\.0 s, so there is nothing --from 9 on"):
            render(Order(file=tune, out=(wav,), start=9.0), settings)
        with pytest.raises(UsageError, match=r"There is no folder .*none to write a\.wav to"):
            render(Order(file=tune, out=(tmp_path / "none" / "a.wav",)), settings)
        with pytest.raises(UsageError, match=r"^a\.aiff cannot be written; .* \.wav, \.mp3"):
            render(Order(file=tune, out=(tmp_path / "a.aiff",)), settings)
        assert not wav.exists()


def test_the_last_session_is_the_one_saved_last(tune: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    with pytest.raises(UsageError, match=r"There is no session in .*sessions yet; `antiphon jam`"):
        last_session(folder)
    folder.mkdir()
    for number, name in enumerate(("session-2.mid", "session-1.mid", "notes.txt")):
        (folder / name).write_bytes(tune.read_bytes())
        os.utime(folder / name, (1000 + number, 1000 + number))
    assert last_session(folder).name == "session-1.mid"
