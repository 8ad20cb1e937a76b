"""Trills and rolled chords: what is one, what is not, and how they are written."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon_training.notation.bars import divide
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.ornaments import take_ornaments
from antiphon_training.notation.page import Page, lay_out

BASS = [Note(pitch, 0.5 * n, 0.45, 80) for n, pitch in enumerate((48, 52, 55, 52) * 4)]
CLOCK = BeatClock.of([(0.0, 0.5)])


def in_order(*notes: Note) -> NoteArray:
    return notes_to_array(sorted(notes, key=lambda note: (note.onset, note.pitch)))


def alternating(every: float, count: int, away: int = 2, start: float = 2.0) -> list[Note]:
    return [Note(72 + away * (n % 2), start + every * n, every, 80) for n in range(count)]


def rolled(gap: float, held: float = 0.8, start: float = 2.0) -> list[Note]:
    """Return a chord that ends together."""
    pitches = (64, 67, 72, 76)
    return [Note(p, start + gap * n, held - gap * n, 80) for n, p in enumerate(pitches)]


class TestTrills:
    @pytest.mark.parametrize("first", [0, 1])
    def test_one_is_its_lower_note(self, first: int) -> None:
        notes = alternating(0.06, 9)[first:]
        plain = take_ornaments(in_order(*BASS, *notes))
        assert len(plain.notes) == len(BASS) + 1
        (main,) = plain.trills
        assert plain.notes["pitch"][main] == 72
        assert plain.notes["onset"][main] == pytest.approx(notes[0].onset)
        end = float(plain.notes["onset"][main] + plain.notes["duration"][main])
        assert end == pytest.approx(2.0 + 9 * 0.06)

    @pytest.mark.parametrize(
        "notes",
        [
            alternating(0.06, 5),  # a short turn
            alternating(0.1, 12),  # sixteenths at 150 beats a minute
            alternating(0.06, 12, away=4),  # a tremolo
            [Note(60 + n, 2.0 + 0.06 * n, 0.06, 80) for n in range(12)],  # a run
        ],
    )
    def test_what_is_written_out(self, notes: list[Note]) -> None:
        plain = take_ornaments(in_order(*BASS, *notes))
        assert (len(plain.notes), plain.trills) == (len(BASS) + len(notes), frozenset())

    def test_sixteenths_of_a_quick_piece_are_none_where_beats_are_told(self) -> None:
        notes = in_order(*BASS, *alternating(0.08, 12))
        assert take_ornaments(notes).trills
        assert not take_ornaments(notes, None, BeatClock.of([(0.0, 0.32)])).trills


class TestRolledChords:
    def test_one_begins_together(self) -> None:
        plain = take_ornaments(in_order(*rolled(0.04)), None, CLOCK)
        assert plain.rolled == frozenset(range(4))
        assert plain.notes["onset"].tolist() == [2.0] * 4
        assert (plain.notes["onset"] + plain.notes["duration"]).tolist() == pytest.approx([2.8] * 4)

    def test_its_last_note_may_be_on_the_beat(self) -> None:
        plain = take_ornaments(in_order(*rolled(0.04, start=1.88)), None, CLOCK)
        assert plain.notes["onset"] == pytest.approx([2.0] * 4)

    @pytest.mark.parametrize(
        "notes",
        [
            rolled(0.01),  # a plain chord that is not quite together
            rolled(0.12),  # an arpeggio in the bar
            rolled(0.04, held=0.13),  # a run
            [*rolled(0.04), *rolled(0.04, start=2.2)],  # a figure
            [Note(76 - 4 * n, 2.0 + 0.04 * n, 0.8, 80) for n in range(4)],  # downwards
        ],
    )
    def test_what_is_none(self, notes: list[Note]) -> None:
        plain = take_ornaments(in_order(*notes))
        assert (len(plain.notes), plain.rolled) == (len(notes), frozenset())

    def test_the_other_hand_may_play_meanwhile(self) -> None:
        notes = in_order(*BASS, *rolled(0.04))
        hands = np.where(notes["pitch"] < 60, LEFT, RIGHT).astype(np.int8)
        assert len(take_ornaments(notes, hands, CLOCK).rolled) == 4


@pytest.fixture(scope="module")
def page() -> Page:
    notes = in_order(*BASS, *rolled(0.04), *alternating(0.05, 10, start=4.0))
    hands = np.where(notes["pitch"] < 60, LEFT, RIGHT).astype(np.int8)
    page = lay_out(notes, notated=Notated(CLOCK, hands=hands))
    (trill,) = page.trills
    assert trill == (8 * 24, 72)
    assert page.rolled == {(4 * 24, pitch) for pitch in (64, 67, 72, 76)}
    return page


def test_the_heads_have_them(page: Page) -> None:
    heads = [head for bar in divide(page, page.right, treble=True) for head in bar.flowing]
    assert [len(head.pitches) for head in heads if head.rolled] == [4]
    assert [head.end - head.start for head in heads if head.trill] == [24]


def test_lilypond_has_them(page: Page) -> None:
    text = lilypond(page)
    assert text.count("\\trill") == text.count("\\arpeggio") == 1


@pytest.mark.train
def test_musicxml_has_them(page: Page) -> None:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    text = musicxml(make_score(page), page).decode()
    assert text.count("<trill-mark") == 1
    assert text.count("<arpeggiate") == 4
