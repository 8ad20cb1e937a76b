"""Instruments whose state is a cache of fixed size: of notes and of words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.instrument.ask import Ask

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS, REACH = 2, 12
"""Of both files (tests/antiphon_export/make_tiny.py)."""
LONG = 60


@pytest.fixture(scope="module", params=["transformer", "transformer_words"])
def cached(request: pytest.FixtureRequest) -> Predictor:
    return Predictor(Path(__file__).parent / f"tiny_{request.param}.onnx")


def rows(predictor: Predictor, count: int, seed: int = 0) -> NDArray[np.int32]:
    """Return the row before a piece, and rows at random."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, predictor.codec.sizes, (count - 1, len(predictor.codec.fields)))
    return np.concatenate([[predictor.codec.start], drawn]).astype(np.int32)


def test_the_card_tells_the_shapes_of_the_cache(cached: Predictor) -> None:
    assert cached.window is None
    shapes = {tensor.name: tensor.shape for tensor in cached.card.state}
    assert shapes["read"] == (REACH - 1,)
    assert [name for name in shapes if name != "read"] == ["keys1", "values1", "keys2", "values2"]
    assert {shapes[name] for name in shapes if name != "read"} == {(REACH - 1, 8)}


def test_reading_ahead_is_the_same_as_stepping(cached: Predictor) -> None:
    read, state = rows(cached, LONG), cached.initial_state()
    half = np.full(len(cached.codec.fields), 0.5, np.float32)
    for row in read:
        state = cached.step(Ask(state, row, half)).state
    primed = cached.prime(cached.initial_state(), read)
    assert len(primed) == len(state) == 1 + 2 * BLOCKS
    for one, other in zip(primed, state, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_state_has_one_size_however_long_the_music_is(cached: Predictor) -> None:
    states = cached.read(cached.initial_state(), rows(cached, LONG))
    assert len(states) == LONG
    shapes = [tensor.shape for tensor in cached.card.state]
    for state in states:
        assert [part.shape[1:] for part in state] == shapes
    filled = [int(state[0].sum()) for state in states]
    assert filled == [min(count, REACH - 1) for count in range(1, LONG + 1)]


def test_what_is_further_back_than_its_blocks_reach_is_forgotten(cached: Predictor) -> None:
    read, far = rows(cached, LONG), BLOCKS * (REACH - 1) + 1
    other = read.copy()
    other[1 : LONG - far] = rows(cached, LONG, seed=1)[1 : LONG - far]
    assert not np.array_equal(read, other)
    note = read[-1]
    logits = [
        cached.logits(cached.prime(cached.initial_state(), music[:-1]), note, note)[0]
        for music in (read, other)
    ]
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-5)
    nearer = read.copy()
    nearer[-3] = rows(cached, LONG, seed=2)[-3]
    changed = cached.logits(cached.prime(cached.initial_state(), nearer[:-1]), note, note)[0]
    assert np.abs(changed - logits[0]).max() > 0.01


def test_a_state_is_a_value_and_a_batch_is_as_if_alone(cached: Predictor) -> None:
    states = cached.read(cached.initial_state(), rows(cached, LONG))
    rng = np.random.default_rng(3)
    fields = len(cached.codec.fields)
    asks = [
        Ask(states[at], rows(cached, LONG)[at + 1], rng.random(fields).astype(np.float32))
        for at in (3, REACH, LONG - 2)
    ]
    alone = [cached.step(ask) for ask in asks]
    together = cached.step_batch(asks)
    assert len(together) == len(alone) == 3
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.classes, other.classes)
        for part, same in zip(one.state, other.state, strict=True):
            np.testing.assert_allclose(part, same, atol=1e-5)
