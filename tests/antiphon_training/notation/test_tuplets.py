"""Tuplets: where they are, and how they are written."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from music21 import converter, stream

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import TimeSignature
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, notes_to_array
from antiphon_training.notation.bars import divide
from antiphon_training.notation.lengths import Ruler
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.metres import Metre, Metres
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.score import make_score
from antiphon_training.notation.tuplets import Tuplet, find_tuplets

pytestmark = pytest.mark.train


def found(*ticks: float, bar: int = 96, compound: bool = False) -> list[tuple[int, int, int]]:
    tuplets = find_tuplets(np.array(ticks), bar, compound=compound)
    return [(each.start, each.end, each.count) for each in tuplets]


def even(start: float, length: float, count: int) -> list[float]:
    return [start + length * part / count for part in range(count)]


@pytest.mark.parametrize(
    ("start", "length", "count"),
    [(0, 24, 5), (72, 24, 7), (24, 24, 6), (24, 24, 11), (12, 12, 3), (36, 12, 5), (48, 48, 3),
     (0, 48, 9)],
)  # fmt: skip
def test_evenly_spaced_notes_are_one(start: int, length: int, count: int) -> None:
    rest = [tick for tick in range(0, 192, 12) if not start <= tick < start + length]
    ticks = sorted([*rest, *even(start, length, count)])
    assert found(*ticks) == [(start, start + length, count)]


def test_a_dotted_quarter_may_hold_one() -> None:
    assert found(*even(36, 36, 7), bar=72, compound=True) == [(36, 72, 7)]
    assert found(*even(24, 12, 6), bar=72, compound=True) == [(24, 36, 6)]


@pytest.mark.parametrize(
    "ticks",
    [
        range(0, 96, 3),  # thirty-seconds
        range(0, 96, 8),  # thirds, which a ruler has by itself
        [0, 8, 16, 18, 24],
        [*even(0, 24, 5)[:4], 24],  # one is missing
        [0, 4.1, 9.7, 14.4, 18.9],  # played freely
    ],
)
def test_what_is_none(ticks: list[float]) -> None:
    assert found(*ticks) == []


@pytest.mark.parametrize(
    ("length", "count", "normal"),
    [(24, 3, 2), (24, 5, 4), (24, 6, 4), (24, 7, 4), (24, 9, 8), (12, 3, 2), (12, 6, 4),
     (48, 3, 2), (48, 5, 4), (48, 13, 8), (36, 5, 3), (36, 7, 6), (36, 11, 6)],
)  # fmt: skip
def test_the_time_of_how_many(length: int, count: int, normal: int) -> None:
    assert Tuplet(0, length, count).normal == normal


@given(
    st.sampled_from([Tuplet(24, 48, 5), Tuplet(24, 48, 7), Tuplet(48, 96, 3), Tuplet(36, 48, 3)]),
    st.integers(0, 40),
    st.integers(1, 60),
    st.booleans(),
)
def test_every_length_is_made_of_signs(tuplet: Tuplet, first: int, last: int, rest: bool) -> None:
    ruler = Ruler(Metres.only(Metre(4)), frozenset(), (tuplet,))
    places = [t for t in range(0, 193, 3) if not tuplet.start < t < tuplet.end]
    places = sorted({*places, *tuplet.places})
    start, end = places[first], places[min(first + last, len(places) - 1)]
    pieces = ruler.written(start, end, rest=rest)
    assert [pieces[0][0], pieces[-1][1]] == [start, end]
    for a, b in pieces:
        inside = tuplet.start <= a < tuplet.end and (a, b) != (tuplet.start, tuplet.end)
        under = ruler.bracket(a, b)
        assert (under is not None) is inside
        if under:
            assert b <= tuplet.end
            assert under.at == tuplet.start + Fraction(
                (tuplet.end - tuplet.start) * tuplet.places.index(a), tuplet.count
            )


def two_hands(
    right: list[float], left: list[float], *metres: TimeSignature, end: float = 8.0
) -> Page:
    """Return the page of two lines, each note up to the next of its hand."""
    lines = [
        (Note(low + n % 5, 0.5 * b, 0.5 * (e - b), 80), hand)
        for low, beats, hand in ((72, right, RIGHT), (48, left, LEFT))
        for n, (b, e) in enumerate(zip(beats, [*beats[1:], end], strict=True))
    ]
    lines.sort(key=lambda each: (each[0].onset, each[0].pitch))
    hands = np.array([hand for _, hand in lines], np.int8)
    told = Notated(BeatClock.of([(0.0, 0.5)]), metres or (TimeSignature(0.0, 4, 4),), hands=hands)
    return lay_out(notes_to_array([note for note, _ in lines]), notated=told)


def laid_out(*beats: float) -> Page:
    """Return two bars of 4/4 with a bass in quarters."""
    return two_hands([*beats], [*map(float, range(8))])


def counts_of(page: Page) -> list[list[int]]:
    """Return the counts of the brackets over each staff, one for each."""
    return [[each.count for each in staff.ruler.tuplets] for staff in (page.right, page.left)]


@pytest.mark.parametrize(
    ("right", "left"),
    [((1, 7), (1, 5)), ((1, 10), (1, 5)), ((2, 7), (1, 5)), ((1, 11), (1, 6)),
     ((2, 9), (2, 3)), ((1, 6), (0.5, 3)), ((1, 10), (0.5, 5))],
)  # fmt: skip
@pytest.mark.parametrize("crossed", [False, True])
def test_each_hand_has_its_own(
    right: tuple[float, int], left: tuple[float, int], crossed: bool
) -> None:
    """Five against seven, as in Chopin."""
    hands = (left, right) if crossed else (right, left)
    lines = [
        [0.0, 1.0, *even(2.0, *each), *np.arange(2.0 + each[0], 8.0, 0.5).tolist()]
        for each in hands
    ]
    page = two_hands(lines[0], lines[1])
    assert counts_of(page) == [[count] for _, count in hands]
    for staff, treble in ((page.right, True), (page.left, False)):
        heads = [head for bar in divide(page, staff, treble=treble) for head in bar.flowing]
        assert len(heads) > 8
        assert not any(head.tied for head in heads)


def test_a_bar_that_is_cut_short_ends_before_a_tuplet() -> None:
    beats = [0.0, 2 / 3, 4 / 3, *np.arange(2.5, 7.5, 0.5).tolist()]
    metres = TimeSignature(0.0, 4, 4), TimeSignature(1.5, 3, 4)
    page = two_hands(beats, [0.0, *np.arange(1.5, 7.5, 1.0).tolist()], *metres, end=7.5)
    assert counts_of(page) == [[], []]
    assert [end - start for start, end in page.spans] == [36, 72, 72]


def test_a_page_has_them() -> None:
    beats = [*even(0, 1, 5), *even(1, 1, 6), *even(2, 0.5, 3), 2.5, *even(3, 1, 7), *even(4, 2, 3),
             6.0, 6.5, *even(7, 1, 3)]  # fmt: skip
    page = laid_out(*beats)
    first, second = divide(page, page.right, treble=True)
    counts = [head.bracket.actual for head in first.flowing if head.bracket]
    assert counts == [5] * 5 + [6] * 6 + [3] * 3 + [7] * 7
    assert [head.bracket and head.bracket.written for head in second.flowing] == [
        24, 24, 24, None, None, 12, 12, 12,
    ]  # fmt: skip
    assert not any(head.tied for bar in (first, second) for head in bar.flowing)
    assert not any(head.bracket for bar in divide(page, page.left, treble=False)
                   for head in (*bar.flowing, *bar.holding))  # fmt: skip
    source = lilypond(page)
    for bracket in ("5/4", "6/4", "7/4"):
        assert source.count(f"\\tuplet {bracket} {{") == 1
    assert source.count("\\tuplet 3/2 {") == 3
    score = converter.parseData(musicxml(make_score(page), page).decode(), format="musicxml")
    for part in score.parts:
        for measure in part.getElementsByClass(stream.Measure):
            assert sum(Fraction(each.quarterLength) for each in measure.notesAndRests) == 4
    written = [Fraction(each.quarterLength) for each in score.parts[0].recurse().notes]
    steps = np.diff([*beats, 8.0])
    assert [float(each) for each in written] == pytest.approx(steps.tolist())
