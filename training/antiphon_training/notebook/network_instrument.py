"""A Keras network as an instrument that plays, without an export.

It has the methods of `antiphon.partner.line.predictor.NextNote`, so what it continues is drawn
by the same rules as with an instrument file. A file plays the same and is ten times as fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument import Biases, Controls
from antiphon.instrument.context import shifted
from antiphon.instrument.prediction import Prediction, State
from antiphon_training.evaluation.ngram_instrument import draw
from antiphon_training.networks.window import WindowNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.ask import Ask
    from antiphon.music.codecs.codec import Codec


class NetworkInstrument:
    """Plays a network.

    Parameters
    ----------
    network : keras.Model
        A built network of a kind of `antiphon_training.kinds`.
    codec : Codec
        The codec of its classes.
    """

    def __init__(self, network: Any, codec: Codec) -> None:
        self.codec = codec
        self._network = network
        self._windows = isinstance(network, WindowNetwork)
        self._compiled = tf.function(network.features if self._windows else network.run_step)

    @property
    def window(self) -> int | None:
        """How many rows it reads again for each note; None where its state holds the past."""
        return int(self._network.length) if self._windows else None

    def initial_state(self) -> State:
        """Return the state before a piece, all zero."""
        shapes = self._network.state_shapes.values()
        return tuple(np.zeros((1, *shape), dtype=np.float32) for shape in shapes)

    def read(self, state: State, classes: NDArray[np.int32]) -> list[State]:
        """Return the state after each row of classes, shape (rows, fields)."""
        return [state := self.prime(state, row[None]) for row in self._rows(classes)]

    def prime(self, state: State, classes: NDArray[np.int32]) -> State:
        """Return the state after rows of classes, shape (rows, fields)."""
        rows = self._rows(classes)
        if self._windows:
            return (shifted(state[0], rows, self.codec.sizes),) if len(rows) else state
        for row in rows:
            _, state = self._after(state, row)
        return state

    def step_batch(self, asks: Sequence[Ask]) -> list[Prediction]:
        """Answer several asks, one after the other."""
        return [self.step(ask) for ask in asks]

    def step(self, ask: Ask) -> Prediction:
        """Read one row, and draw the next as an instrument file does."""
        controls = ask.controls or Controls.of(fields=len(self.codec.fields))
        biases = ask.biases or Biases(self.codec)
        uniforms = np.asarray(ask.uniforms)
        features, state = self._after(ask.state, np.asarray(ask.previous, dtype=np.int32))
        classes = np.zeros(len(self.codec.fields), dtype=np.int32)
        within = np.zeros(len(classes), dtype=np.float32)
        logs = np.zeros_like(within)
        for field, head in enumerate(self._network.field_logits(features)):
            earlier = [tf.constant(classes[index : index + 1]) for index in range(field)]
            logits = np.asarray(head(earlier), dtype=np.float64)[0]
            biased = logits / controls.temperature[field] + biases.rows[field][0]
            drawn, place = draw(biased, float(controls.min_p[field]), float(uniforms[field]))
            classes[field], within[field] = drawn, place
            logs[field] = logits[drawn] - np.logaddexp.reduce(logits)
        return Prediction(classes, within, logs, state)

    def _rows(self, classes: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.asarray(classes, dtype=np.int32).reshape(-1, len(self.codec.fields))

    def _after(self, state: State, row: NDArray[np.int32]) -> tuple[Any, State]:
        """Read a row; return the input of the heads, and the new state."""
        if self._windows:
            window = shifted(state[0], row[None], self.codec.sizes)
            return self._compiled(tf.constant(window.astype(np.int32))), (window,)
        features, after = self._compiled(tf.constant(row[None]), list(map(tf.constant, state)))
        return features, tuple(np.asarray(tensor) for tensor in after)
