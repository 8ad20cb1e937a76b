"""What is remembered, as inputs of a graph that has a memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument.ask import Recall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

ROW, WEIGHT, LENGTH, GAIN = "memory_row", "memory_weight", "memory_length", "memory_gain"
INPUTS = (ROW, WEIGHT, LENGTH, GAIN)
KEY = "memory_key"
"""The output: the key under which the row that follows can be remembered."""

CANDIDATES = 32
"""The rows that a graph takes; recalls of fewer are padded. More would cost more than they
add to what is foretold (docs/memory.md)."""

PADDING = -60.0
"""The logarithm of a weight that is as good as none."""


def nothing(fields: int) -> Recall:
    """Return a recall of no rows."""
    none = np.zeros(0, np.float32)
    return Recall(np.zeros((0, fields), np.int32), none, none, 0.0)


def as_inputs(recalls: Sequence[Recall]) -> dict[str, NDArray[Any]]:
    """Return the inputs of the graph for a batch; a recall of no rows changes nothing.

    Raises
    ------
    ValueError
        One has more than `CANDIDATES` rows.
    """
    if {len(one.rows) for one in recalls} == {CANDIDATES}:  # as nearly always
        return {
            ROW: np.array([one.rows for one in recalls], np.int32),
            WEIGHT: np.array([one.weights for one in recalls], np.float32),
            LENGTH: np.array([one.lengths for one in recalls], np.float32),
            GAIN: np.array([[one.gain] for one in recalls], np.float32),
        }
    shape = (len(recalls), CANDIDATES)
    inputs: dict[str, NDArray[Any]] = {
        ROW: np.empty((*shape, recalls[0].rows.shape[1]), np.int32),
        WEIGHT: np.empty(shape, np.float32),
        LENGTH: np.empty(shape, np.float32),
        GAIN: np.empty((len(recalls), 1), np.float32),
    }
    for index, one in enumerate(recalls):
        write(one, inputs, index)
    return inputs


def write(recall: Recall, inputs: Mapping[str, NDArray[Any]], index: int = 0) -> None:
    """Write a recall into the inputs of the graph, as one of the batch; see `as_inputs`."""
    count = len(recall.rows)
    if count > CANDIDATES:
        raise ValueError(f"a recall of {count} rows; {CANDIDATES} are the most")
    rows, weights, lengths = inputs[ROW][index], inputs[WEIGHT][index], inputs[LENGTH][index]
    rows[:count], weights[:count], lengths[:count] = recall.rows, recall.weights, recall.lengths
    if count < CANDIDATES:
        rows[count:], weights[count:], lengths[count:] = 0, PADDING, 0.0
    inputs[GAIN][index] = recall.gain if count else 0.0
