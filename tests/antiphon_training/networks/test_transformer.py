"""The Transformer: only the past, row by row as all at once, and no more than its reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.music.codecs.performance import PerformanceCodec

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

CODEC = PerformanceCodec()
REACH, BLOCKS, WIDTH, BATCH, LONG = 6, 2, 5, 3, 20


def made(reach: int = REACH, **other: Any) -> Any:
    """Return a network whose weights are large enough to have opinions."""
    from antiphon_training.networks.transformer import TransformerNetwork

    network = TransformerNetwork(
        CODEC.fields, CODEC.sizes, CODEC.input_sizes, units=2 * WIDTH, blocks=BLOCKS, heads=2,
        reach=reach, head=7, **other,
    )  # fmt: skip
    network.build()
    rng = np.random.default_rng(1)
    for weight in network.trainable_variables:
        weight.assign(weight + rng.normal(0.0, 0.3, weight.shape))
    return network


@pytest.fixture(scope="module")
def network() -> Any:
    return made()


def notes(seed: int, sizes: tuple[int, ...] = CODEC.input_sizes, time: int = LONG) -> Any:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, n, (BATCH, time)) for n in sizes], axis=-1).astype(np.int32)


def features(network: Any, previous: Any) -> Any:
    return np.asarray(network.run(previous, network.initial_state(BATCH))[0])


def test_its_logits_and_its_state_have_the_shapes_that_it_says(network: Any) -> None:
    logits = network({"previous": notes(1), "target": notes(2, CODEC.sizes)})
    shapes = [tuple(logits[name].shape) for name in CODEC.fields]
    assert shapes == [(BATCH, LONG, size) for size in CODEC.sizes]
    assert network.state_shapes == {
        "read": (REACH - 1,),
        "keys1": (REACH - 1, WIDTH), "values1": (REACH - 1, WIDTH),
        "keys2": (REACH - 1, WIDTH), "values2": (REACH - 1, WIDTH),
    }  # fmt: skip
    _, after = network.run(notes(1), network.initial_state(BATCH))
    assert [tuple(part.shape[1:]) for part in after] == list(network.state_shapes.values())
    assert network.context == {"kind": "stream"}


def test_a_later_note_changes_nothing_before_it(network: Any) -> None:
    previous = notes(1)
    other = previous.copy()
    other[:, 8] = notes(3)[:, 8]
    plain, changed = features(network, previous), features(network, other)
    np.testing.assert_array_equal(plain[:, :8], changed[:, :8])
    assert not np.array_equal(plain[:, 8], changed[:, 8])


@pytest.mark.parametrize("reach", [2, REACH, LONG + 5])
def test_note_by_note_is_the_same_as_the_whole(reach: int) -> None:
    """Also where the oldest rows have fallen out of the state several times over."""
    import tensorflow as tf

    network, previous = made(reach), notes(1)
    whole, after = network.run(tf.constant(previous), network.initial_state(BATCH))
    state = network.initial_state(BATCH)
    for t in range(LONG):
        step, state = network.run_step(tf.constant(previous[:, t]), state)
        np.testing.assert_allclose(step, whole[:, t], atol=1e-5)
    for mine, other in zip(state, after, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    np.testing.assert_array_equal(state[0][0], np.arange(reach - 1) >= reach - 1 - LONG)


def test_a_note_is_forgotten_after_its_reach_in_each_block(network: Any) -> None:
    previous = notes(1)
    other = previous.copy()
    other[:, 2] = notes(3)[:, 2]
    differs = np.abs(features(network, previous) - features(network, other)).max(axis=(0, 2)) > 0.0
    last = 2 + BLOCKS * (REACH - 1)
    assert last < LONG - 1
    assert differs[2 : last + 1].all()
    assert not differs[:2].any()
    assert not differs[last + 1 :].any()


def test_places_without_a_note_have_no_weight(network: Any) -> None:
    """Keys and values where nothing was read may hold anything."""
    previous = notes(1, time=2)
    state = network.initial_state(BATCH)
    filled = [state[0], *(np.full(part.shape, 3.0, np.float32) for part in state[1:])]
    np.testing.assert_array_equal(network.run(previous, filled)[0], features(network, previous))


def test_the_state_goes_on_from_batch_to_batch_until_a_reset(network: Any) -> None:
    from antiphon_training.networks.streaming import StreamingNetwork

    stream = StreamingNetwork(network, BATCH)
    stream.build()
    previous, target = notes(1), notes(2, CODEC.sizes)
    whole = network({"previous": previous, "target": target})
    for _ in range(2):  # the second time the state of the first is forgotten
        found = []
        for first, last, reset in ((0, 4, 1.0), (4, LONG, 0.0)):
            batch = {"previous": previous[:, first:last], "target": target[:, first:last]}
            flags = np.full(BATCH, reset, np.float32)
            found.append(stream({**batch, "reset": flags}, training=True))
        for name in CODEC.fields:
            parts = np.concatenate([part[name] for part in found], axis=1)
            np.testing.assert_allclose(parts, whole[name], atol=1e-5)


def test_nothing_is_dropped_but_in_training(network: Any) -> None:
    dropping = made(dropout=0.5)
    assert len(dropping.weights) == len(network.weights) == len(network.trainable_weights)
    for mine, other in zip(dropping.trainable_weights, network.trainable_weights, strict=True):
        mine.assign(other)
    previous, state = notes(1), network.initial_state(BATCH)
    plain = features(network, previous)
    np.testing.assert_array_equal(features(dropping, previous), plain)
    dropped = np.asarray(dropping.run(previous, state, training=True)[0])
    assert not np.array_equal(dropped, plain)


def test_its_configuration_makes_it_again(network: Any) -> None:
    from antiphon_training.networks.transformer import TransformerNetwork

    again = TransformerNetwork.from_config(network.get_config())
    again.build()
    again.set_weights(network.get_weights())
    np.testing.assert_array_equal(features(again, notes(1)), features(network, notes(1)))


def test_ages_begin_as_slopes() -> None:
    from antiphon_training.networks.transformer_layers import slopes

    found = slopes(4, 3)
    np.testing.assert_allclose(found[:, -1], 0.0)  # the row itself
    np.testing.assert_allclose(found[:, 1], [-0.25, -0.0625, -0.015625, -0.00390625])
    np.testing.assert_allclose(found[:, 0], 2.0 * found[:, 1])
