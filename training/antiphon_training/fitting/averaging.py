"""Averaged weights, which are measured and kept in the place of the weights themselves.

There are two averages, and both may be in use:

- a moving average over the steps of training, which predicts better than the weights of any
  single step, above all at a high learning rate (Polyak and Juditsky, 1992; Izmailov et al.,
  2018). The optimizer has it as variables of its own, so a checkpoint keeps it.
- where an instrument is trained further, its own weights with a share: they forget less, and
  weights between two good networks are often better than both (Wortsman et al., WiSE-FT, 2022).

Validation measures the average, and the best network is an average. Training continues with
the weights themselves.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Arrays = Sequence[NDArray[np.float32]]


class AveragedWeights(keras.callbacks.Callback):
    """Put the averages in the place of the weights during validation.

    Parameters
    ----------
    origin : sequence of arrays
        The weights of the instrument that is trained further, in the order of the model's
        trainable weights.
    share : float
        Their share, 0 to 1; they are not needed where it is 0.
    """

    def __init__(self, origin: Arrays = (), share: float = 0.0) -> None:
        super().__init__()
        self._origin, self._share = origin, share
        self._kept: list[NDArray[np.float32]] = []

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Put the averages in place."""
        del logs
        self._put(self.model)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Put the weights back."""
        del logs
        self._put_back(self.model)

    @contextmanager
    def in_place(self, model: Any) -> Iterator[None]:
        """Have the averages in the place of a compiled model's weights while the block runs."""
        self._put(model)
        try:
            yield
        finally:
            self._put_back(model)

    def _put(self, model: Any) -> None:
        weights = model.trainable_variables
        self._kept = [np.array(weight.value) for weight in weights]
        begun = int(np.asarray(model.optimizer.iterations.value)) > 0
        # Keras has no public name for the averages. They are zeros before the first step.
        optimizer = model.optimizer
        new = (
            [np.array(one.value) for one in optimizer._model_variables_moving_average]
            if optimizer.use_ema and begun
            else self._kept
        )
        if self._share and begun:
            new = [
                self._share * old + (1.0 - self._share) * one
                for old, one in zip(self._origin, new, strict=True)
            ]
        for weight, value in zip(weights, new, strict=True):
            weight.assign(value)

    def _put_back(self, model: Any) -> None:
        for weight, value in zip(model.trainable_variables, self._kept, strict=True):
            weight.assign(value)
        self._kept = []
