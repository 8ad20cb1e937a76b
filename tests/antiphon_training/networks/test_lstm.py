"""The LSTM layer against Keras' own, and its single step against its sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

TIME, BATCH, FEATURES, UNITS = 7, 3, 5, 4


def as_keras(gates: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rearrange the last axis from (input, forget, output, candidate) to Keras' order."""
    i, f, o, u = np.split(gates, 4, axis=-1)
    return np.concatenate([i, f, u, o], axis=-1)


@pytest.fixture(scope="module")
def layers() -> tuple[Any, Any]:
    """The same weights in a layer of ours and in one of Keras'."""
    import keras

    from antiphon_training.networks.lstm import SequenceLSTM

    rng = np.random.default_rng(1)
    ours = SequenceLSTM(UNITS, dtype="float32")
    ours.build((None, None, FEATURES))
    weights = [rng.normal(0.0, 0.5, w.shape).astype(np.float32) for w in ours.get_weights()]
    ours.set_weights(weights)
    theirs = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True, dtype="float32")
    theirs.build((None, None, FEATURES))
    theirs.set_weights([as_keras(w) for w in weights])
    return ours, theirs


@pytest.fixture(scope="module")
def music() -> tuple[Any, ...]:
    """An input, time-major, and a state to begin with."""
    import tensorflow as tf

    rng = np.random.default_rng(2)
    shapes = ((TIME, BATCH, FEATURES), (BATCH, UNITS), (BATCH, UNITS))
    return tuple(tf.constant(rng.normal(size=shape), tf.float32) for shape in shapes)


def ours_of(layer: Any, x: Any, h: Any, c: Any) -> tuple[Any, Any, Any]:
    return layer(x, h, c)


def theirs_of(layer: Any, x: Any, h: Any, c: Any) -> tuple[Any, Any, Any]:
    import tensorflow as tf

    outputs, last_h, last_c = layer(tf.transpose(x, (1, 0, 2)), initial_state=[h, c])
    return tf.transpose(outputs, (1, 0, 2)), last_h, last_c


def test_outputs_are_those_of_keras(layers: tuple[Any, Any], music: tuple[Any, ...]) -> None:
    for mine, other in zip(ours_of(layers[0], *music), theirs_of(layers[1], *music), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-6)


def test_gradients_are_those_of_keras(layers: tuple[Any, Any], music: tuple[Any, ...]) -> None:
    import tensorflow as tf

    rng = np.random.default_rng(3)
    weight = [tf.constant(rng.normal(size=s), tf.float32)
              for s in ((TIME, BATCH, UNITS), (BATCH, UNITS), (BATCH, UNITS))]  # fmt: skip
    found = []
    for run, layer in zip((ours_of, theirs_of), layers, strict=True):
        variables = [v.value for v in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([*music, *variables])
            outputs = run(layer, *music)
            loss = tf.add_n([tf.reduce_sum(w * o) for w, o in zip(weight, outputs, strict=True)])
        found.append([np.asarray(g) for g in tape.gradient(loss, [*music, *variables])])
    mine, other = found
    for part, (a, b) in enumerate(zip(mine, other, strict=True)):
        expected = b if part < len(music) else as_keras(a)
        np.testing.assert_allclose(a if part < len(music) else b, expected, atol=2e-5)


def test_a_sequence_is_its_steps(layers: tuple[Any, Any], music: tuple[Any, ...]) -> None:
    x, h, c = music
    outputs, last_h, last_c = layers[0](x, h, c)
    for t in range(TIME):
        h, c = layers[0].step(x[t], h, c)
        np.testing.assert_allclose(h, outputs[t], atol=1e-6)
    np.testing.assert_allclose(h, last_h, atol=1e-6)
    np.testing.assert_allclose(c, last_c, atol=1e-6)


def test_bfloat16_keeps_its_cell_in_float32(music: tuple[Any, ...]) -> None:
    import tensorflow as tf

    from antiphon_training.networks.lstm import SequenceLSTM

    layer = SequenceLSTM(UNITS, dtype="mixed_bfloat16")
    layer.build((None, None, FEATURES))
    x, h, c = music
    outputs, last_h, last_c = layer(x, h, c)
    assert (outputs.dtype, last_h.dtype, last_c.dtype) == (tf.bfloat16, tf.bfloat16, tf.float32)
    exact = SequenceLSTM(UNITS, dtype="float32")
    exact.build((None, None, FEATURES))
    exact.set_weights(layer.get_weights())
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), exact(x, h, c)[0], atol=0.03)


def test_the_forget_gate_starts_open() -> None:
    from antiphon_training.networks.lstm import SequenceLSTM

    layer = SequenceLSTM(UNITS)
    layer.build((None, None, FEATURES))
    gates = np.asarray(layer.bias).reshape(4, UNITS)
    assert gates.tolist() == [[0.0] * UNITS, [1.0] * UNITS, [0.0] * UNITS, [0.0] * UNITS]
