"""Clefs: where they change, and where both formats have them."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import TimeSignature
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, notes_to_array
from antiphon_training.notation.bars import divide
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.score import make_score

pytestmark = pytest.mark.train


def hands_of(left: list[int], right: list[int], seconds: float = 0.5) -> Page:
    """Return a page in 4/4 of two lines in quarters, a beat each."""
    lines = ((left, LEFT), (right, RIGHT))
    notes = sorted(
        ((Note(pitch, seconds * n, seconds, 80), hand) for pitches, hand in lines
         for n, pitch in enumerate(pitches)),
        key=lambda note: (note[0].onset, note[0].pitch),
    )  # fmt: skip
    hands = np.array([hand for _, hand in notes], np.int8)
    clock = BeatClock.of([(0.0, seconds)])
    told = Notated(clock, (TimeSignature(0.0, 4, 4),), hands=hands)
    return lay_out(notes_to_array([note for note, _ in notes]), notated=told)


class TestClefs:
    HIGH = (84, 86, 88, 84)

    def test_a_hand_that_crosses_inside_a_bar_changes_there(self) -> None:
        left = [*(48, 50, 52, 48) * 2, 48, 48, *self.HIGH * 2, 50, 48, *(48, 50, 52, 48) * 2]
        page = hands_of(left, [79] * len(left))
        bars = divide(page, page.left, treble=False)
        assert [(bar.treble, bar.turns) for bar in bars[1:5]] == [
            (False, ()), (False, (2 * 96 + 48,)), (True, ()), (True, (4 * 96 + 48,)),
        ]  # fmt: skip
        assert [bars[2].treble_at(tick) for tick in (192, 239, 240, 287)] == [
            False,
            False,
            True,
            True,
        ]
        assert not bars[5].treble
        source = lilypond(page).split('"left"')[1]
        assert source.count('\\clef "treble"') == 1
        assert source.count('\\clef "bass"') == 2
        text = musicxml(make_score(page), page).decode()
        assert text.count('<clef number="2">') == 3
        before, after = text.split("<measure ")[3].split('<clef number="2">')
        assert (before.count("<note"), after.count("<note")) == (6, 2)  # of both staves

    def test_one_that_a_bar_begins_with_stands_before_the_bar_line(self) -> None:
        """A program draws it after the line, and beside the old one, where it stands in the bar."""
        left = [48, 50, 52, 48] * 2 + [84, 86, 88, 84] * 2 + [48, 50, 52, 48]
        page = hands_of(left, [79] * len(left))
        bars = musicxml(make_score(page), page).decode().split("<measure ")[1:]
        assert [bar.count('<clef number="2">') for bar in bars] == [1, 1, 0, 1, 0]
        for bar in (bars[1], bars[3]):
            assert "<note" not in bar.split('<clef number="2">')[1]

    def test_a_single_note_beyond_changes_nothing(self) -> None:
        left = [*(48, 50, 52, 48) * 2, 48, 72, 48, 48, *(48, 50, 52, 48) * 2]
        page = hands_of(left, [79] * len(left))
        bars = divide(page, page.left, treble=False)
        assert len(bars) == 5
        assert not any(bar.treble or bar.turns for bar in bars)

    def test_nor_is_a_note_cut_by_a_clef(self) -> None:
        """The melody begins on the second eighth, so there is no beat to change on."""
        notes = [Note(p, 0.25 + 0.5 * n, 0.5, 80) for n, p in enumerate([48] * 12 + [86] * 12)]
        told = Notated(BeatClock.of([(0.0, 0.5)]), (TimeSignature(0.0, 4, 4),),
                       hands=np.full(24, LEFT, np.int8))  # fmt: skip
        page = lay_out(notes_to_array(notes), notated=told)
        bars = divide(page, page.left, treble=False)
        assert [bar.treble for bar in bars[:4]] == [False, False, False, True]
        assert not any(bar.turns for bar in bars)
