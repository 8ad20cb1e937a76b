"""What has sounded and was read is remembered once, of both sides, in simulated time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.instrument.recalled import CANDIDATES
from antiphon.instrument.weighing import LONGEST, Weighing
from antiphon.partner import Change, Forget, Panic, Stop
from antiphon.partner.line.taking import LEAD
from antiphon.partner.memory.settings import MemorySettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Imitator, Kit, Stage

    from antiphon.instrument.ask import Ask

WIDTH = 4
WEIGHING = Weighing(
    "imitator",
    WIDTH,
    theta=1.0,
    exact=tuple(0.7 * n for n in range(LONGEST + 1)),
    shifted=tuple(0.7 * n - 1.0 for n in range(LONGEST + 1)),
    recency=0.1,
)
LINE = (60, 62, 64, 65, 67, 65, 64, 62)


@dataclass(frozen=True, slots=True)
class Keyed:
    classes: NDArray[np.int32]
    within: NDArray[np.float32]
    log_probability: NDArray[np.float32]
    state: Any
    key: NDArray[np.float32]


class Rememberer:
    """An imitator with keys, which keeps what was recalled for it."""

    weighing = WEIGHING
    window = None

    def __init__(self, imitator: Imitator) -> None:
        self.imitator = imitator
        self.recalled: list[Any] = []
        self.initial_state = imitator.initial_state
        self.prime = imitator.prime
        self.read = imitator.read

    def step(self, ask: Ask) -> Keyed:
        return self.step_batch([ask])[0]

    def step_batch(self, asks: Sequence[Ask]) -> list[Keyed]:
        self.recalled += [ask.memory for ask in asks]
        return [
            Keyed(
                drawn.classes,
                drawn.within,
                drawn.log_probability,
                drawn.state,
                key_after(ask.previous),
            )
            for ask, drawn in zip(asks, self.imitator.step_batch(asks), strict=True)
        ]

    def read_with_keys(self, state: Any, classes: NDArray[np.int32]) -> Any:
        states = self.read(state, classes)
        return [(after, key_after(row)) for after, row in zip(states, classes, strict=True)]


def key_after(row: Any) -> NDArray[np.float32]:
    key = np.random.default_rng(int(np.asarray(row)[0])).normal(size=WIDTH)
    return np.asarray(key / np.linalg.norm(key), dtype=np.float32)


def a_stage(kit: Kit, **settings: Any) -> tuple[Stage, Rememberer, Any]:
    predictor = Rememberer(kit.imitator())
    stage = kit.stage(predictor=predictor, **settings)
    memory = stage.partner.ensemble.memory
    assert memory is not None
    return stage, predictor, memory


def phrases(kit: Kit, count: int, every: float = 8.0) -> list[Any]:
    return [event for index in range(count) for event in kit.phrase(1.0 + every * index)]


def test_a_phrase_is_remembered_before_its_answer_is_drawn(kit: Kit) -> None:
    stage, predictor, memory = a_stage(kit)
    stage.run(phrases(kit, 1), 3.5)
    assert predictor.recalled
    assert memory.notes.rows[:, 0].tolist() == list(LINE)
    assert not memory.notes.own.any()
    assert memory.notes.begins.tolist() == [True] + 7 * [False]
    assert memory.notes.joins.tolist() == [False] + 7 * [True]
    drawn = [recall for recall in predictor.recalled if recall is not None]
    assert drawn
    # The line comes back to what it has drawn itself, too.
    assert len(drawn[0].rows) == 7
    assert all(7 <= len(recall.rows) <= CANDIDATES for recall in drawn)
    assert max(len(recall.rows) for recall in drawn) > 7
    gains = [recall.gain for recall in drawn]
    assert gains[0] == LEAD * MemorySettings().gain  # nothing was taken up before
    assert min(gains) >= 0.0


def test_both_sides_are_remembered_once_in_the_order_in_which_they_began(kit: Kit) -> None:
    stage, _, memory = a_stage(kit)
    stage.run([*phrases(kit, 3), Stop(26.0)], 26.0)
    notes = memory.notes
    assert len(stage.heard) > 10
    assert int(notes.own.sum()) == len(stage.heard)
    assert int((~notes.own).sum()) == 3 * len(LINE)
    assert notes.rows[~notes.own][:, 0].tolist() == 3 * list(LINE)
    assert notes.rows[notes.own][:, 0].tolist() == [one.note.pitch for one in stage.heard]
    assert int(notes.begins.sum()) == 3


def test_what_was_planned_and_not_played_was_never_there(kit: Kit) -> None:
    stage, _, memory = a_stage(kit)
    taking_over = kit.phrase(4.0)
    stage.run([*kit.phrase(1.0), *taking_over, Panic(7.0)], 20.0)
    notes = memory.notes
    sounded = [one.note.pitch for one in stage.heard]
    assert sounded
    assert notes.rows[notes.own][:, 0].tolist() == sounded[: int(notes.own.sum())]
    assert int(notes.own.sum()) <= len(sounded)


def test_with_gain_0_it_plays_as_without_a_memory(kit: Kit) -> None:
    stage, predictor, memory = a_stage(kit, memory_gain=0.0)
    plain = kit.stage(predictor=kit.imitator())
    assert plain.partner.ensemble.memory is None
    events = phrases(kit, 3)
    stage.run(events, 26.0)
    plain.run(events, 26.0)
    assert len(stage.outputs) > 10
    assert stage.outputs == plain.outputs
    assert len(memory) > 3 * len(LINE)
    assert predictor.recalled
    assert not any(predictor.recalled)


def test_the_gain_is_changed_while_playing(kit: Kit) -> None:
    stage, predictor, _ = a_stage(kit)
    stage.run([*kit.phrase(1.0), Change(8.0, "memory.gain", "2"), *kit.phrase(9.0)], 16.0)
    gains = [recall.gain for recall in predictor.recalled if recall is not None]
    assert gains[0] == LEAD * MemorySettings().gain != LEAD * 2.0
    assert max(gains) == LEAD * 2.0
    assert gains.index(LEAD * 2.0) > len(gains) // 3


@pytest.mark.parametrize("what", ["phrase", "all"])
def test_it_forgets_on_command(kit: Kit, what: Any) -> None:
    stage, _, memory = a_stage(kit)
    stage.run([*phrases(kit, 2), Forget(15.0, what)], 16.5)
    left = memory.notes
    assert any(sentence.startswith("Forgotten: ") for sentence in stage.sentences)
    if what == "all":
        assert len(left) == 0
    else:
        assert left.rows[~left.own][:, 0].tolist() == list(LINE)
    # What was playing when it was forgotten does not come back.
    stage.run(kit.phrase(17.0, pitches=(70, 71, 72)), 19.0)
    fresh = memory.notes.rows[len(left) :]
    assert fresh[:, 0].tolist() == [70, 71, 72]
    assert not memory.notes.joins[len(left)]


def test_what_is_left_of_a_phrase_that_was_forgotten_is_one(kit: Kit) -> None:
    stage, _, memory = a_stage(kit)
    events = kit.phrase(1.0)
    middle = (events[0].time + events[-1].time) / 2.0
    stage.run(sorted([*events, Forget(middle, "all")], key=lambda event: event.time), 4.0)
    kept = memory.notes
    assert 1 <= int((~kept.own).sum()) < len(LINE)
    assert np.flatnonzero(kept.begins).tolist() == [0]


def test_an_instrument_without_a_memory_says_so(kit: Kit) -> None:
    stage = kit.stage(predictor=kit.imitator())
    stage.run([Forget(1.0, "all")], 2.0)
    assert stage.sentences == ["This instrument has no memory."]


def test_eight_hours_stay_within_the_setting(kit: Kit) -> None:
    stage, _, memory = a_stage(kit, memory_notes=128, form_candidates=1)
    every = 600.0
    largest = 0
    for hour in range(8):  # in simulated time
        begin = 3600.0 * hour
        for index in range(int(3600.0 / every)):
            stage.run(kit.phrase(begin + 1.0 + every * index), begin + every * (index + 1))
            largest = max(largest, len(memory))
    assert largest == 128
    assert int((~memory.notes.own).sum()) > 64


def test_the_same_session_is_remembered_and_played_the_same(kit: Kit) -> None:
    events = phrases(kit, 3)
    one, _, first = a_stage(kit)
    other, _, second = a_stage(kit)
    one.run(events, 26.0)
    other.run(events, 26.0)
    assert len(one.outputs) > 10
    assert one.outputs == other.outputs
    assert first.notes.keys.tolist() == second.notes.keys.tolist()
