"""Graphs whose inputs and outputs stay in the same arrays from call to call.

`InferenceSession.run` checks and wraps each array anew, which takes a tenth of a note.
Here ONNX Runtime is told once where they are; before a call the inputs are written in
place, and what is to be kept of the outputs is copied after it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument.runtime import next_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.prediction import State
    from antiphon.instrument.runtime import Graph

    Arrays = Mapping[str, NDArray[Any]]


def bound(graph: Graph, inputs: Arrays, outputs: Arrays) -> Callable[[], None]:
    """Return a call of a graph that reads these inputs, and writes these outputs.

    The arrays are C-contiguous, and must live as long as the call.
    """
    import onnxruntime as ort  # type: ignore[import-untyped,unused-ignore]

    binding = graph.io_binding()
    for name, array in inputs.items():
        binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(array))
    for name, array in outputs.items():
        binding.bind_ortvalue_output(name, ort.OrtValue.ortvalue_from_numpy(array))
    return lambda: graph.run_with_iobinding(binding)


def rooms(graph: Graph, feeds: Arrays, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return arrays for some outputs of a graph, of the shapes that it returns for its feeds."""
    return dict(zip(names, graph.run(names, feeds), strict=True))


class Reader:
    """Reads rows by a graph, one after the other.

    What a call returns as state is where the next call reads it: there are two sets of
    arrays for the state, and two calls, from each to the other.

    Parameters
    ----------
    graph : Graph
        Reads a row and draws nothing, or need not draw.
    feeds : mapping of str to array
        Its inputs, with one row each, where nothing is asked for.
    states : sequence of str
        The names of the state tensors, in the card's order.
    key : str or None
        The output that is a key; None where there is none.
    """

    def __init__(
        self, graph: Graph, feeds: Arrays, states: Sequence[str], key: str | None = None
    ) -> None:
        inputs = {name: np.array(array, order="C") for name, array in feeds.items()}
        outputs = [next_name(name) for name in states]
        made = rooms(graph, feeds, outputs if key is None else [*outputs, key])
        here, there = ({name: made[next_name(name)].copy() for name in states} for _ in range(2))
        self._previous = inputs["previous"]
        self._key = None if key is None else made[key]
        self._turns = []
        for before, after in ((here, there), (there, here)):
            # A cut graph writes all states, and need not read all.
            reads = inputs | {name: array for name, array in before.items() if name in inputs}
            writes = made | {next_name(name): array for name, array in after.items()}
            call = bound(graph, reads, writes)
            self._turns.append((tuple(before.values()), call, tuple(after.values())))

    def read(
        self, state: State, rows: NDArray[np.int32]
    ) -> list[tuple[State, NDArray[np.float32] | None]]:
        """Return state and key after each of some rows, int32 (rows, fields)."""
        read = []
        for after in self._each(state, rows):
            key = None if self._key is None else self._key[0].copy()
            read.append((_copied(after), key))
        return read

    def last(self, state: State, rows: NDArray[np.int32]) -> State:
        """Return the state after all rows; that before them where there are none."""
        last = state
        for after in self._each(state, rows):
            last = after
        return _copied(last) if len(rows) else state

    def _each(self, state: State, rows: NDArray[np.int32]) -> Iterator[State]:
        """Yield the state after each row; the next call but one writes over it."""
        for array, value in zip(self._turns[0][0], state, strict=True):
            array[...] = value
        for row, (_, call, after) in zip(rows, itertools.cycle(self._turns), strict=False):
            self._previous[0] = row
            call()
            yield after


def _copied(state: State) -> State:
    return tuple([array.copy() for array in state])
