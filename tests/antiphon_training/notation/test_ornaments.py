"""Trills, turns, mordents and rolled chords: what is one, what is not, and how they are written."""

from __future__ import annotations

from dataclasses import replace

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
from antiphon_training.notation.signs import Kind, Ornament, Sign, ornament
from antiphon_training.notation.spelling import Key

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
        ((main, sign),) = plain.signs.items()
        assert sign == Sign(Kind.TRILL, upper=74)
        assert plain.notes["pitch"][main] == 72
        assert plain.notes["onset"][main] == pytest.approx(notes[0].onset)
        end = float(plain.notes["onset"][main] + plain.notes["duration"][main])
        assert end == pytest.approx(2.0 + 9 * 0.06)

    @pytest.mark.parametrize(
        "notes",
        [
            alternating(0.1, 12),  # sixteenths at 150 beats a minute
            alternating(0.06, 12, away=4),  # a tremolo
            [Note(60 + n, 2.0 + 0.06 * n, 0.06, 80) for n in range(12)],  # a run
        ],
    )
    def test_what_is_written_out(self, notes: list[Note]) -> None:
        plain = take_ornaments(in_order(*BASS, *notes))
        assert (len(plain.notes), plain.signs) == (len(BASS) + len(notes), {})

    def test_sixteenths_of_a_quick_piece_are_none_where_beats_are_told(self) -> None:
        notes = in_order(*BASS, *alternating(0.08, 12))
        assert take_ornaments(notes).signs
        assert not take_ornaments(notes, None, BeatClock.of([(0.0, 0.32)])).signs


def line(*notes: tuple[float, int]) -> NoteArray:
    """Return notes of one line at their beats, each up to the next, at 120 beats a minute."""
    ends = [*(beat for beat, _ in notes[1:]), notes[-1][0] + 1.0]
    played = [
        Note(pitch, 0.5 * beat, 0.5 * (end - beat), 80)
        for (beat, pitch), end in zip(notes, ends, strict=True)
    ]
    return notes_to_array(played)


def steps(first: float, every: float, *pitches: int) -> list[tuple[float, int]]:
    return [(first + every * n, pitch) for n, pitch in enumerate(pitches)]


BEFORE, AFTER = [(0.0, 76), (1.0, 79)], [(3.0, 72), (4.0, 74), (5.0, 76)]
THIRTY_SECONDS = 0.125


class TestShortOnes:
    @pytest.mark.parametrize(
        ("notes", "kind", "around"),
        [
            (steps(2, THIRTY_SECONDS, 76, 77, 76), Kind.SHORT_TRILL, (77, None)),
            (steps(2, THIRTY_SECONDS, 76, 75, 76), Kind.MORDENT, (None, 75)),
            (steps(2, THIRTY_SECONDS, 76, 77, 76, 77, 76), Kind.TRILL, (77, None)),
            (steps(2, THIRTY_SECONDS, 77, 76, 77, 76), Kind.TRILL, (77, None)),
            (steps(2, THIRTY_SECONDS, 77, 76, 74, 76), Kind.TURN, (77, 74)),
            (steps(2, THIRTY_SECONDS, 76, 77, 76, 74, 76), Kind.TURN, (77, 74)),
            (steps(2, THIRTY_SECONDS, 74, 76, 77, 76), Kind.INVERTED_TURN, (77, 74)),
            # As in the fourth bar of Mozart's sonata K. 545: the end is written out.
            ([*steps(2, 1 / 6, 77, 79, 77), (2.5, 76), (2.75, 77)], Kind.TRILL, (79, None)),
        ],
    )
    @pytest.mark.parametrize("told", [True, False])
    def test_they_have_signs(
        self,
        notes: list[tuple[float, int]],
        kind: Kind,
        around: tuple[int | None, int | None],
        told: bool,
    ) -> None:
        played = line(*BEFORE, *notes, *AFTER)
        if len(notes) == 5 and notes[-1][0] == 2.75 and not told:
            assert take_ornaments(played).signs == {}  # a rhythm, for all that is heard
            return
        plain = take_ornaments(played, None, CLOCK if told else None)
        ((main, sign),) = plain.signs.items()
        assert (sign.kind, (sign.upper, sign.lower), sign.delayed) == (kind, around, False)
        assert plain.notes["pitch"][main] == (77 if around[0] == 79 else 76)
        assert plain.notes["onset"][main] == pytest.approx(1.0)
        assert len(plain.notes) == len(played) - (2 if around[0] == 79 else len(notes) - 1)
        ends = plain.notes["onset"] + plain.notes["duration"]
        assert ends[:-1] == pytest.approx(plain.notes["onset"][1:])

    def test_a_turn_after_its_note_is_part_of_it(self) -> None:
        """As in the 25th bar of Mozart's sonata K. 545, with a grace note before it."""
        turn = [(2.0, 81), *steps(3.5, THIRTY_SECONDS, 83, 81, 80, 81), (4.0, 84), (5.0, 81)]
        grace = (1.9, 80)
        plain = take_ornaments(line(*BEFORE, grace, *turn), None, CLOCK)
        assert plain.signs == {2: Sign(Kind.TURN, 83, 80, delayed=True)}
        assert plain.graces == {2: (80,)}
        assert plain.notes["pitch"].tolist() == [76, 79, 81, 84, 81]
        assert plain.notes["duration"][2] == pytest.approx(1.0)

    @pytest.mark.parametrize(
        "notes",
        [
            steps(2, 0.25, 77, 76, 74, 76, 77, 79, 81, 79),  # sixteenths
            steps(2, THIRTY_SECONDS, 77, 76, 74, 76, 77, 79, 81, 79),  # a run
            steps(2, THIRTY_SECONDS, 76, 74, 76, 72),  # a rhythm of one pace
            [(2.0, 76), (2.125, 77), (2.25, 76), (2.5, 76), (2.625, 77), (2.75, 76)],
            steps(2, THIRTY_SECONDS, 76, 79, 76),  # a third
            [*steps(1.75, THIRTY_SECONDS, 77, 79), (2.0, 77)],  # before the beat
            [*steps(1.86, 0.07, 77, 79), (2.0, 77)],  # grace notes
        ],
    )
    def test_what_is_written_out(self, notes: list[tuple[float, int]]) -> None:
        played = line(*BEFORE, *notes, *(note for note in AFTER if note[0] > notes[-1][0]))
        assert take_ornaments(played, None, CLOCK).signs == {}

    def test_figures_are_none(self) -> None:
        """Bach's prelude in C, an Alberti bass and a murky bass, quickly, by beats and without."""
        figures = ((60, 64, 67, 72, 76, 67, 72, 76), (60, 67, 64, 67), (62, 64, 62, 60))
        for figure in figures:
            played = line(*steps(0, 0.25, *(figure * 16)))
            assert len(played) >= 64
            for quick in (0.4, 0.6, 1.0):
                played["onset"] *= quick
                played["duration"] *= quick
                clock = BeatClock.of([(0.0, 0.5 * quick)])
                assert take_ornaments(played, None, clock).signs == {}
                played["onset"] /= quick
                played["duration"] /= quick

    def test_a_figure_of_a_study_is_none(self) -> None:
        """As in Chopin's op. 25, 3: the same in every beat."""
        beats = [[*steps(n, THIRTY_SECONDS, 74, 72, 74, 72), (n + 0.5, 77)] for n in range(8)]
        played = line(*(note for beat in beats for note in beat))
        assert len(played) == 40
        assert take_ornaments(played, None, CLOCK).signs == {}
        assert len(take_ornaments(played[:15], None, CLOCK).signs) == 3

    def test_the_notes_that_end_a_trill_are_small(self) -> None:
        trill = steps(2, THIRTY_SECONDS, *(76, 77) * 8, 76, 74, 76)
        after = [(trill[-1][0] + THIRTY_SECONDS, 74), (6.0, 72)]
        plain = take_ornaments(line(*BEFORE, *trill, *after), None, CLOCK)
        assert plain.signs == {2: Sign(Kind.TRILL, 77)}
        assert plain.graces == {3: (74, 76)}
        assert plain.notes["pitch"].tolist() == [76, 79, 76, 74, 72]


def test_an_accidental_goes_with_a_sign_that_plays_it() -> None:
    sharp = Sign(Kind.TURN, 83, 80, delayed=True)
    assert ornament(sharp, ("A", 0, 5), Key(0, minor=False)) == Ornament(
        Kind.TURN, None, 1, delayed=True
    )
    assert ornament(sharp, ("A", 0, 5), Key(3, minor=False)).below is None
    assert ornament(Sign(Kind.TRILL, 82), ("A", 0, 5), Key(1, minor=False)).above == -1
    assert ornament(Sign(Kind.TRILL, 82), ("A", 0, 5), Key(-1, minor=False)).above is None
    assert ornament(Sign(Kind.MORDENT, None, 79), ("A", 0, 5), Key(4, minor=False)).below == 0


@pytest.mark.train
def test_every_sign_is_printed() -> None:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    commands = ("trill", "prall", "mordent", "turn", "reverseturn")
    for kind, command in zip(Kind, commands, strict=True):
        for delayed in (False, True)[: 2 if "turn" in kind else 1]:
            page = lay_out(in_order(*BASS))
            place = next(iter(page.left.names))
            page = replace(page, signs={place: Sign(kind, place[1] + 2, place[1] - 1, delayed)})
            text = musicxml(make_score(page), page).decode()
            name = f"delayed-{kind}" if delayed else str(kind)
            assert text.count(f"<{name} ") == 1
            source = lilypond(page)
            assert source.count(f"\\{command} ") + source.count(f'"scripts.{command}"') == 1
            assert ("<< { " in source) is delayed


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

    def test_both_hands_may_roll_one(self) -> None:
        """As in Debussy's Clair de lune: from the bass up, to the beat."""
        left = [Note(p, 1.76 + 0.04 * n, 0.8, 80) for n, p in enumerate((46, 53, 58))]
        right = [Note(p, 1.88 + 0.04 * n, 0.8, 80) for n, p in enumerate((65, 70, 77, 82))]
        notes = in_order(*left, *right)
        hands = np.where(notes["pitch"] < 60, LEFT, RIGHT).astype(np.int8)
        plain = take_ornaments(notes, hands, CLOCK)
        assert plain.rolled == frozenset(range(7))
        assert plain.notes["onset"] == pytest.approx([2.0] * 7)


@pytest.fixture(scope="module")
def page() -> Page:
    notes = in_order(*BASS, *rolled(0.04), *alternating(0.05, 10, start=4.0))
    hands = np.where(notes["pitch"] < 60, LEFT, RIGHT).astype(np.int8)
    page = lay_out(notes, notated=Notated(CLOCK, hands=hands))
    (trill,) = page.signs
    assert trill == (8 * 24, 72)
    assert page.rolled == {(4 * 24, pitch) for pitch in (64, 67, 72, 76)}
    return page


def test_the_heads_have_them(page: Page) -> None:
    heads = [head for bar in divide(page, page.right, treble=True) for head in bar.flowing]
    assert [len(head.pitches) for head in heads if head.rolled] == [4]
    assert [head.end - head.start for head in heads if head.ornament] == [24]


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
