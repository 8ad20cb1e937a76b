"""Attention over a window: it finds a row wherever it is, and is a part of a classic network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

UNITS, WORDS, LENGTH, BATCH = 6, 9, 7, 4


@pytest.fixture(scope="module")
def network() -> Any:
    from antiphon_training.networks.classic import ClassicNetwork

    made = ClassicNetwork(WORDS, LENGTH, lstm=(8, UNITS), dense=(5,), attention=3)
    made.build()
    rng = np.random.default_rng(1)
    for weight in made.trainable_variables:
        weight.assign(weight + rng.normal(0.0, 0.3, weight.shape))
    return made


def windows(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return rng.integers(0, WORDS + 1, (BATCH, LENGTH, 1)).astype(np.int32)


def test_the_dense_layers_read_the_last_output_beside_a_mean_of_all() -> None:
    import keras

    from antiphon_training.networks.window_attention import WindowAttention

    keras.utils.set_random_seed(1)
    attention = WindowAttention(3)
    attention.build((None, LENGTH, UNITS))
    outputs = np.random.default_rng(2).normal(size=(BATCH, LENGTH, UNITS)).astype(np.float32)
    weights = np.asarray(attention.weights_of(outputs))
    assert weights.shape == (BATCH, LENGTH)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    assert weights.std() > 0.01
    found = np.asarray(attention(outputs))
    assert found.shape == (BATCH, *attention.compute_output_shape(outputs.shape)[1:])
    np.testing.assert_array_equal(found[:, :UNITS], outputs[:, -1])
    np.testing.assert_allclose(
        found[:, UNITS:], (weights[:, :, None] * outputs).sum(axis=1), atol=1e-6
    )


def test_a_row_may_have_all_the_weight() -> None:
    from antiphon_training.networks.window_attention import WindowAttention

    attention = WindowAttention(1)
    attention.build((None, LENGTH, UNITS))
    answer = np.zeros((UNITS, 1), np.float32)
    answer[0] = 5.0
    attention.set_weights([answer, np.zeros((UNITS, 1)), np.array([[30.0]])])
    outputs = np.zeros((1, LENGTH, UNITS), np.float32)
    outputs[0, 2, :2] = [1.0, 7.0]
    assert float(attention(outputs)[0, UNITS + 1]) == pytest.approx(7.0, abs=1e-4)


def test_it_is_trained_as_it_is_exported(network: Any) -> None:
    import tensorflow as tf

    window = tf.constant(windows(3))
    assert tuple(network(window)["symbol"].shape) == (BATCH, WORDS)
    np.testing.assert_allclose(
        network.unrolled_features(window), network.features(window), atol=1e-6
    )


def test_word_by_word_is_the_same_as_the_windows_of_a_piece(network: Any) -> None:
    import tensorflow as tf

    piece = np.random.default_rng(4).integers(0, WORDS, (3 * LENGTH, 1)).astype(np.int32)
    wanted = network.piece_logits(piece, piece, tf.function)
    state = [tf.zeros((1, *shape)) for shape in network.state_shapes.values()]
    for t, row in enumerate(piece):
        features, state = network.run_step(tf.constant(row[None]), state)
        (head,) = network.field_logits(features)
        np.testing.assert_allclose(head([])[0], wanted[t], atol=1e-5)


def test_a_word_that_has_left_the_window_is_forgotten(network: Any) -> None:
    import tensorflow as tf

    piece = np.random.default_rng(4).integers(0, WORDS, (3 * LENGTH, 1)).astype(np.int32)
    other = piece.copy()
    other[5] = (other[5] + 1) % WORDS
    plain, changed = (network.piece_logits(rows, rows, tf.function) for rows in (piece, other))
    differs = np.abs(plain - changed).max(axis=1) > 1e-6
    assert differs[5 : 5 + LENGTH].all()
    assert not differs[:5].any()
    assert not differs[5 + LENGTH :].any()


def test_its_configuration_makes_it_again(network: Any) -> None:
    from antiphon_training.networks.classic import ClassicNetwork

    again = ClassicNetwork.from_config(network.get_config())
    again.build()
    again.set_weights(network.get_weights())
    np.testing.assert_array_equal(again(windows(5))["symbol"], network(windows(5))["symbol"])
