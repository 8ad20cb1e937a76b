"""The tables of a memory, which become constants of the graph (`antiphon_export.mixing`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument import recalled
from antiphon.instrument.card import NeutralInput

if TYPE_CHECKING:
    from collections.abc import Mapping

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """The tables of a memory, all float32; they are constants of the graph.

    Attributes
    ----------
    projection : array, shape (features, width)
        From what the heads read to the key.
    offset : array, shape (width,)
        Added to it.
    power : array, shape (fields,)
        The exponent of the weights, a field.
    agree : tuple of array, each of shape (distances, fields)
        By field, but for the last: what the distance of a candidate's class from the drawn
        class adds to the logarithm of its weight, for each field that is drawn later.
    kernels : tuple of array, each of shape (classes, classes)
        By field: the distribution that a candidate of a class stands for.
    gate_w1, gate_b1 : arrays, shapes (fields, 5, hidden), (fields, hidden)
        The first layer of each field's gate.
    gate_w2, gate_b2 : arrays, shapes (fields, hidden), (fields,)
        The second.
    """

    projection: Table
    offset: Table
    power: Table
    agree: tuple[Table, ...]
    kernels: tuple[Table, ...]
    gate_w1: Table
    gate_b1: Table
    gate_w2: Table
    gate_b2: Table

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Gate:
        """Return a gate from arrays by name, as in the file that its fit writes."""
        fields = len(arrays["power"])

        def table(name: str) -> Table:
            return np.asarray(arrays[name], dtype=np.float32)

        return cls(
            table("projection"),
            table("offset"),
            table("power"),
            tuple(table(f"agree_{i}") for i in range(fields - 1)),
            tuple(table(f"kernel_{i}") for i in range(fields)),
            *(table(f"gate_{name}") for name in ("w1", "b1", "w2", "b2")),
        )

    def inputs(self) -> tuple[NeutralInput, ...]:
        """Return the inputs for a card; neutral is a gain of 0."""
        count = recalled.CANDIDATES
        return (
            NeutralInput(recalled.ROW, (count, len(self.power)), "int32", 0.0),
            NeutralInput(recalled.WEIGHT, (count,), "float32", 0.0),
            NeutralInput(recalled.LENGTH, (count,), "float32", 0.0),
            NeutralInput(recalled.GAIN, (1,), "float32", 0.0),
        )
