"""The classic network of triplets: one LSTM layer and three outputs.

Pitch is a class; step and duration are numbers, in seconds. A number that is predicted by
least squares is the mean of a distribution; its standard deviation (`spread`) is the root of
the mean square error on the validation pieces, set after each epoch. The probability of a
class of time is that of its bin. So notes are drawn, biased and scored as with any other
instrument.

The distribution is logistic: unlike those of the normal distribution, the logarithms of its
bins are exact in float32 far out in the tails, where a held-out note may be.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import keras
import numpy as np

from antiphon_training.networks.window import WindowNetwork
from antiphon_training.networks.window_lstm import WindowLSTM

Tensor = Any

PITCHES = 128
SMALLEST_SPREAD = 0.01
"""Seconds; a distribution narrower than its bins would be a point."""

SCALE = math.sqrt(3.0) / math.pi
"""The scale of a logistic distribution of standard deviation 1."""


@keras.saving.register_keras_serializable(package="antiphon")
def squares_with_positive_pressure(truth: Tensor, predicted: Tensor) -> Tensor:
    """Return the mean square error, plus ten times the part of a prediction below zero.

    Times are never negative, and the second term pushes predictions above zero.
    """
    ops = keras.ops
    squares = ops.square(truth - predicted)
    return ops.mean(squares + 10.0 * ops.maximum(-predicted, 0.0), axis=-1)


@keras.saving.register_keras_serializable(package="antiphon")
class TripletNetwork(WindowNetwork):
    """LSTM layers over a window of triplets, with an output for each part.

    Parameters
    ----------
    centres : sequence of float
        The time that each class is read as, in seconds, of shape (classes + 1,).
    edges : sequence of float
        The times between the classes, in seconds, of shape (classes - 1,).
    length : int
        Notes of a window.
    lstm : tuple of int
        Width of each LSTM layer.
    dropout : float
        Share of values dropped after each LSTM layer, in training.
    reads : {"scaled", "one-hot"}
        The form of the pitch that the first layer reads: a number from 0 to 1, or a one-hot
        vector, with which it tells pitches apart much sooner. Times are numbers in both.
    """

    def __init__(
        self,
        centres: Any,
        edges: Any,
        length: int,
        lstm: tuple[int, ...] = (128,),
        dropout: float = 0.0,
        reads: Literal["scaled", "one-hot"] = "scaled",
        **kwargs: Any,
    ) -> None:
        edges = [float(e) for e in edges]
        times = len(edges) + 1
        super().__init__(("pitch", "step", "duration"), (PITCHES, times, times), length, **kwargs)
        self.centres, self.edges = [float(c) for c in centres], edges
        self.widths, self.rate, self.reads = tuple(lstm), dropout, reads
        for i, units in enumerate(self.widths):
            last = i == len(self.widths) - 1
            self.stack.append(WindowLSTM(units, return_sequences=not last, name=f"lstm_{i + 1}"))
            if dropout:
                self.stack.append(keras.layers.Dropout(dropout, name=f"dropout_{i + 1}"))
        self.pitch = keras.layers.Dense(PITCHES, dtype="float32", name="pitch")
        self.step = keras.layers.Dense(1, dtype="float32", name="step")
        self.duration = keras.layers.Dense(1, dtype="float32", name="duration")
        self.heads = [
            lambda features, chosen: self.pitch(features),
            lambda features, chosen: self._time_logits(self.step(features), 0),
            lambda features, chosen: self._time_logits(self.duration(features), 1),
        ]

    def build(self, input_shape: Any = None) -> None:
        """Make all weights; shapes do not depend on the batch."""
        pitches = 1 if self.reads == "scaled" else PITCHES + 1
        shape: tuple[int | None, ...] = (None, self.length, pitches + 2)
        for layer in self.stack:
            layer.build(shape)
            shape = tuple(layer.compute_output_shape(shape))
        for output in (self.pitch, self.step, self.duration):
            output.build(shape)
        self.spread = self.add_weight(
            name="spread", shape=(2,), initializer="ones", trainable=False, dtype="float32"
        )
        self.built = True

    def read(self, window: Tensor) -> Tensor:
        """Return pitch, step and duration (seconds), float32 (batch, length, inputs).

        The pitch is a number, of which 1 is 128, or a one-hot vector of 129.
        """
        ops = keras.ops
        # Class + 1; 0, which is "nothing yet", is read as a time of zero.
        seconds = ops.convert_to_tensor(np.array([0.0, *self.centres], dtype=np.float32))
        times = ops.take(seconds, window[..., 1:], axis=0)
        if self.reads == "scaled":
            pitch = ops.cast(window[..., :1], "float32") / PITCHES
        else:
            pitch = ops.one_hot(window[..., 0], PITCHES + 1, dtype="float32")
        return ops.concatenate([pitch, times], axis=-1)

    def call(self, window: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Return the logits of the pitch, and step and duration in seconds, (batch, 1)."""
        features = self.features(window, training)
        return {
            "pitch": self.pitch(features),
            "step": self.step(features),
            "duration": self.duration(features),
        }

    def window_logits(self, window: Tensor) -> dict[str, Tensor]:
        """Return the logits of every field after each window, (batch, classes)."""
        features = self.features(window)
        return {
            name: head(features, []) for name, head in zip(self.fields, self.heads, strict=True)
        }

    def _time_logits(self, mean: Tensor, which: int) -> Tensor:
        """Return the log-probability of each bin, (batch, classes), for a mean (batch, 1)."""
        ops = keras.ops
        spread = ops.maximum(ops.convert_to_tensor(self.spread)[which], SMALLEST_SPREAD)
        edges = np.array(self.edges, dtype=np.float32)[None]
        z = (edges - mean) / (spread * SCALE)
        below, above = ops.log_sigmoid(z), ops.log_sigmoid(-z)
        # sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b))
        widths = (edges[:, 1:] - edges[:, :-1]) / (spread * SCALE)
        between = below[:, 1:] + above[:, :-1] + ops.log(-ops.expm1(-widths))
        return ops.concatenate([below[:, :1], between, above[:, -1:]], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "centres": self.centres,
            "edges": self.edges,
            "length": self.length,
            "lstm": self.widths,
            "dropout": self.rate,
            "reads": self.reads,
        }
