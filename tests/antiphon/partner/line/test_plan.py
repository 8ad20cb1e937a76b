"""A plan of several lines: how they are drawn, and which is chosen."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note, notes_to_array
from antiphon.partner.line.form import cue_of
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.plan import Plan
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.settings import PartnerSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit

    from antiphon.partner.line.cue import Cue

PHRASE = notes_to_array(
    Note(60 + step, index * 0.25, 0.2, 70)
    for index, step in enumerate((0, 2, 4, 5, 7, 9, 7, 5, 4, 2, 0, 7, 5, 4, 2, 0))
)


def a_line(kit: Kit, predictor: Any = None, seed: int = 0) -> tuple[Line, Cue]:
    improviser = improviser_for(
        predictor or kit.imitator(stray=0.2), PerformanceCodec(), PartnerSettings()
    )
    cue = cue_of(FormSettings(), PHRASE)
    tuned, place = place_after(improviser, PHRASE, cue)
    return Line(tuned, place, 5.0, 4.0, np.random.default_rng(seed), cue.gap), cue


def drawn(plan: Plan) -> Line:
    while not plan.finished:
        plan.draw(-math.inf)
    return plan.choose()


def test_all_lines_are_drawn_by_one_call_a_note(kit: Kit) -> None:
    predictor = kit.imitator(stray=0.2)
    line, cue = a_line(kit, predictor)
    lines = line.forked(8)
    plan = Plan(lines, cue.critic)
    assert not plan.begun
    before = predictor.calls
    drawn(plan)
    assert plan.begun
    longest = max(len(each.drawn) for each in lines)
    assert longest >= 8
    assert longest < predictor.calls - before <= longest + 4  # the last, and flams


def test_a_line_draws_the_same_whether_it_is_alone_or_not(kit: Kit) -> None:
    alone, _ = a_line(kit)
    while not alone.finished:
        alone.draw(-math.inf)
    line, cue = a_line(kit)
    lines = line.forked(5)
    drawn(Plan(lines, cue.critic))
    assert len(alone.drawn) >= 8
    assert lines[0].drawn == alone.drawn
    assert len({tuple(each.drawn) for each in lines}) == 5


def test_the_best_is_chosen(kit: Kit) -> None:
    better = 0
    for seed in range(6):
        line, cue = a_line(kit, seed=seed)
        lines = line.forked(8)
        chosen = drawn(Plan(lines, cue.critic))
        critic = cue.critic
        assert critic is not None

        def score(each: Line, critic: Any = critic) -> float:
            return float(critic.judge(each.drawn, -7.0, each.ends, finished=True))

        assert score(chosen) >= max(map(score, lines)) - 1.0  # likelihood counts too
        better += score(chosen) > score(lines[0])
    assert better >= 3


def test_when_time_is_over_the_best_so_far_goes_on(kit: Kit) -> None:
    line, cue = a_line(kit)
    plan = Plan(line.forked(8), cue.critic)
    for _ in range(5):
        plan.draw(-math.inf)
    chosen = plan.choose()
    assert not chosen.finished
    so_far = chosen.drawn
    assert 3 <= len(so_far) <= 5
    while not chosen.finished:
        chosen.draw(-math.inf)
    assert chosen.drawn[: len(so_far)] == so_far
    assert len(chosen.drawn) > 8


def test_without_anything_to_go_by_the_likeliest_is_chosen(kit: Kit) -> None:
    line, _ = a_line(kit)
    assert len(drawn(Plan(line.forked(3), None)).drawn) >= 4


def test_a_change_of_rules_begins_it_anew(kit: Kit) -> None:
    line, cue = a_line(kit)
    plan = Plan(line.forked(3), cue.critic)
    for _ in range(4):
        plan.draw(-math.inf)

    class Only:
        def weigh(self, moment: Any, slate: Any) -> None:
            weights = np.full(128, -1e9, dtype=np.float32)
            weights[71] = 0.0
            slate.pitches(weights)

    plan.change(replace(cue, rules=(Only(),)))
    notes = drawn(plan).drawn
    assert len(notes) >= 4
    assert {note.pitch for note in notes} == {71}


def pitches(notes: Sequence[Note]) -> list[int]:
    return [note.pitch for note in notes]


def test_what_was_taken_stays_and_what_was_not_is_drawn_anew(kit: Kit) -> None:
    line, _ = a_line(kit)
    while not line.finished:
        line.draw(-math.inf)
    planned = line.drawn
    taken = [note for _ in range(3) for note in line.take_next()]
    assert taken == planned[:3]
    line.drop()
    assert (line.first, line.finished) == (None, False)
    while not line.finished:
        line.draw(-math.inf)
    anew = line.drawn
    assert len(anew) >= 4
    assert anew != planned[3:]
    assert anew[0].onset >= taken[-1].onset
    assert anew[-1].onset <= line.ends


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_call_for_two_lines_is_worth_one(kit: Kit, count: int) -> None:
    line, cue = a_line(kit)
    assert Plan(line.forked(count), cue.critic).cost == max(count // 2, 1)
