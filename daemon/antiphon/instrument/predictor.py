"""One call, one row: the predictor plays an instrument file.

Rows of classes are int32 in the codec's order. The state is a value: a tuple of
arrays that no call changes, so it may be kept, forked and rolled back.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument import recalled
from antiphon.instrument.context import shifted, window_length
from antiphon.instrument.controls import FORCE, Biases, Controls
from antiphon.instrument.cut_graph import cut_graph
from antiphon.instrument.metadata import load_card, read_metadata
from antiphon.instrument.prediction import Prediction, State
from antiphon.instrument.runtime import (
    OUTPUTS,
    check_graph,
    graph_inputs,
    neutral_feeds,
    next_name,
    open_graph,
)
from antiphon.instrument.scoring import Scores, score_pieces
from antiphon.instrument.weighing import Weighing, read_weighing
from antiphon.music.codecs.registry import codec_from_table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from antiphon.instrument.ask import Ask
    from antiphon.instrument.card import Card
    from antiphon.instrument.runtime import Graph
    from antiphon.music.codecs.codec import Codec


class Predictor:
    """Plays one instrument file; belongs to one thread at a time.

    Parameters
    ----------
    path : path
        An `.onnx` file with a card.
    threads : int
        Threads for one call. One is right for playing; scoring large batches
        may use more.

    Attributes
    ----------
    card : Card
        What the file says of itself.
    codec : Codec
        As the card tells.
    window : int or None
        How many rows it reads again for each note; None where its state holds
        the past.
    remembers : bool
        Whether it takes what is remembered (`Ask.memory`) and returns keys.
    weighing : Weighing or None
        How remembered places are weighed for it, as the file says.

    Raises
    ------
    InstrumentError
        The file is no instrument that this version can play; the sentence says
        what is missing.
    """

    def __init__(self, path: str | os.PathLike[str], threads: int = 1) -> None:
        self.card: Card = load_card(path)
        self.codec: Codec = codec_from_table(self.card.codec)
        self.window: int | None = window_length(self.card, self.codec)
        self._graph = open_graph(path, threads)
        check_graph(self._graph, self.card, self.codec)
        self._state_names = tuple(tensor.name for tensor in self.card.state)
        self._state_outputs = [next_name(name) for name in self._state_names]
        self.weighing: Weighing | None = read_weighing(read_metadata(path))
        inputs = {item.name for item in self._graph.get_inputs()}
        self.remembers = set(recalled.INPUTS) <= inputs
        self._after_outputs = [*self._state_outputs, *([recalled.KEY] if self.remembers else [])]
        self._outputs = [*OUTPUTS[:3], *self._after_outputs]
        self._bias_names = graph_inputs(self.codec)[4:]
        fields = len(self.codec.fields)
        # Refilled by each call; onnxruntime reads them before it returns.
        self._previous = np.zeros((1, fields), dtype=np.int32)
        self._uniform = np.zeros((1, fields), dtype=np.float32)
        self._temperature = np.ones((1, fields), dtype=np.float32)
        self._min_p = np.zeros((1, fields), dtype=np.float32)
        self._feeds: dict[str, NDArray[Any]] = neutral_feeds(self.card, self._graph)
        self._feeds["previous"] = self._previous
        self._feeds["uniform"] = self._uniform
        self._feeds["temperature"] = self._temperature
        self._feeds["min_p"] = self._min_p
        self._plain = (Controls.of(fields=fields), Biases(self.codec))
        self._no_memory = {name: self._feeds[name] for name in recalled.INPUTS if self.remembers}
        self._nothing = recalled.nothing(fields)
        self._neutrals: dict[int, dict[str, NDArray[Any]]] = {}
        self._zeros = tuple(
            np.zeros((1, *tensor.shape), dtype=np.float32) for tensor in self.card.state
        )
        self._reader = self._graph if self.window else self._open_reader(path, threads)
        reads = {item.name for item in self._reader.get_inputs()}
        self._read_feeds = {name: row for name, row in self._plain_feeds().items() if name in reads}

    def initial_state(self) -> State:
        """Return the state before a piece, all zero; then read `codec.start`."""
        return self._zeros

    def step(self, ask: Ask) -> Prediction:
        """Read one note, and draw the one that follows it."""
        self._uniform[0] = ask.uniforms
        if self.remembers:
            memory = ask.memory
            self._feeds |= self._no_memory if memory is None else recalled.as_inputs([memory])
        note, within, log_probability, *after = self._run(
            self._outputs,
            ask.state,
            ask.previous,
            ask.controls or self._plain[0],
            ask.biases or self._plain[1],
        )
        return Prediction(note[0], within[0], log_probability[0], *self._after(after))

    def step_batch(self, asks: Sequence[Ask]) -> list[Prediction]:
        """Draw the answer to each of several asks in one call, each as `step` would."""
        if not asks:
            return []
        feeds = self._batch_feeds(asks)
        note, within, log_probability, *after = self._graph.run(self._outputs, feeds)
        drawn = []
        for i in range(len(asks)):
            own = self._after([tensor[i : i + 1] for tensor in after])
            drawn.append(Prediction(note[i], within[i], log_probability[i], *own))
        return drawn

    def _neutral(self, batch: int) -> dict[str, NDArray[Any]]:
        """Return neutral inputs for a batch, to be added to; they are made once."""
        if batch not in self._neutrals:
            self._neutrals[batch] = neutral_feeds(self.card, self._graph, batch)
        return dict(self._neutrals[batch])

    def logits_batch(self, asks: Sequence[Ask]) -> NDArray[np.float32]:
        """Return the logits of the row that each of several asks would draw, in one call.

        Shape (asks, sum of codec.sizes): those of all fields, one after the other, each
        given the earlier fields that are drawn.
        """
        logits: NDArray[np.float32] = self._graph.run(["logits"], self._batch_feeds(asks))[0]
        return logits

    def read(self, state: State, classes: ArrayLike) -> list[State]:
        """Read rows of classes, shape (rows, fields), and return the state after each.

        To continue after n rows, read `codec.start` and the first n - 1, and give the
        last to `step`: it reads its `previous` itself. Where a window is the state, this
        calls no graph and takes no time.
        """
        rows = self._rows(classes)
        if self.window is None:
            return [state for state, _ in self._read(state, rows)]
        return [state := (shifted(state[0], row[None], self.codec.sizes),) for row in rows]

    def read_with_keys(
        self, state: State, classes: ArrayLike
    ) -> list[tuple[State, NDArray[np.float32]]]:
        """Read rows of classes; return the state and the key after each.

        The key after a row, float32 (width,) of length 1, is that under which the row that
        follows can be remembered.

        Raises
        ------
        ValueError
            The instrument has no memory.
        """
        if not self.remembers:
            raise ValueError(f"the instrument {self.card.name} has no memory, so no keys")
        read = self._read(state, self._rows(classes))
        return [(state, key) for state, key in read if key is not None]

    def prime(self, state: State, classes: ArrayLike) -> State:
        """Read rows of classes, and return the state after the last; see `read`."""
        rows = self._rows(classes)
        if self.window is not None:
            return (shifted(state[0], rows, self.codec.sizes),) if len(rows) else state
        last = state
        for after, _ in self._read(state, rows):
            last = after
        return last

    def _rows(self, classes: ArrayLike) -> NDArray[np.int32]:
        """Return classes as rows, (rows, fields)."""
        return np.asarray(classes, dtype=np.int32).reshape(-1, len(self.codec.fields))

    def _read(
        self, state: State, rows: NDArray[np.int32]
    ) -> Iterator[tuple[State, NDArray[np.float32] | None]]:
        """Read rows by the graph that draws nothing; yield state and key after each."""
        feeds = self._read_feeds
        for row in rows:
            for name, value in zip(self._state_names, state, strict=True):
                if name in feeds:
                    feeds[name] = value
            feeds["previous"] = row[None]
            state, key = self._after(self._reader.run(self._after_outputs, feeds))
            yield state, key

    def _batch_feeds(self, asks: Sequence[Ask]) -> dict[str, NDArray[Any]]:
        """Return the inputs of one call for several asks."""
        plain, unbiased = self._plain
        controls = [ask.controls or plain for ask in asks]
        biases = [(ask.biases or unbiased).rows for ask in asks]
        feeds = self._neutral(len(asks))
        feeds["previous"] = np.array([ask.previous for ask in asks], dtype=np.int32)
        feeds["uniform"] = np.array([ask.uniforms for ask in asks], dtype=np.float32)
        feeds["temperature"] = np.array([one.temperature for one in controls], dtype=np.float32)
        feeds["min_p"] = np.array([one.min_p for one in controls], dtype=np.float32)
        for index, name in enumerate(self._state_names):
            feeds[name] = np.concatenate([ask.state[index] for ask in asks])
        for index, name in enumerate(self._bias_names):
            feeds[name] = np.concatenate([rows[index] for rows in biases])
        if self.remembers and any(ask.memory is not None for ask in asks):
            feeds |= recalled.as_inputs([ask.memory or self._nothing for ask in asks])
        return feeds

    def _after(self, tensors: list[NDArray[Any]]) -> tuple[State, NDArray[np.float32] | None]:
        """Return state and key after a row, from `_after_outputs`, each (1, ...)."""
        if not self.remembers:
            return tuple(tensors), None
        return tuple(tensors[:-1]), tensors[-1][0]

    def _open_reader(self, path: str | os.PathLike[str], threads: int) -> Graph:
        """Return the graph without what draws; the whole where it cannot be cut."""
        cut = cut_graph(Path(path).read_bytes(), self._after_outputs)
        return self._graph if cut is None else open_graph(cut, threads)

    def _plain_feeds(self) -> dict[str, NDArray[Any]]:
        """Return all inputs of a call in which nothing is asked for."""
        biases = dict(zip(self._bias_names, self._plain[1].rows, strict=True))
        states = dict(zip(self._state_names, self._zeros, strict=True))
        return {**self._feeds, **biases, **states}

    def logits(
        self, state: State, previous: ArrayLike, classes: ArrayLike
    ) -> tuple[NDArray[np.float32], State]:
        """Read one note; return the logits of the next and the state.

        Parameters
        ----------
        state, previous
            As in `step`.
        classes : array, shape (fields,)
            The next note: each field's logits are given its earlier fields.

        Returns
        -------
        float32 array, shape (sum of codec.sizes,)
            Those of all fields, one after the other.
        State
            After `previous` was read.
        """
        biases = Biases(self.codec)
        for row, chosen in zip(biases.rows, np.asarray(classes), strict=True):
            row[0, chosen] = FORCE
        self._feeds |= self._no_memory
        outputs = ["logits", *self._state_outputs]
        logits, *after = self._run(outputs, state, previous, self._plain[0], biases)
        return logits[0], tuple(after)

    def score(
        self, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False, batch: int = 64
    ) -> list[Scores]:
        """Return how well each piece is predicted; see `scoring.score_pieces`."""
        return score_pieces(self._graph, self.card, self.codec, pieces, ranks=ranks, batch=batch)

    def _run(
        self,
        outputs: Sequence[str],
        state: State,
        previous: ArrayLike,
        controls: Controls,
        biases: Biases,
    ) -> list[NDArray[Any]]:
        """Call the graph once."""
        feeds = self._feeds
        self._previous[0] = previous
        self._temperature[0] = controls.temperature
        self._min_p[0] = controls.min_p
        for name, value in zip(self._state_names, state, strict=True):
            feeds[name] = value
        for name, row in zip(self._bias_names, biases.rows, strict=True):
            feeds[name] = row
        return self._graph.run(outputs, feeds)
