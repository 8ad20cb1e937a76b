"""What is recalled is what brute force finds; the memory is bounded, and forgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.instrument.recalled import CANDIDATES
from antiphon.instrument.weighing import LONGEST, Weighing
from antiphon.partner.memory.fields import FieldMemory
from antiphon.partner.memory.trail import MOST_DRAWN, Trail
from antiphon.partner.memory.weights import OWN

if TYPE_CHECKING:
    from antiphon.partner.memory.remembered import Remembered

SIZES = (128, 97, 97, 32)
WIDTH = 8
WEIGHING = Weighing(
    "tiny",
    WIDTH,
    theta=5.0,
    exact=tuple(0.5 * n for n in range(LONGEST + 1)),
    shifted=tuple(0.4 * n - 0.5 for n in range(LONGEST + 1)),
    recency=0.3,
)


def some_notes(count: int, seed: int, pitches: int = 4) -> tuple[Any, Any]:
    """Rows of few pitches, so that suffixes are long, and keys of length 1."""
    rng = np.random.default_rng(seed)
    rows = np.stack([rng.integers(0, size, count) for size in SIZES], axis=1).astype(np.int32)
    rows[:, 0] = 60 + rng.integers(0, pitches, count)
    keys = rng.normal(size=(count, WIDTH)).astype(np.float32)
    return rows, keys / np.linalg.norm(keys, axis=1, keepdims=True)


def a_memory(capacity: int = 512, gain: float = 1.0) -> FieldMemory:
    return FieldMemory(WEIGHING, SIZES, capacity, gain)


def brute_force(notes: Remembered, trail: Trail) -> dict[int, tuple[float, int, int]]:
    """Of each place that may follow: its log weight, the length of the suffix, the shift."""
    found = {}
    heard = trail.rows[:, 0].astype(int)
    for place in range(1, len(notes)):
        if not notes.joins[place]:
            continue
        last = place - 1
        shift = int(heard[-1] - notes.rows[last, 0])
        length = 0
        for back in range(min(len(heard), place)):
            if heard[-1 - back] - notes.rows[last - back, 0] != shift:
                break
            length += 1
            if not notes.joins[last - back]:
                break
        moved = shift != 0
        followed = int(notes.rows[place, 0]) + shift
        if moved and (length < 3 or not 0 <= followed < 128):
            shift = length = 0
            moved = False
        table = WEIGHING.shifted if moved else WEIGHING.exact
        cosine = float(trail.key @ notes.keys[last])
        age = min(len(notes) - place, 64)
        own = OWN if notes.own[place] else 0.0
        weight = WEIGHING.theta * (cosine - 1.0) + table[min(length, LONGEST)]
        found[place] = (weight + WEIGHING.recency * math.log1p(age / 16.0) + own, length, shift)
    return found


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 150),
    seed=st.integers(0, 1000),
    heard=st.integers(1, 30),
    pitches=st.sampled_from([2, 4, 12, 60]),
)
def test_it_recalls_what_brute_force_finds(count: int, seed: int, heard: int, pitches: int) -> None:
    rows, keys = some_notes(count + heard, seed, pitches)
    rng = np.random.default_rng(seed)
    memory = a_memory()
    for row, key in zip(rows[:count], keys[:count], strict=True):
        memory.add(row, key, own=bool(rng.random() < 0.3), joins=bool(rng.random() < 0.9))
    if seed % 2:  # what is heard is like something that is remembered, perhaps transposed
        begin = int(rng.integers(0, count))
        part = rows[begin : begin + heard].copy()
        part[:, 0] += int(rng.integers(-2, 3))
    else:
        part = rows[count:]
    trail = Trail.of(part, keys[-1])
    wanted = brute_force(memory.notes, trail)
    recall = memory.recall(trail)
    if not wanted:
        assert recall is None
        return
    assert recall is not None
    best = sorted(wanted.values(), key=lambda item: -item[0])[:CANDIDATES]
    assert sorted(recall.weights.tolist()) == pytest.approx(
        sorted(weight for weight, _, _ in best), abs=1e-4
    )
    assert len(recall.rows) == min(len(wanted), CANDIDATES)
    by_weight = {round(weight, 3): place for place, (weight, _, _) in wanted.items()}
    checked = 0
    for row, weight, length in zip(recall.rows, recall.weights, recall.lengths, strict=True):
        place = by_weight.get(round(float(weight), 3))
        if place is None or len(by_weight) < len(wanted):
            continue  # two places that weigh the same
        assert length == min(wanted[place][1], LONGEST)
        expected = memory.notes.rows[place].astype(int)
        expected[0] += wanted[place][2]
        assert row.tolist() == expected.tolist()
        checked += 1
    assert checked or len(by_weight) < len(wanted) or len(wanted) < 3


def test_nothing_is_recalled_of_nothing_or_at_gain_0() -> None:
    rows, keys = some_notes(50, 1)
    trail = Trail.of(rows[:20], keys[20])
    assert a_memory().recall(trail) is None
    memory = a_memory(gain=0.0)
    for row, key in zip(rows, keys, strict=True):
        memory.add(row, key)
    assert memory.recall(trail) is None
    memory.gain = 2.0
    recall = memory.recall(trail)
    assert recall is not None
    assert recall.gain == 2.0


def test_the_trail_is_a_value_that_lines_fork() -> None:
    rows, keys = some_notes(60, 2)
    trail = Trail.of(rows[:10], keys[9])
    one, other = trail.after(rows[10], keys[10]), trail.after(rows[30], keys[30])
    assert len(trail.rows) == 10
    assert one.rows.tolist() == rows[:11].tolist()
    assert other.rows.tolist() == [*rows[:10].tolist(), rows[30].tolist()]
    assert Trail.of(rows, keys[-1]).drawn == 0
    assert (one.drawn, len(one.keys)) == (1, 2)
    assert one.key.tolist() == keys[10].tolist()


def test_a_trail_is_bounded() -> None:
    rows, keys = some_notes(60, 2)
    trail = Trail.of(rows, keys[-1])
    assert len(trail.rows) == LONGEST
    for index in range(MOST_DRAWN + 50):
        trail = trail.after(rows[index % 60], keys[index % 60])
    assert trail.drawn == MOST_DRAWN
    assert len(trail.rows) == LONGEST + MOST_DRAWN


@settings(max_examples=40, deadline=None)
@given(
    heard=st.integers(1, 90),
    drawn=st.integers(1, 90),
    seed=st.integers(0, 1000),
    pitches=st.sampled_from([2, 4, 12]),
)
def test_a_line_comes_back_to_its_own_notes_as_if_they_were_remembered(
    heard: int, drawn: int, seed: int, pitches: int
) -> None:
    rows, keys = some_notes(heard + drawn, seed, pitches)
    before, after = a_memory(), a_memory()
    for index in range(heard + drawn):
        after.add(rows[index], keys[index], own=index >= heard)
        if index < heard:
            before.add(rows[index], keys[index])
    trail = Trail.of(rows[:heard], keys[heard - 1])
    for index in range(heard, heard + drawn):
        trail = trail.after(rows[index], keys[index])
    shorter = Trail.of(rows[: heard + drawn - 1], keys[heard + drawn - 2])
    for one, other in (
        (before.recall(trail), after.recall(Trail.of(rows, keys[-1]))),
        # Lines that have drawn different numbers of notes are recalled for at once.
        (before.recall_each([shorter, trail])[1], after.recall(Trail.of(rows, keys[-1]))),
    ):
        assert one is not None
        assert other is not None
        assert len(one.rows) == min(heard + drawn - 1, CANDIDATES)
        assert sorted(one.weights.tolist()) == pytest.approx(
            sorted(other.weights.tolist()), abs=1e-4
        )
        assert float(one.lengths.sum()) == pytest.approx(float(other.lengths.sum()))


def test_a_line_that_knows_nothing_comes_back_to_its_own_notes() -> None:
    rows, keys = some_notes(20, 7)
    trail = Trail.of(rows[:1], keys[0])
    memory = a_memory()
    assert memory.recall(trail) is None
    for row, key in zip(rows[1:], keys[1:], strict=True):
        trail = trail.after(row, key)
    recall = memory.recall(trail)
    assert recall is not None
    assert len(recall.rows) == 19
    assert a_memory(gain=0.0).recall(trail) is None


def test_a_full_memory_forgets_the_partners_oldest_first_then_the_oldest() -> None:
    rows, keys = some_notes(200, 3)
    memory = a_memory(capacity=64)
    for index in range(64):
        rows[index, 1] = index % 97
        memory.add(rows[index], keys[index], own=20 <= index < 40)
    memory.add(rows[64], keys[64])
    kept = memory.notes
    assert len(kept) == 61
    assert kept.rows[:20, 1].tolist() == list(range(20))
    assert kept.rows[20:36, 1].tolist() == list(range(24, 40))
    assert not kept.joins[20]  # what it followed on is gone
    for index in range(65, 200):
        memory.add(rows[index], keys[index])
    kept = memory.notes
    assert 59 < len(kept) <= 64
    assert not kept.own.any()
    assert kept.rows[-1].tolist() == rows[199].tolist()


def test_eight_hours_of_playing_stay_within_the_bound() -> None:
    rows, keys = some_notes(2000, 4)
    memory = a_memory(capacity=256)
    largest = 0
    for index in range(20_000):
        memory.add(rows[index % 2000], keys[index % 2000], own=index % 3 == 0)
        largest = max(largest, len(memory))
    assert largest == 256
    assert memory.recall(Trail.of(rows[:20], keys[19])) is not None


def test_the_last_phrase_is_forgotten_with_its_answer_and_no_more() -> None:
    rows, keys = some_notes(30, 5)
    memory = a_memory()
    for index in range(30):
        memory.add(rows[index], keys[index], own=index >= 25, begins=index in (0, 10, 20))
    memory.forget_phrase()
    assert len(memory) == 20
    memory.forget_phrase()
    assert len(memory) == 10
    assert memory.notes.rows.tolist() == rows[:10].tolist()
    memory.forget_all()
    assert len(memory) == 0
    memory.forget_phrase()
    assert len(memory) == 0


def test_it_is_resized_while_playing() -> None:
    rows, keys = some_notes(300, 6)
    memory = a_memory(capacity=300)
    for row, key in zip(rows, keys, strict=True):
        memory.add(row, key)
    memory.resize(100)
    assert len(memory) == 100
    assert memory.notes.rows.tolist() == rows[200:].tolist()
    memory.resize(400)
    assert memory.notes.rows.tolist() == rows[200:].tolist()
    assert memory.recall(Trail.of(rows[250:270], keys[269])) is not None
