"""Composing from a file: how long, how freely, and what is written."""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.compose import Wish, compose
from antiphon.errors import AntiphonError, MidiFileError, SettingError, SynthError, UsageError
from antiphon.music.files.captions import Caption
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.music.pedal import CONTROL_DTYPE
from antiphon.sections import Settings
from antiphon.settings import Option, load

INSTRUMENTS = Path(__file__).parents[1] / "instrument"
LONGEST_GAP = 2.0
"""The longest time between two onsets, which the end may fall into."""


def wish(phrase: Path, *out: Path, **more: Any) -> Wish:
    return Wish(seed_from=str(phrase), out=out, **more)


def with_instrument(name: str, own: Path) -> Settings:
    """Return settings with one of the tiny instruments."""
    own.write_text("", encoding="utf-8")
    options = {
        "partner.seed": Option(7, "--seed"),
        "instrument.path": Option(str(INSTRUMENTS / name), "--instrument"),
    }
    return load(Settings, own, environ={}, options=options).settings


def test_a_file_goes_on_for_as_long_as_is_asked(
    phrase: Path, settings: Settings, tmp_path: Path
) -> None:
    piece = compose(wish(phrase, tmp_path / "out.mid", seconds=10.0), settings)

    player, partner = read_performance(tmp_path / "out.mid").tracks
    assert (player.name, len(player.notes)) == ("Player", 16)
    assert (partner.name, len(partner.notes)) == ("Antiphon", len(piece.added))
    onsets = partner.notes["onset"]
    last = float(player.notes["onset"][-1])
    assert onsets.min() >= last - 0.01
    assert last + 10.0 - LONGEST_GAP <= onsets.max() <= last + 10.01
    assert np.all(partner.notes["duration"] > 0)


@pytest.mark.parametrize("name", ["tiny.onnx", "tiny_triplet.onnx"])
@pytest.mark.parametrize("notes", [1, 50])
def test_a_piece_has_as_many_notes_as_are_asked_for(
    name: str, notes: int, phrase: Path, tmp_path: Path
) -> None:
    drawn: list[int] = []
    said: list[str] = []
    piece = compose(
        wish(phrase, notes=notes), with_instrument(name, tmp_path / "own.toml"),
        say=said.append, progress=drawn.append,
    )  # fmt: skip
    assert len(piece.added) == notes
    assert drawn == list(range(1, notes + 1))
    assert said == []


def test_an_instrument_of_words_counts_words(phrase: Path, tmp_path: Path) -> None:
    drawn: list[int] = []
    said: list[str] = []
    piece = compose(
        wish(phrase, notes=50), with_instrument("tiny_symbols.onnx", tmp_path / "own.toml"),
        say=said.append, progress=drawn.append,
    )  # fmt: skip
    assert drawn == list(range(1, 51))
    assert len(np.unique(piece.added["onset"])) == 50
    assert len(piece.added) > 50
    assert said == [
        f"--notes counts words, each a note or a chord: {len(piece.added)} notes were added."
    ]


def test_a_long_piece_is_made_of_several_answers(
    phrase: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antiphon.compose.continuing.LONGEST", 5.0)
    piece = compose(wish(phrase, tmp_path / "out.mid", notes=200), settings)
    assert len(piece.added) == 200
    onsets = piece.added["onset"]
    assert onsets.max() - onsets.min() > 10.0
    assert np.diff(onsets).max() <= LONGEST_GAP + 5.0 / 3.0


def test_the_same_seed_adds_the_same_notes(
    phrase: Path, settings: Settings, tmp_path: Path
) -> None:
    for name in ("one.mid", "two.mid"):
        compose(wish(phrase, tmp_path / name, seconds=3.0), settings)
    assert (tmp_path / "one.mid").read_bytes() == (tmp_path / "two.mid").read_bytes()


def test_the_beginning_can_be_left_out(phrase: Path, settings: Settings, tmp_path: Path) -> None:
    whole = compose(wish(phrase, notes=20), settings)
    compose(wish(phrase, tmp_path / "out.mid", notes=20, added_only=True), settings)
    (partner,) = read_performance(tmp_path / "out.mid").tracks
    assert partner.name == "Antiphon"
    assert partner.notes["onset"][0] == 0.0
    assert partner.notes["pitch"].tolist() == whole.added["pitch"].tolist()


class TestTemperature:
    def pitches(self, phrase: Path, settings: Settings, *written: str) -> list[int]:
        piece = compose(wish(phrase, notes=40, temperature=written), settings)
        pitches: list[int] = piece.added["pitch"].tolist()
        return pitches

    def test_cold_leaves_less_to_chance(
        self, phrase: Path, settings: Settings, tmp_path: Path
    ) -> None:
        # Without a memory: that takes up this scale at any temperature.
        each = []
        for seed in (7, 8):
            own = f"[partner]\nseed = {seed}\n[memory]\ngain = 0.0\n"
            (tmp_path / "own.toml").write_text(own, encoding="utf-8")
            each.append(load(Settings, tmp_path / "own.toml", environ={}).settings)
        settings, other = each
        cold = self.pitches(phrase, settings, "0.02")
        assert cold == self.pitches(phrase, settings, "1.5", "0.02")  # the later wins
        assert cold[:8] == self.pitches(phrase, other, "0.02")[:8]
        hot = [self.pitches(phrase, each, "1.5")[:8] for each in (settings, other)]
        assert hot[0] != hot[1]

    def test_a_field_has_its_own(self, phrase: Path, settings: Settings) -> None:
        plain = self.pitches(phrase, settings)
        assert self.pitches(phrase, settings, "velocity=1") == plain
        assert self.pitches(phrase, settings, "pitch=0.05") != plain

    def test_words_have_one(self, phrase: Path, tmp_path: Path) -> None:
        words = with_instrument("tiny_symbols.onnx", tmp_path / "own.toml")
        assert self.pitches(phrase, words, "symbol=0.05") == self.pitches(phrase, words, "0.05")
        with pytest.raises(UsageError, match="no field 'pitch'; it has symbol"):
            self.pitches(phrase, words, "pitch=1")

    @pytest.mark.parametrize("written", ["warm", "pitch=", "=1", "tempo=1"])
    def test_what_is_none_is_a_sentence(
        self, written: str, phrase: Path, settings: Settings
    ) -> None:
        with pytest.raises(UsageError, match=f"--temperature {written}: "):
            self.pitches(phrase, settings, written)
        with pytest.raises(SettingError, match=r"temperature_pitch must be .* to 10, not 20"):
            self.pitches(phrase, settings, "pitch=20")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"seconds": 601.0}, "--seconds must be from 0.1 to 600"),
        ({"notes": 0}, "--notes must be from 1 to 100,000"),
        ({"notes": 5, "seconds": 5.0}, "--notes and --seconds both say"),
        ({"corpus": "bach"}, "--corpus and --run are for --seed-from corpus or validation"),
    ],
)
def test_what_makes_no_sense_is_refused(
    more: dict[str, Any], sentence: str, phrase: Path, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=sentence):
        compose(wish(phrase, tmp_path / "out.mid", **more), settings)
    assert not (tmp_path / "out.mid").exists()


def test_a_broken_file_is_told_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd\0\0\0\6\0\1")
    with pytest.raises(MidiFileError):
        compose(wish(broken, tmp_path / "out.mid", seconds=3.0), settings)
    assert not (tmp_path / "out.mid").exists()


class TestFiles:
    @pytest.mark.train
    def test_a_piece_is_written_in_several_forms(
        self, phrase: Path, settings: Settings, tmp_path: Path
    ) -> None:
        out = [tmp_path / name for name in ("a.mid", "b.MIDI", "c.wav", "d.musicxml")]
        told: list[str] = []
        compose(wish(phrase, *out, seconds=3.0), settings, say=told.append)
        assert out[0].read_bytes() == out[1].read_bytes()
        with wave.open(str(out[2])) as sound:
            assert sound.getnframes() / sound.getframerate() > 3.0
        assert "<score-partwise" in out[3].read_text(encoding="utf-8")
        assert told == []

    def test_a_missing_soundfont_is_told_before_anything_is_composed(
        self, phrase: Path, settings: Settings, tmp_path: Path
    ) -> None:
        (tmp_path / "none.toml").write_text(
            f'[synth]\nsoundfont = "{tmp_path / "none.sf2"}"\n', encoding="utf-8"
        )
        without = load(Settings, tmp_path / "none.toml", environ={}).settings
        with pytest.raises(SynthError, match=r"none\.sf2 is no SoundFont: there is no such file;"):
            compose(wish(phrase, tmp_path / "b.mid", tmp_path / "a.wav"), without)
        assert not (tmp_path / "b.mid").exists()

    def test_what_cannot_be_told_by_its_name_is_refused(
        self, phrase: Path, settings: Settings, tmp_path: Path
    ) -> None:
        with pytest.raises(
            UsageError, match=r"^a\.aiff cannot be written; .* \.mid, \.wav, .*\.png"
        ):
            compose(wish(phrase, tmp_path / "a.aiff"), settings)
        with pytest.raises(UsageError, match=r"There is no folder .*none to write a\.mid to"):
            compose(wish(phrase, tmp_path / "none" / "a.mid"), settings)
        with pytest.raises(UsageError, match="same file is given twice"):
            wish(phrase, tmp_path / "a.mid", tmp_path / "a.mid")

    def test_a_missing_package_is_told_before_anything_is_composed(
        self, phrase: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def find(name: str, *_: object) -> None:
            if name.startswith("antiphon_training"):
                raise ModuleNotFoundError(f"No module named {name!r}", name="music21")

        finder = type("Finder", (), {"find_spec": staticmethod(find)})
        monkeypatch.setattr("sys.meta_path", [finder, *sys.meta_path])
        for name in [each for each in sys.modules if "antiphon_training" in each]:
            monkeypatch.delitem(sys.modules, name)
        told = r"are needed to write a\.pdf \(there is no music21\): .*pip install -e '\.\[train\]'"
        with pytest.raises(AntiphonError, match=told):
            compose(wish(phrase, tmp_path / "b.mid", tmp_path / "a.pdf"), settings)
        with pytest.raises(AntiphonError, match="needed to begin with music of a corpus"):
            compose(Wish(seed_from="corpus", out=(), corpus="bach"), settings)
        assert not (tmp_path / "b.mid").exists()


def test_the_pedals_and_the_words_of_a_file_are_kept(settings: Settings, tmp_path: Path) -> None:
    notes = notes_to_array([Note(60 + n % 5, 3.0 + 0.5 * n, 0.2, 70) for n in range(16)])
    pedals = np.array([(3.0, 64, 127), (5.0, 64, 0), (6.0, 67, 127)], dtype=CONTROL_DTYPE)
    told = Caption("A waltz", "Franz Schubert", "Nobody's", ("Slowly",))
    begun, out = tmp_path / "begun.mid", tmp_path / "out.mid"
    write_midi(begun, [Part("Piano", 0, 0, notes, pedals)], caption=told)

    piece = compose(wish(begun, out, notes=5), settings)
    written = read_performance(out)
    player, partner = written.tracks
    assert (piece.title, written.caption) == ("A waltz", told)
    shift = 3.0 - float(player.notes["onset"][0])
    assert player.controls[:3].tolist() == [(t - shift, c, v) for t, c, v in pedals.tolist()]
    assert player.controls[3:]["control"].tolist() == [67]  # up before the partner plays
    assert player.notes["duration"] == pytest.approx(notes["duration"], abs=0.01)
    assert len(partner.controls) == 0
    assert len(piece.pedals) == 1

    compose(wish(begun, out, notes=5, added_only=True, title="Mine"), settings)
    alone = read_performance(out)
    assert [len(track.controls) for track in alone.tracks] == [0]
    assert alone.caption.title == "Mine"
