"""One call of an instrument as one value; a new input of the call is added here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antiphon.instrument.controls import Biases, Controls


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """What followed at remembered places that are like now.

    Attributes
    ----------
    rows : int32 array, shape (places, fields)
        The classes of the note that followed.
    weights : float32 array, shape (places,)
        The logarithm of each place's weight.
    lengths : float32 array, shape (places,)
        Of the common suffix, in notes.
    gain : float
        How much it counts: 0 not at all, 1 as fitted.
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    lengths: NDArray[np.float32]
    gain: float

    def only(self, places: NDArray[np.bool_]) -> Recall | None:
        """Return the same of some places; None where there are none."""
        if not places.any():
            return None
        return Recall(self.rows[places], self.weights[places], self.lengths[places], self.gain)

    def gained(self, gain: float) -> Recall:
        """Return the same with another gain; `dataclasses.replace` takes twice as long."""
        return Recall(self.rows, self.weights, self.lengths, gain)


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """The inputs of one call, which draws the next row.

    Attributes
    ----------
    state : State
        The instrument's state before `previous` was read; no call changes it.
    previous : array, shape (fields,)
        Classes of the last row, or the codec's `start` before the first.
    uniforms : array, shape (fields,)
        One number in [0, 1) a field: the same numbers give the same row.
    controls : Controls, optional
        The temperature and `min_p` of each field; by default, as the network learned.
    biases : Biases, optional
        Added to the logits of each field; nothing by default.
    memory : Recall, optional
        What is remembered; nothing by default.
    """

    state: Any
    previous: ArrayLike
    uniforms: ArrayLike
    controls: Controls | None = None
    biases: Biases | None = None
    memory: Recall | None = None
