"""Rows that pad the last batch have no weight."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon_training.distributed.validation import padded

ROWS, BATCH = 10, 4


@pytest.mark.parametrize("rows", [1, 4, 10, 12])
def test_the_mean_over_all_rows_is_that_of_the_true_ones(rows: int) -> None:
    losses = np.random.default_rng(rows).random(rows)
    _, lengthened, weights = padded({"x": losses}, {"y": losses}, BATCH)
    assert len(weights) % BATCH == 0
    assert len(weights) - rows < BATCH
    assert np.mean(lengthened["y"] * weights[:, 0]) == pytest.approx(losses.mean())


def test_what_fits_is_left_as_it_is() -> None:
    losses = np.arange(8.0)
    inputs, _, weights = padded(losses, losses, BATCH)
    assert np.array_equal(inputs, losses)
    assert weights.tolist() == [[1.0]] * 8


@pytest.mark.train
def test_keras_finds_the_loss_of_the_true_rows() -> None:
    import keras

    from antiphon_training.distributed.validation import validation_batches

    rng = np.random.default_rng(1)
    inputs, classes = rng.normal(size=(ROWS, 5)).astype(np.float32), rng.integers(0, 3, (ROWS, 5))
    model = keras.Sequential([keras.layers.Reshape((5, 1)), keras.layers.Dense(3)])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    plain = model.evaluate(inputs, classes, batch_size=ROWS, verbose=0)
    batches, steps = validation_batches(inputs, classes, BATCH)
    assert steps == 3
    assert model.evaluate(batches, steps=steps, verbose=0) == pytest.approx(plain, rel=1e-5)
