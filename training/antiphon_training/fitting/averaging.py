"""Averaged weights: a moving average over the steps of training, beside the weights themselves.

Averaged weights predict better than those of any single step, above all at a high learning
rate (Polyak and Juditsky, 1992; Izmailov et al., 2018). The optimizer keeps the average, as
variables of its own, so that a checkpoint has it with the rest of the optimizer. The average is
what validation measures and what is kept as the best network; training continues with the
weights themselves.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


class AveragedWeights(keras.callbacks.Callback):
    """Put the average in the place of the weights during validation.

    It does nothing where the optimizer keeps no average, or before its first step.
    """

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Exchange weights and average."""
        del logs
        _exchange(self.model)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Exchange them back."""
        del logs
        _exchange(self.model)


@contextmanager
def averaged(model: Any) -> Iterator[None]:
    """Exchange the weights of a compiled model and their average while the block runs."""
    _exchange(model)
    try:
        yield
    finally:
        _exchange(model)


def _exchange(model: Any) -> None:
    optimizer = model.optimizer
    if not optimizer.use_ema or not int(np.asarray(optimizer.iterations.value)):
        return
    # Keras has no public name for the averages.
    averages = optimizer._model_variables_moving_average
    for weight, average in zip(model.trainable_variables, averages, strict=True):
        kept = np.array(weight.value)
        weight.assign(average.value)
        average.assign(kept)
