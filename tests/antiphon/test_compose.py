from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.compose import compose
from antiphon.errors import MidiFileError, UsageError
from antiphon.music.midifile import read_performance
from antiphon.music.midiwrite import write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.settings import Option, load

if TYPE_CHECKING:
    from antiphon.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = tmp_path / "own.toml"
    own.write_text("", encoding="utf-8")
    return load(own, environ={}, options={"partner.seed": Option(7, "--seed")}).settings


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    path = tmp_path / "phrase.mid"
    notes = [Note(60 + k % 8, 0.25 * k, 0.2, 70) for k in range(16)]
    write_midi(path, [("Piano", 0, 0, notes_to_array(notes))])
    return path


def test_a_file_goes_on_for_as_long_as_is_asked(
    phrase: Path, settings: Settings, tmp_path: Path
) -> None:
    compose(phrase, tmp_path / "out.mid", 10.0, settings)

    player, partner = read_performance(tmp_path / "out.mid").tracks
    assert (player.name, len(player.notes)) == ("Player", 16)
    assert partner.name == "Antiphon"
    onsets = partner.notes["onset"]
    last = float(player.notes["onset"][-1])
    assert onsets.min() >= last - 0.01
    assert last + 10.0 - settings_gap() <= onsets.max() <= last + 10.01
    assert np.all(partner.notes["duration"] > 0)


def settings_gap() -> float:
    """Return the longest time between two onsets, which the end may fall into."""
    return 2.0


@pytest.mark.parametrize("codec", ["symbols", "triplet"])
def test_words_and_triplets_go_on_too(
    phrase: Path, settings: Settings, tmp_path: Path, codec: str
) -> None:
    tiny = Path(__file__).parent / "instrument" / f"tiny_{codec}.onnx"
    chosen = load(
        tmp_path / "own.toml",
        environ={},
        options={"instrument.path": Option(str(tiny), "--instrument")},
    ).settings
    compose(phrase, tmp_path / "out.mid", 10.0, chosen)

    player, partner = read_performance(tmp_path / "out.mid").tracks
    last = float(player.notes["onset"][-1])
    onsets = partner.notes["onset"]
    assert last <= onsets.min() <= last + 2.0
    assert last + 10.0 - settings_gap() <= onsets.max() <= last + 12.01
    assert set(partner.notes["velocity"]) == {70}  # as loud as what was played
    if codec == "symbols":  # an eighth is 0.25 s
        assert np.abs(onsets / 0.25 - np.round(onsets / 0.25)).max() < 0.15


def test_the_same_seed_adds_the_same_notes(
    phrase: Path, settings: Settings, tmp_path: Path
) -> None:
    for name in ("one.mid", "two.mid"):
        compose(phrase, tmp_path / name, 3.0, settings)
    assert (tmp_path / "one.mid").read_bytes() == (tmp_path / "two.mid").read_bytes()


def test_too_much_is_refused(phrase: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="600"):
        compose(phrase, tmp_path / "out.mid", 601.0, settings)


def test_a_broken_file_is_told_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd\0\0\0\6\0\1")
    with pytest.raises(MidiFileError):
        compose(broken, tmp_path / "out.mid", 3.0, settings)
    assert not (tmp_path / "out.mid").exists()
