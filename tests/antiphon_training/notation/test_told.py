"""A page of music whose file tells its beats, bars, keys and hands."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from music21 import converter, stream

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.hands import LEFT, RIGHT, UNTOLD
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon_training.notation.bars import divide
from antiphon_training.notation.grid import told_grid
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.metres import DOTTED, EIGHTH, HALF, QUARTER, Metre, Metres
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.score import make_score
from antiphon_training.notation.spelling import Key

pytestmark = pytest.mark.train

RUBATO = BeatClock.of([(0.0, 0.5), (2.0, 0.7), (3.5, 0.4), (9.0, 1.1)])


def at(beats: list[float], clock: BeatClock = RUBATO, pitch: int = 60) -> NoteArray:
    """Return notes at some beats, each as long as an eighth."""
    starts = clock.seconds_at(np.array(beats))
    ends = clock.seconds_at(np.array(beats) + 0.5)
    return notes_to_array(
        [
            Note(pitch + n % 5, start, end - start, 80)
            for n, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))
        ]
    )


def quarters(count: int, first: float = 0.0) -> list[float]:
    return [first + n for n in range(count)]


def notated(*metres: tuple[float, int, int], clock: BeatClock = RUBATO) -> Notated:
    return Notated(clock, tuple(TimeSignature(*metre) for metre in metres))


def laid_out(beats: list[float], told: Notated) -> Page:
    return lay_out(at(beats), (), told)


@pytest.mark.parametrize(
    ("count", "unit", "metre"),
    [
        (4, 4, Metre(4)), (3, 4, Metre(3)), (2, 2, Metre(2, HALF)), (3, 8, Metre(3, EIGHTH)),
        (6, 8, Metre(2, DOTTED)), (12, 8, Metre(4, DOTTED)), (5, 4, Metre(5)),
        (7, 8, Metre(7, EIGHTH)), (6, 4, Metre(2, 2 * DOTTED)), (12, 16, Metre(4, DOTTED // 2)),
        (1, 4, Metre(1)),
    ],
)  # fmt: skip
def test_every_signature_is_a_metre(count: int, unit: int, metre: Metre) -> None:
    assert Metre.of(count, unit) == metre
    assert metre.signature == f"{count}/{unit}"
    assert metre.bar == Fraction(4 * count, unit) * QUARTER


def test_a_bar_of_sixty_fourths_cannot_be_printed() -> None:
    assert Metre.of(5, 64) is None


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([Metre(4), Metre(2, DOTTED)]))))
def test_bars_follow_one_another(parts: list[tuple[int, Metre]]) -> None:
    changes, tick = [(0, Metre(3))], 3 * 3 * QUARTER
    for bars, metre in parts:
        changes.append((tick, metre))
        tick += bars * metre.bar
    metres = Metres(tuple(changes))
    bars_found = list(metres.bars(tick + 1))
    assert bars_found[0][0] == 0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(bars_found))
    assert all(end - start == metres.at(start).bar for start, end in bars_found)
    assert {tick for tick, _ in changes} <= {start for start, _ in bars_found}
    assert all(metres.level(start) == 5 for start, _ in bars_found)


class TestBars:
    def test_the_beats_are_those_of_the_file(self) -> None:
        page = laid_out(
            [0.0, 0.5, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 4 + 1 / 3, 4 + 2 / 3, 5.0], notated((0, 3, 4))
        )
        starts = [event.start for event in page.right.flowing]
        assert starts == [0, 12, 24, 30, 36, 48, 72, 96, 104, 112, 120]
        assert page.spans == ((0, 72), (72, 144))
        assert page.tempo_bpm == pytest.approx(60.0 / RUBATO.length_before(16.0))

    def test_every_change_of_metre_is_kept(self) -> None:
        page = laid_out(quarters(12), notated((0, 3, 4), (6, 2, 2), (10, 2, 4)))
        assert [metre.signature for _, metre in page.metres.changes] == ["3/4", "2/2", "2/4"]
        assert page.spans == ((0, 72), (72, 144), (144, 240), (240, 288))

    def test_a_short_first_bar_is_a_pickup(self) -> None:
        page = laid_out(quarters(7), notated((0, 1, 4), (1, 3, 4)))
        assert page.metres.changes == ((0, Metre(3)),)
        assert page.pickup == 2 * QUARTER
        assert page.spans == ((0, 72), (72, 144), (144, 216))

    def test_so_is_a_bar_that_is_silent_for_half(self) -> None:
        assert laid_out(quarters(5, 2.0), notated((0, 4, 4))).pickup == 2 * QUARTER
        assert laid_out([2.5, *quarters(5, 3.0)], notated((0, 3, 4))).pickup == 2 * QUARTER + EIGHTH
        assert laid_out(quarters(5, 1.0), notated((0, 4, 4))).pickup == 0

    def test_bars_before_the_first_note_are_left_out(self) -> None:
        page = laid_out(quarters(6, 7.0), notated((0, 2, 4), (6, 3, 4)))
        assert page.metres.changes == ((0, Metre(3)),)
        assert page.right.flowing[0].start == QUARTER

    def test_a_bar_that_is_cut_short_has_a_metre_of_its_own(self) -> None:
        page = laid_out(quarters(12), notated((0, 4, 4), (7, 4, 4)))
        assert page.metres.changes == ((0, Metre(4)), (96, Metre(3)), (168, Metre(4)))
        page = laid_out([0.5 * n for n in range(12)], notated((0, 2, 4), (3.5, 2, 4)))
        assert page.metres.changes == ((0, Metre(2)), (48, Metre(3, EIGHTH)), (84, Metre(2)))

    def test_beats_are_counted_from_each_change_of_metre(self) -> None:
        """As in the second movement of Beethoven's Pathétique, after its bar of 9/16."""
        after = 6.25  # where the third metre begins: 2/4, 9/16, 2/4
        triplet = [after + n / 3 for n in range(3)]
        later = [after + 1, *(after + 2 + n / 4 for n in range(4)), after + 3]
        page = laid_out(
            [*quarters(4), *(4 + n / 4 for n in range(9)), *triplet, *later],
            notated((0, 2, 4), (4, 9, 16), (after, 2, 4)),
        )
        assert page.spans == ((0, 48), (48, 96), (96, 150), (150, 198), (198, 246))
        starts = [event.start for event in page.right.flowing if event.start >= 150]
        assert starts == [150, 158, 166, 174, 198, 204, 210, 216, 222]
        bars = divide(page, page.right, treble=True)
        assert [len(bar.flowing) for bar in bars] == [2, 2, 9, 4, 6]
        assert not any(head.tied for bar in bars for head in bar.flowing)
        assert lilypond(page).count("\\tuplet") == 1
        text = musicxml(make_score(page), page).decode()
        assert (text.count("<tuplet "), text.count("<tie ")) == (2, 0)

    @pytest.mark.parametrize("unit", [3, 5, 7])
    def test_thirds_stay_in_their_bars(self, unit: int) -> None:
        """A bar of eighths has no quarter that goes over its line."""
        page = laid_out([n / 6 for n in range(6 * unit)], notated((0, unit, 8)))
        bars = divide(page, page.right, treble=True)[:2]
        assert [len(bar.flowing) for bar in bars] == [3 * unit] * 2
        assert {head.end - head.start for bar in bars for head in bar.flowing} == {4}

    def test_without_a_metre_it_is_found_on_the_beats(self) -> None:
        waltz = [n for bar in range(8) for n in (3.0 * bar, 3.0 * bar + 1, 3.0 * bar + 2)]
        bass = at(waltz[::3], pitch=36)
        page = lay_out(
            np.sort(np.concatenate([at(waltz, pitch=72), bass]), order="onset"), (), Notated(RUBATO)
        )
        assert page.metre == Metre(3)
        assert [event.start for event in page.right.flowing] == [24 * n for n in range(24)]

    def test_a_broken_chord_beside_the_grid_is_one_stroke(self) -> None:
        clock = BeatClock.of([(0.0, 0.5)])
        notes = at([0.0, 1.0, 2.0, 3.0], clock)
        notes["onset"][1] += 0.0
        rolled = at([2.05], clock, pitch=79)
        both = np.sort(np.concatenate([notes, rolled]), order="onset")
        grid, _ = told_grid(both, notated((0, 4, 4), clock=clock), clock)
        assert grid.starts.tolist() == [0, 24, 48, 48, 72]


class TestKeysAndHands:
    def test_keys_change_where_the_file_says(self) -> None:
        keys = (KeySignature(0.0, 3, False), KeySignature(6.0, 0, True))
        told = Notated(RUBATO, (TimeSignature(0.0, 3, 4),), keys)
        page = laid_out(quarters(12), told)
        assert page.keys == ((0, Key(3, minor=False)), (144, Key(0, minor=True)))
        assert [page.key_at(start).fifths for start, _ in page.spans] == [3, 3, 0, 0]

    def test_a_key_at_the_first_beat_holds_in_the_pickup_bar(self) -> None:
        told = notated((0.0, 1, 4), (1.0, 3, 4))
        page = laid_out(quarters(13), replace(told, keys=(KeySignature(0.0, -4, minor=True),)))
        assert page.pickup == 48
        assert page.keys == ((0, Key(-4, minor=True)),)

    def test_names_are_spelled_by_the_key_that_holds(self) -> None:
        keys = (KeySignature(0.0, 4, False), KeySignature(4.0, -4, False))
        told = Notated(RUBATO, (TimeSignature(0.0, 4, 4),), keys)
        notes = at(quarters(8))
        notes["pitch"] = [68, 64, 68, 71, 68, 72, 68, 63]
        page = lay_out(notes, (), told)
        named = {start: name for (start, pitch), name in page.right.names.items() if pitch == 68}
        assert named[0][:2] == ("G", 1)
        assert named[96][:2] == ("A", -1)

    def test_a_key_that_is_called_major_may_be_heard_as_minor(self) -> None:
        pitches = (69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69)
        notes = [Note(pitch, 0.5 * n, 0.5, 80) for n, pitch in enumerate(pitches)]
        told = Notated(keys=(KeySignature(0.0, 0, minor=False),))
        assert lay_out(notes_to_array(notes), (), told).key == Key(0, minor=True)

    def test_the_key_of_a_performance_is_kept_too(self) -> None:
        page = lay_out(at(quarters(8)), (), Notated(keys=(KeySignature(0.0, 5, False),)))
        assert page.key.fifths == 5

    def test_hands_are_those_of_the_file(self) -> None:
        notes = at(quarters(8), pitch=60)
        hands = np.array([RIGHT, LEFT] * 4, dtype=np.int8)
        page = lay_out(notes, (), Notated(RUBATO, (TimeSignature(0.0, 4, 4),), hands=hands))
        assert [event.start for event in page.right.flowing] == [0, 48, 96, 144]
        assert [event.start for event in page.left.flowing] == [24, 72, 120, 168]

    def test_what_no_hand_is_told_of_is_guessed(self) -> None:
        notes = at(quarters(8), pitch=60)
        hands = np.array([LEFT] * 4 + [UNTOLD] * 4, dtype=np.int8)
        page = lay_out(notes, (), Notated(RUBATO, (TimeSignature(0.0, 4, 4),), hands=hands))
        assert [event.start for event in page.left.flowing] == [0, 24, 48, 72]
        assert len(page.right.flowing) == 4


def test_bar_lines_stay_where_they_are_whatever_is_added() -> None:
    told = notated((0, 3, 4))
    given = quarters(7, 2.0)
    alone = laid_out(given, told)
    for step in (0.5, 0.75, 1 / 3, 1.25):
        page = laid_out([*given, *(9.0 + step * n for n in range(16))], told)
        assert page.spans[: len(alone.spans)] == alone.spans
        assert page.pickup == alone.pickup
        starts = [event.start for event in page.right.flowing]
        assert starts[:7] == [event.start for event in alone.right.flowing]


def test_nor_do_they_move_where_the_metre_is_guessed() -> None:
    waltz = [n for bar in range(6) for n in (3.0 * bar, 3.0 * bar + 1, 3.0 * bar + 2)]
    bass = at(waltz[::3], pitch=36)
    tune = np.sort(np.concatenate([at(waltz, pitch=72), bass]), order="onset")
    march = at([18.0 + n for n in range(24)], pitch=72)
    march_bass = at([18.0 + 4 * n for n in range(6)], pitch=36)
    whole = np.sort(np.concatenate([tune, march, march_bass]), order="onset")
    until = float(march["onset"][0])
    for clock in (RUBATO, None):
        told = Notated(clock, given_until=until)
        page = lay_out(whole, (), told)
        assert page.metre.beats == 3
        assert page.pickup == lay_out(tune, (), Notated(clock)).pickup


def test_every_bar_is_filled_through_all_changes() -> None:
    told = notated((0, 1, 4), (1, 3, 4), (7, 7, 8), (14, 2, 2), (18, 12, 16))
    page = laid_out([0.5 * n for n in range(50)], told)
    assert len(page.spans) > 6
    for number, bar in enumerate(divide(page, page.right, treble=True)):
        assert bar.flowing[0].start == bar.start == page.spans[number][0] + (0 if number else 48)
        assert bar.flowing[-1].end == bar.end == page.spans[number][1]
        assert all(a.end == b.start for a, b in itertools.pairwise(bar.flowing))


def test_a_score_has_every_change_in_its_bar() -> None:
    keys = (KeySignature(0.0, 2, False), KeySignature(7.0, -1, False))
    metres = tuple(TimeSignature(*each) for each in ((0, 1, 4), (1, 3, 4), (7, 7, 8), (14, 2, 2)))
    page = laid_out([0.5 * n for n in range(44)], Notated(RUBATO, metres, keys))
    text = musicxml(make_score(page), page).decode()
    score = converter.parseData(text, format="musicxml")
    for part in score.parts:
        bars = list(part.getElementsByClass(stream.Measure))
        assert len(bars) == len(page.spans) == 7
        times = {bar.number: bar.timeSignature.ratioString for bar in bars if bar.timeSignature}
        assert times == {0: "3/4", 3: "7/8", 5: "2/2"}
        signs = {bar.number: bar.keySignature.sharps for bar in bars if bar.keySignature}
        assert signs == {0: 2, 3: -1}
        for bar, (start, end) in zip(bars[1:], page.spans[1:], strict=True):
            for voice in bar.voices or [bar]:
                assert 24 * voice.duration.quarterLength == end - start
    source = lilypond(page)
    assert source.count("\\time 7/8") == source.count("\\time 2/2") == 2
    assert source.count("\\key f \\major") == 2
