"""The critic: what it hears in a line."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.music.themes import taken_up, themes
from antiphon.partner.line.critic import (
    Critic,
    copied,
    landing,
    returns,
    theme,
    top_line,
)
from antiphon.partner.line.manner import Manner
from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from collections.abc import Sequence

TUNE = (60, 62, 64, 65, 67, 69, 67, 65, 64, 60)
OTHER = (72, 65, 60, 71, 64, 60, 69, 62, 66, 60)
WISHED = Manner(rate=4.0, chords=0.05, pitch=64.0, velocity=80.0, triad=(0, 4, 7), length=-2.0)
CRITIC = Critic(WISHED)


def played(
    pitches: Sequence[int],
    gap: float = 0.25,
    velocity: int = 80,
    last: float = 0.6,
    length: float = 0.2,
) -> list[Note]:
    lengths = [length] * (len(pitches) - 1) + [last]
    return [
        Note(pitch, index * gap, length, velocity)
        for index, (pitch, length) in enumerate(zip(pitches, lengths, strict=True))
    ]


def judged(notes: list[Note], critic: Critic = CRITIC, nats: float = -7.0) -> float:
    return critic.judge(notes, nats, notes[-1].onset + 0.1, finished=True)


def line_of(pitches: Sequence[int]) -> NoteArray:
    return notes_to_array(played(pitches))


def test_the_top_line_is_the_highest_of_each_chord() -> None:
    notes = [Note(p, time, 0.2, 64) for time in (0.0, 0.5) for p in (48, 60, 67 + int(time * 2))]
    assert top_line(notes_to_array(notes)).tolist() == [67, 68]
    assert top_line(notes_to_array([])).tolist() == []


def test_a_theme_is_known_in_any_transposition() -> None:
    known = themes(np.array(TUNE))
    assert len(known) == 6
    assert taken_up(np.array(TUNE) + 5, known) == 1.0
    assert taken_up(np.array(OTHER), known) == 0.0
    assert taken_up(np.array([*TUNE[:5], 50, 40, 90, 43, 61]), known) == 0.5
    assert taken_up(np.array(TUNE[:4]), known) == 0.0


def test_neither_nothing_nor_all_is_to_be_taken_up() -> None:
    assert theme(0.0) == -1.0
    assert theme(1.0) == -1.0
    assert theme(0.12) == theme(0.4) == 0.0
    assert -1.0 < theme(0.8) < 0.0
    assert (copied(1.0), copied(0.5)) == (-1.0, 0.0)


def test_a_copy_is_the_worst_answer() -> None:
    critic = replace(CRITIC, themes=themes(np.array(TUNE)))
    half = played([*TUNE[:5], 72, 64, 67, 62, 60])
    assert judged(half, critic) > judged(played(OTHER), critic) > judged(played(TUNE), critic)


@pytest.mark.parametrize(
    "worse",
    [
        played(TUNE, gap=0.125),
        played(TUNE, gap=0.5, last=1.0),
        played([pitch + 12 for pitch in TUNE]),
        played(TUNE, velocity=50),
        played(TUNE, length=0.05),
        played(TUNE, length=1.0, last=1.0),
        played([*TUNE[:-1], 62]),
        played(TUNE, last=0.1),
    ],
    ids=["dense", "sparse", "high", "soft", "short", "tied", "off the triad", "short at the end"],
)
def test_what_is_not_as_wished_counts_less(worse: list[Note]) -> None:
    assert judged(worse) < judged(played(TUNE)) - 0.2


def test_where_a_line_is_free_nothing_counts() -> None:
    nothing = dict.fromkeys(("rate", "pitch", "velocity", "length"), math.nan)
    free = Critic(replace(WISHED, **nothing), endings=False)
    loud = played([pitch + 12 for pitch in TUNE], gap=0.1, velocity=20, last=0.1)
    assert judged(loud, free) == pytest.approx(judged(played(TUNE), free))


def test_the_likelier_of_two_that_are_as_good_wins() -> None:
    assert judged(played(TUNE), nats=-6.0) > judged(played(TUNE), nats=-8.0)


def test_the_end_of_a_line_that_is_not_finished_is_not_judged() -> None:
    good, bad = played(TUNE), played([*TUNE[:-1], 61], last=0.1)
    assert CRITIC.judge(good, -7.0, 9.0, finished=False) == pytest.approx(
        CRITIC.judge(bad, -7.0, 9.0, finished=False), abs=0.05
    )
    assert CRITIC.judge([], -7.0, 9.0, finished=False) == -math.inf


def test_a_rest_at_the_end_is_better_than_nothing_and_worse_than_a_long_note() -> None:
    short, long = (notes_to_array(played(TUNE, last=length)) for length in (0.1, 0.6))
    end = float(short["onset"][-1])
    assert landing(long, long[-1:], end) == 0.0
    assert landing(short, short[-1:], end + 0.1) == -1.0
    assert landing(short, short[-1:], end + 0.6) == -0.5


def test_it_ends_on_a_beat_where_there_are_beats() -> None:
    end = 9 * 0.25
    on, off = (replace(CRITIC, beats=Beats(0.5, end + away)) for away in (0.0, 0.25))
    assert judged(played(TUNE), on) == pytest.approx(judged(played(TUNE)))
    assert judged(played(TUNE), off) < judged(played(TUNE), on) - 0.2


def test_the_tones_of_the_phrase_are_better_than_others() -> None:
    tones = tuple(float(share) for share in np.bincount(np.array(TUNE) % 12, minlength=12) / 10)
    critic = Critic(replace(WISHED, tones=tones))
    same = played(TUNE, last=0.2)
    assert judged(same, critic) == pytest.approx(judged(same), abs=1e-9)
    sharp = played([pitch + 1 for pitch in TUNE])
    worse = judged(sharp) - judged(sharp, critic)
    assert 1.0 < worse < 2.0


def test_a_line_that_comes_back_to_its_own_notes_is_better_unless_it_is_stuck() -> None:
    assert returns(0.0, 200) == -1.0
    assert returns(0.075, 200) == pytest.approx(-0.5)
    assert returns(0.15, 200) == returns(0.3, 200) == 0.0
    assert returns(1.0, 200) == -1.0
    assert returns(0.05, 50) == 0.0  # a short line has less time to come back
