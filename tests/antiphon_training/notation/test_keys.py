"""Changes of key on a page whose file tells none."""

from __future__ import annotations

import numpy as np
import pytest
from music21 import converter, stream

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon_training.notation.keys import heard_keys
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.metres import Metre, Metres
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import lay_out
from antiphon_training.notation.score import make_score
from antiphon_training.notation.spelling import Key

pytestmark = pytest.mark.train

TOLD = Notated(BeatClock.of([(0.0, 0.5)]), (TimeSignature(0.0, 4, 4),))
BAR = 96
"""Ticks of a bar of four quarters."""

TRIADS = ((0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7))


def section(tonic: int, bar: int, bars: int) -> list[Note]:
    """Return bars of half a second a beat in a major key: its triads in turn, and their roots."""
    notes = []
    for n in range(bars):
        triad = TRIADS[n % len(TRIADS)]
        for beat, degree in enumerate((*triad, triad[0])):
            onset = 2.0 * (bar + n) + 0.5 * beat
            notes.append(Note(60 + (tonic + degree) % 12, onset, 0.5, 70))
        notes.append(Note(36 + (tonic + triad[0]) % 12, 2.0 * (bar + n), 2.0, 70))
    return sorted(notes, key=lambda note: note.onset)


def piece(*tonics: int) -> NoteArray:
    """Return sections of 24 bars."""
    return notes_to_array(
        [note for n, tonic in enumerate(tonics) for note in section(tonic, 24 * n, 24)]
    )


def test_a_middle_section_has_a_key_of_its_own_from_bar_line_to_bar_line() -> None:
    page = lay_out(piece(0, 8, 0), (), TOLD)
    assert [key for _, key in page.keys] == [Key(0, False), Key(-4, False), Key(0, False)]
    lines = [start for start, _ in page.spans]
    assert all(tick in lines for tick, _ in page.keys)
    assert [tick // BAR for tick, _ in page.keys] == pytest.approx([0, 24, 48], abs=1)
    names = {name for (tick, pitch), name in page.right.names.items() if pitch % 12 == 8}
    assert {name[:2] for name in names} == {("A", -1)}


def test_a_performance_changes_its_key_too() -> None:
    page = lay_out(piece(0, 8, 0))
    assert [key.fifths for _, key in page.keys] == [0, -4, 0]


def test_what_a_file_tells_is_left_alone() -> None:
    told = Notated(TOLD.clock, TOLD.metres, (KeySignature(0.0, 0, minor=False),))
    assert lay_out(piece(0, 8, 0), (), told).keys == ((0, Key(0, minor=False)),)


def test_what_is_added_changes_no_key() -> None:
    notes = piece(0, 8)
    alone = Notated(TOLD.clock, TOLD.metres, given_until=48.0)
    assert lay_out(notes, (), alone).keys == ((0, Key(0, minor=False)),)
    assert len(lay_out(notes, (), TOLD).keys) == 2


@pytest.mark.parametrize(("home", "away"), [(-3, -6), (3, 6)])
def test_six_sharps_or_flats_as_the_piece_has(home: int, away: int) -> None:
    tonics = [7 * fifths % 12 for fifths in (home, away, home)]
    notes = piece(*tonics)
    starts = np.rint(notes["onset"] * 48).astype(np.int64)
    keys = heard_keys(notes, starts, Metres.only(Metre(4)))
    assert [key.fifths for _, key in keys] == [home, away, home]


def test_a_double_bar_line_is_before_a_new_signature() -> None:
    page = lay_out(piece(0, 8, 0), (), TOLD)
    score = converter.parseData(musicxml(make_score(page), page).decode(), format="musicxml")
    assert len(score.parts) == 2
    for part in score.parts:
        bars = list(part.getElementsByClass(stream.Measure))
        changed = [n for n, bar in enumerate(bars) if n and bar.keySignature is not None]
        doubled = [
            n + 1
            for n, bar in enumerate(bars)
            if bar.rightBarline is not None and bar.rightBarline.type == "double"
        ]
        assert len(changed) == 2
        assert doubled == changed
    source = lilypond(page)
    assert source.count('\\bar "||" \\key af \\major') == 2
    assert source.count('\\bar "||" \\key c \\major') == 2
