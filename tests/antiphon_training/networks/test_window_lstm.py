"""The fast LSTM of windows against Keras' own, which it must equal."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

UNITS, CLASSES, LENGTH = 7, 11, 9


def pair(returns_sequences: bool, classes: int | None):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Return our layer and Keras', with the same weights, and what each reads."""
    import keras

    from antiphon_training.networks.window_lstm import WindowLSTM

    rng = np.random.default_rng(3)
    ours = WindowLSTM(UNITS, classes=classes, return_sequences=returns_sequences)
    theirs = keras.layers.LSTM(UNITS, return_sequences=returns_sequences)
    numbers = rng.integers(0, CLASSES, (4, LENGTH))
    vectors = np.eye(CLASSES, dtype=np.float32)[numbers]
    ours.build((None, LENGTH) if classes else (None, LENGTH, CLASSES))
    theirs.build((None, LENGTH, CLASSES))
    weights = [rng.normal(0.0, 0.5, w.shape).astype(np.float32) for w in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs, numbers.astype(np.int32) if classes else vectors, vectors


@pytest.mark.parametrize("returns_sequences", [True, False])
@pytest.mark.parametrize("classes", [None, CLASSES])
def test_outputs_and_gradients_are_those_of_keras(
    returns_sequences: bool, classes: int | None
) -> None:
    import tensorflow as tf

    ours, theirs, read, vectors = pair(returns_sequences, classes)
    found = []
    for layer, x in ((ours, read), (theirs, vectors)):
        with tf.GradientTape() as tape:
            y = layer(tf.constant(x))
            loss = tf.reduce_sum(tf.sin(y) * tf.range(1.0, UNITS + 1.0))
        gradients = tape.gradient(loss, layer.trainable_variables)
        found.append([y.numpy(), *(tf.convert_to_tensor(g).numpy() for g in gradients)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("returns_sequences", [True, False])
def test_plain_steps_give_what_the_loop_gives(returns_sequences: bool) -> None:
    import tensorflow as tf

    ours, _, read, _ = pair(returns_sequences, CLASSES)
    np.testing.assert_allclose(
        ours.by_steps(tf.constant(read), LENGTH).numpy(), ours(tf.constant(read)).numpy(), atol=1e-6
    )
