"""One call, one row: the predictor plays an instrument file.

Rows of classes are int32 in the codec's order. The state is a value: a tuple of
arrays that no call changes, so it may be kept, forked and rolled back.
"""

from __future__ import annotations

import operator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument import recalled
from antiphon.instrument.ask import Ask
from antiphon.instrument.bound import Reader, bound, rooms
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
from antiphon.instrument.word_weighing import WORD_FIELDS, word_weighing_of
from antiphon.music.codecs.registry import codec_from_table

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from antiphon.instrument.card import Card
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
    word_weighing : WordWeighing or None
        The same of an instrument of words: as the file says, or as usual. None where it
        has no memory.

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
        metadata = read_metadata(path)
        self.weighing: Weighing | None = read_weighing(metadata)
        words = self.codec.fields == WORD_FIELDS
        self.word_weighing = word_weighing_of(metadata) if words else None
        inputs = {item.name for item in self._graph.get_inputs()}
        self.remembers = set(recalled.INPUTS) <= inputs
        more = [recalled.KEY] if self.remembers else ["logits"] if self.word_weighing else []
        self._outputs = [*OUTPUTS[:3], *self._state_outputs, *more]
        self._bias_names = graph_inputs(self.codec)[4:]
        fields = len(self.codec.fields)
        self._plain = (Controls.of(fields=fields), Biases(self.codec))
        self._nothing = recalled.nothing(fields)
        self._neutrals: dict[int, dict[str, NDArray[Any]]] = {}
        self._zeros = tuple(
            np.zeros((1, *tensor.shape), dtype=np.float32) for tensor in self.card.state
        )
        self._given: tuple[list[State], list[NDArray[Any]]] = ([], [])
        plain = self._batch_feeds([Ask(self._zeros, self.codec.start, np.zeros(fields))])
        self._inputs = {name: np.array(array, order="C") for name, array in plain.items()}
        self._made = rooms(self._graph, plain, self._outputs)
        self._call = bound(self._graph, self._inputs, self._made)
        self._no_memory = {name: plain[name] for name in recalled.INPUTS if self.remembers}
        if self.window is None:
            self._reader = self._open_reader(path, threads, plain, keys=self.remembers)
            # To know the state alone takes less than to know the key too.
            self._primer = (
                self._open_reader(path, threads, plain, keys=False)
                if self.remembers
                else self._reader
            )

    def initial_state(self) -> State:
        """Return the state before a piece, all zero; then read `codec.start`."""
        return self._zeros

    def step(self, ask: Ask) -> Prediction:
        """Read one note, and draw the one that follows it."""
        inputs, (plain, unbiased) = self._inputs, self._plain
        controls = ask.controls or plain
        inputs["previous"][0] = ask.previous
        inputs["uniform"][0] = ask.uniforms
        inputs["temperature"][0] = controls.temperature
        inputs["min_p"][0] = controls.min_p
        for name, value in zip(self._state_names, ask.state, strict=True):
            inputs[name][...] = value
        for name, row in zip(self._bias_names, (ask.biases or unbiased).rows, strict=True):
            inputs[name][...] = row
        if ask.memory is not None and self.remembers:
            recalled.write(ask.memory, inputs)
        else:
            for name, neutral in self._no_memory.items():
                inputs[name][...] = neutral
        self._call()
        note, within, log_probability, *after = [array.copy() for array in self._made.values()]
        state = tuple(after[: len(self._state_names)])
        key = after[-1][0] if self.remembers else None
        logits = after[-1][0] if self.word_weighing else None
        return Prediction(note[0], within[0], log_probability[0], state, key, logits)

    def step_batch(self, asks: Sequence[Ask]) -> list[Prediction]:
        """Draw the answer to each of several asks in one call, each as `step` would."""
        if not asks:
            return []
        feeds = self._batch_feeds(asks)
        note, within, log_probability, *after = self._graph.run(self._outputs, feeds)
        whole = after[: len(self._state_names)]
        states = list(zip(*[list(tensor[:, np.newaxis]) for tensor in whole], strict=True))
        nothing = [None] * len(asks)
        keys = after[-1] if self.remembers else nothing
        logits = after[-1] if self.word_weighing else nothing
        drawn = list(map(Prediction, note, within, log_probability, states, keys, logits))
        self._given = ([one.state for one in drawn], whole)
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
            return [state for state, _ in self._reader.read(state, rows)]
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
        read = self._reader.read(state, self._rows(classes))
        return [(state, key) for state, key in read if key is not None]

    def prime(self, state: State, classes: ArrayLike) -> State:
        """Read rows of classes, and return the state after the last; see `read`."""
        rows = self._rows(classes)
        if self.window is not None:
            return (shifted(state[0], rows, self.codec.sizes),) if len(rows) else state
        return self._primer.last(state, rows)

    def _rows(self, classes: ArrayLike) -> NDArray[np.int32]:
        """Return classes as rows, (rows, fields)."""
        return np.asarray(classes, dtype=np.int32).reshape(-1, len(self.codec.fields))

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
        feeds |= self._batch_states([ask.state for ask in asks])
        for index, name in enumerate(self._bias_names):
            feeds[name] = np.concatenate([rows[index] for rows in biases])
        if self.remembers and any(ask.memory is not None for ask in asks):
            feeds |= recalled.as_inputs([ask.memory or self._nothing for ask in asks])
        return feeds

    def _batch_states(self, states: Sequence[State]) -> dict[str, NDArray[Any]]:
        """Return the states of a batch as inputs.

        Lines in lockstep go on from what the last batch gave, which is whole already.
        """
        given, whole = self._given
        if len(given) != len(states) or not all(map(operator.is_, given, states)):
            whole = [np.concatenate(parts) for parts in zip(*states, strict=True)]
        return dict(zip(self._state_names, whole, strict=True))

    def _open_reader(
        self,
        path: str | os.PathLike[str],
        threads: int,
        plain: dict[str, NDArray[Any]],
        *,
        keys: bool,
    ) -> Reader:
        """Return what reads by the graph without what draws; by the whole where it has no cut."""
        outputs = [*self._state_outputs, *([recalled.KEY] if keys else [])]
        cut = cut_graph(Path(path).read_bytes(), outputs)
        graph = self._graph if cut is None else open_graph(cut, threads)
        wanted = {item.name for item in graph.get_inputs()}
        feeds = {name: array for name, array in plain.items() if name in wanted}
        return Reader(graph, feeds, self._state_names, recalled.KEY if keys else None)

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
        feeds = self._batch_feeds([Ask(state, previous, np.zeros(len(biases.rows)), None, biases)])
        logits, *after = self._graph.run(["logits", *self._state_outputs], feeds)
        return logits[0], tuple(after)

    def score(
        self, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False, batch: int = 64
    ) -> list[Scores]:
        """Return how well each piece is predicted; see `scoring.score_pieces`."""
        return score_pieces(self._graph, self.card, self.codec, pieces, ranks=ranks, batch=batch)
