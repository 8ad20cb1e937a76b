"""Chord symbols: their spellings, and those among the texts of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mido
import pytest

from antiphon.music.chord_symbols import ChordSymbol
from antiphon.music.files.reading import read_performance

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("C", "C"), ("Bb7", "Bb7"), ("F#m7b5", "F#m7b5"), ("C/E", "C/E"), ("Cmaj7", "Cmaj7"),
        ("CM7", "Cmaj7"), ("C-7", "Cm7"), ("E\N{MUSIC FLAT SIGN}", "Eb"), ("C6/9", "C6/9"),
        ("B\N{LATIN SMALL LETTER O WITH STROKE}", "Bm7b5"), ("Go7", "Gdim7"), ("C+", "Caug"),
        ("Dmin", "Dm"), ("G7sus4", "G7sus4"), ("Cmaj", "C"), (" Am7/G ", "Am7/G"),
        ("G7(b9)", "G7(b9)"),
    ],
)  # fmt: skip
def test_spellings(text: str, figure: str) -> None:
    symbol = ChordSymbol.read(text)
    assert symbol is not None
    assert symbol.figure == figure


@pytest.mark.parametrize(
    "text", ["", "H", "Hello", "And", "Be", "Coda", "Do", "c", "Verse 1", "/E"]
)
def test_words_are_none(text: str) -> None:
    assert ChordSymbol.read(text) is None


def tune(path: Path, kind: str, texts: list[str]) -> Path:
    """Write a tune of quarters with a text at each second one."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for beat in range(16):
        if beat % 2 == 0 and beat // 2 < len(texts):
            track.append(mido.MetaMessage(kind, text=texts[beat // 2], time=0))
        track.append(mido.Message("note_on", note=60 + beat, velocity=80, time=0))
        track.append(mido.Message("note_on", note=60 + beat, velocity=0, time=480))
    file.save(path)
    return path


@pytest.mark.parametrize("kind", ["text", "lyrics", "marker", "cue_marker"])
def test_chords_of_a_file(kind: str, tmp_path: Path) -> None:
    path = tune(tmp_path / "a.mid", kind, ["Dm7", "Verse", "G7", "G7", "CM7"])
    told = read_performance(path).conductor.chords
    assert [(at.beat, at.symbol.figure) for at in told] == [(0, "Dm7"), (4, "G7"), (8, "Cmaj7")]


def test_words_of_a_song_are_no_chords(tmp_path: Path) -> None:
    path = tune(tmp_path / "a.mid", "lyrics", ["A", "man", "I", "Am", "E", "A"])
    assert read_performance(path).conductor.chords == ()
