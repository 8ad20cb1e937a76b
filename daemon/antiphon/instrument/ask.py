"""One call of an instrument as one value; a new input of the call is added here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from antiphon.instrument.controls import Biases, Controls


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
    """

    state: Any
    previous: ArrayLike
    uniforms: ArrayLike
    controls: Controls | None = None
    biases: Biases | None = None
