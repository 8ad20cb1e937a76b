"""The chord symbols of played notes, and on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import mido
import pytest
from music21 import converter, harmony, stream

from antiphon.compose import Order, render
from antiphon.music.chord_symbols import ChordSymbol
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.sections import Settings
from antiphon.settings import load
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import lay_out
from antiphon_training.notation.score import make_score

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.train

TURNAROUND = ((48, 52, 55, 59), (45, 48, 52, 55), (50, 53, 57, 60), (43, 47, 50, 53))
"""Cmaj7, Am7, Dm7, G7."""


def stride(chords: tuple[tuple[int, ...], ...]) -> NoteArray:
    """Return bars of a bass note, the chord, the fifth below, the chord, at 120 bpm."""
    notes = []
    for bar, pitches in enumerate(chords):
        for beat, bass in ((0, pitches[0]), (2, pitches[2] - 12)):
            begin = 2.0 * bar + 0.5 * beat
            notes.append(Note(bass - 12, begin, 0.5, 95))
            notes += [Note(pitch + 12, begin + 0.5, 0.5, 60) for pitch in pitches]
    return notes_to_array(notes)


def test_a_stride_has_a_symbol_a_bar() -> None:
    page = lay_out(stride(TURNAROUND * 2), chords=())
    figures = [symbol.figure for _, symbol in page.chords]
    assert figures == ["Cmaj7", "Am7", "Dm7", "G7"] * 2


def test_an_arpeggio_is_one_chord() -> None:
    pitches = [pitch for bass in (0, 5) for pitch in (48, 55, 60, 64, 60, 55, 60, 64) * 2]
    roots = [0] * 16 + [5] * 16
    notes = [
        Note(p + r, 0.25 * n, 0.25, 70) for n, (p, r) in enumerate(zip(pitches, roots, strict=True))
    ]
    page = lay_out(notes_to_array(notes), chords=())
    assert [symbol.figure for _, symbol in page.chords] == ["C", "F"]


def test_roots_are_named_by_the_key() -> None:
    flat = tuple(tuple(pitch - 2 for pitch in chord) for chord in TURNAROUND)
    page = lay_out(stride(flat * 2), chords=())
    assert {symbol.root for _, symbol in page.chords} == {"Bb", "G", "C", "F"}


def test_a_diminished_chord_is_named_by_the_leading_tone() -> None:
    chords = ((43, 47, 50), (44, 47, 50, 53), (45, 48, 52), (43, 47, 50))
    page = lay_out(stride(chords), chords=())
    assert [symbol.figure for _, symbol in page.chords] == ["G", "G#dim7", "Am", "G"]


def test_a_page_has_no_symbols_unless_asked() -> None:
    assert lay_out(stride(TURNAROUND)).chords == ()


def test_told_symbols_are_printed_as_they_are() -> None:
    told = [(0.0, ChordSymbol("Bb", "m7b5", "E")), (2.0, ChordSymbol("F#", "7b9"))]
    page = lay_out(stride(TURNAROUND), chords=told)
    assert [symbol for _, symbol in page.chords] == [symbol for _, symbol in told]
    content = musicxml(make_score(page), page)
    score = converter.parseData(content, format="musicxml")
    assert isinstance(score, stream.Score)
    read = list(score.recurse().getElementsByClass(harmony.ChordSymbol))
    assert len(read) == 2
    first, second = read
    assert (first.root().name, first.bass().name) == ("B-", "E")
    assert first.chordKind == "half-diminished-seventh"
    assert (second.root().name, second.chordKindStr) == ("F#", "7b9")
    offsets = [each.getOffsetInHierarchy(score) for each in read]
    assert offsets[1] - offsets[0] == 4.0
    printed = lilypond(page)
    assert printed.count("^\\markup \\upright \\sans") == 2
    second_symbol = printed[printed.rindex("^\\markup \\upright") :].split("}")[0]
    parts = ['"F"', "\\sharp", '"7"', "\\flat", '"9"']
    assert [part for part in second_symbol.split() if part in parts] == parts


def test_render_prints_the_symbols_of_the_file(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for beat in range(16):
        for text in ("Dm7", "G7", "C", "F")[beat // 4 : beat // 4 + (beat % 4 == 0)]:
            track.append(mido.MetaMessage("marker", text=text))
        track.append(mido.Message("note_on", note=60 + beat, velocity=80))
        track.append(mido.Message("note_on", note=60 + beat, velocity=0, time=480))
    file.save(tmp_path / "a.mid")
    roots = {}
    for chords in (True, False):
        out = tmp_path / f"{chords}.musicxml"
        order = Order(file=tmp_path / "a.mid", out=(out,), start=3.0, chords=chords)
        render(order, load(Settings, None, options={}).settings)
        roots[chords] = re.findall("<root-step>(.)", out.read_text("utf-8"))
    # The part begins with the chord that began before it.
    assert roots == {True: ["G", "C", "F"], False: []}
