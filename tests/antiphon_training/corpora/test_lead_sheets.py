"""Chord symbols of scores sound where a recipe wants them to, and are names elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from antiphon.cli.main import app
from antiphon.music.codecs.registry import codec_from_table
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.words import Metre
from antiphon_training.corpora.lead_sheets import voicing
from antiphon_training.corpora.piece import Piece, Reading
from antiphon_training.corpora.reading import read_pieces
from antiphon_training.recipe import Recipe, find_recipe, read_recipe

if TYPE_CHECKING:
    from pathlib import Path

TUNE = """<?xml version="1.0"?>
<score-partwise version="3.1">
<part-list><score-part id="P1"><part-name>Clarinet</part-name></score-part></part-list>
<part id="P1">
<measure number="1"><attributes><divisions>2</divisions><key><fifths>0</fifths></key>
<time><beats>4</beats><beat-type>4</beat-type></time>
<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>
<harmony><root><root-step>D</root-step></root><kind>minor-seventh</kind></harmony>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>8</duration></note></measure>
<measure number="2">
<note><pitch><step>E</step><octave>5</octave></pitch><duration>8</duration></note></measure>
<measure number="3">
<harmony><root><root-step>G</root-step></root><kind>dominant</kind>
<bass><bass-step>B</bass-step></bass></harmony>
<note><pitch><step>F</step><octave>5</octave></pitch><duration>4</duration></note>
<harmony><root><root-step>C</root-step></root><kind text="N.C.">none</kind></harmony>
<note><pitch><step>F</step><octave>5</octave></pitch><duration>4</duration></note>
<barline location="right"><repeat direction="backward"/></barline></measure>
<measure number="4">
<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>
<note><pitch><step>C</step><octave>5</octave></pitch><duration>8</duration></note></measure>
</part></score-partwise>
"""
MELODY = [(72, 0.0, 4.0), (74, 4.0, 4.0), (75, 8.0, 2.0), (75, 10.0, 2.0)]
"""The bars that are repeated, as a clarinet in B flat sounds."""


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.musicxml"
    path.write_text(TUNE)
    return path


def read(path: Path, reading: Reading) -> Piece:
    (piece,) = read_pieces(path, path.read_bytes(), reading)
    return piece


def chords_of(piece: Piece) -> list[tuple[float, float, list[int]]]:
    notes = piece.notes[piece.notes["pitch"] < 70]
    return [
        (float(onset), float(struck["duration"][0]), struck["pitch"].tolist())
        for onset in np.unique(notes["onset"])
        for struck in [notes[notes["onset"] == onset]]
    ]


@pytest.mark.train
def test_chords_are_struck_at_their_symbols_and_at_bar_lines(tune: Path) -> None:
    piece = read(tune, Reading(time="beats", chord_symbols=True))
    once = [
        (0.0, 4.0, [48, 51, 55, 58]),
        (4.0, 4.0, [48, 51, 55, 58]),
        (8.0, 2.0, [45, 48, 51, 53]),
    ]
    again = [(12.0 + onset, beats, pitches) for onset, beats, pitches in once]
    assert chords_of(piece) == [*once, *again, (24.0, 4.0, [46, 50, 53])]
    melody = piece.notes[piece.notes["pitch"] >= 70]
    rows = melody[["pitch", "onset", "duration"]].tolist()
    assert rows == [*MELODY, *((p, 12.0 + o, d) for p, o, d in MELODY), (70, 24.0, 4.0)]
    assert piece.counts == {}


@pytest.mark.train
def test_elsewhere_they_are_names_and_are_counted(tune: Path) -> None:
    piece = read(tune, Reading(time="beats"))
    assert len(piece.notes) == 9
    assert chords_of(piece) == []
    assert piece.counts == {"chord_symbols": 7}  # as often as they are passed


@pytest.mark.train
def test_of_parts_that_are_not_read_no_chord_sounds(tune: Path) -> None:
    piece = read(tune, Reading(["Flute"], time="beats", chord_symbols=True))
    assert len(piece.notes) == 0


@pytest.mark.train
def test_symbols_of_abc(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    path.write_text('X:1\nT:a\nM:4/4\nL:1/4\nK:C\n"Am7"abcd|"D7/F#"d4|"nonsense"B4|\n')
    (piece,) = read_pieces(path, path.read_bytes(), Reading(time="beats", chord_symbols=True))
    assert chords_of(piece)[:2] == [(0.0, 4.0, [45, 48, 52, 55]), (4.0, 4.0, [42, 45, 48, 50])]


@pytest.mark.parametrize(
    ("heard", "played"),
    [
        ([60, 64, 67], [48, 52, 55]),
        ([64, 67, 72], [52, 55, 60]),
        ([40, 44, 47], [52, 56, 59]),
        ([53, 57, 60, 63, 67], [41, 43, 45, 48, 51]),
        ([], []),
    ],
)
def test_voicing(heard: list[int], played: list[int]) -> None:
    assert voicing(heard) == played


@pytest.mark.train
def test_the_words_of_a_lead_sheet_and_its_card(tune: Path) -> None:
    recipe = read_recipe(find_recipe("jazz"))
    reading = recipe.reading("tunes")
    assert reading == Reading(time="beats", chord_symbols=True)
    notes = read(tune, reading).notes
    lengths = tuple(sorted(recipe.codec.round_chord_durations))
    codec = SymbolsCodec.learn([notes], lengths=lengths, chord_symbols=True)
    assert codec.words == ("10.2.5:4", "7.10.0.2.3:4", "7.10.0.3:4", "9.0.3.5:2", "E-5:2")
    known = codec_from_table(codec.table())
    assert known.chord_symbols
    assert Reading.for_codec(known) == reading
    plain = codec_from_table(SymbolsCodec.learn([notes]).table())
    assert not plain.chord_symbols
    assert "chord_symbols" not in plain.table()
    assert not Recipe().reading("tunes").chord_symbols
    assert Metre(lengths=lengths).swing(notes) is None


@pytest.mark.train
def test_the_report_on_a_corpus_counts_them(tune: Path) -> None:
    def report(*more: str) -> str:
        cache = str(tune.parent / "cache")
        asked = CliRunner().invoke(app, ["corpus", str(tune.parent), "--cache", cache, *more])
        assert asked.exit_code == 0
        return asked.output

    assert "notes       9\n" in report()
    assert "7 chord symbols are names over the staff, and no notes; they sound for" in report()
    assert "notes       36\n" in report("--chord-symbols")
    assert "chord symbols" not in report("--chord-symbols")
