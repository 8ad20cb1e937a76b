"""One call of an instrument, as one value: what it may be told can grow here alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from antiphon.instrument.controls import Biases, Controls


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What the next row is drawn from.

    Attributes
    ----------
    state : State
        The instrument's, before `previous` was read; no call changes it.
    previous : array, shape (fields,)
        Classes of the last row, or the codec's `start` before the first.
    uniforms : array, shape (fields,)
        One number in [0, 1) a field: the same numbers give the same row.
    controls : Controls, optional
        How freely each field is drawn; as the network learned, by default.
    biases : Biases, optional
        Towards what each field is drawn; towards nothing, by default.
    """

    state: Any
    previous: ArrayLike
    uniforms: ArrayLike
    controls: Controls | None = None
    biases: Biases | None = None
