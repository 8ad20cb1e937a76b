"""What a call of an instrument returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

State = tuple[NDArray[np.float32], ...]
"""What an instrument remembers: one array (1, ...) for each of `Card.state`."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The note that an instrument would play next.

    Attributes
    ----------
    classes : int32 array, shape (fields,)
        One class a field; what the next step reads as `previous`.
    within : float32 array, shape (fields,)
        The place inside each class, in [0, 1).
    log_probability : float32 array, shape (fields,)
        Natural logarithm of each class's probability under the plain
        distribution: temperature 1, no bias, no min_p, but with what is remembered.
    state : State
        The state after `previous` was read.
    key : float32 array, shape (width,), or None
        The key under which the note can be remembered, of length 1; None where the
        instrument has no memory.
    logits : float32 array, shape (words,), or None
        Of all words, at temperature 1 and without a bias, where it is an instrument of words
        that has a memory; None of any other.
    """

    classes: NDArray[np.int32]
    within: NDArray[np.float32]
    log_probability: NDArray[np.float32]
    state: State
    key: NDArray[np.float32] | None = None
    logits: NDArray[np.float32] | None = None
