"""The classic network of words: stacked LSTM layers with dropout, dense layers, softmax.

It reads the last words as numbers from 0 to 1, or as one-hot vectors, and predicts the
next. The recipe sets layers, widths and dropout. With attention, the dense layers read the
last output of the LSTM layers beside a weighted sum of their outputs over the whole window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import keras

from antiphon_training.networks.window import WindowNetwork
from antiphon_training.networks.window_attention import WindowAttention
from antiphon_training.networks.window_lstm import WindowLSTM

if TYPE_CHECKING:
    from collections.abc import Iterator

Tensor = Any
Input = Literal["scaled", "one-hot"]


@keras.saving.register_keras_serializable(package="antiphon")
class ClassicNetwork(WindowNetwork):
    """Stacked LSTM layers over a window of words.

    Parameters
    ----------
    words : int
        Size of the vocabulary.
    length : int
        Words of a window.
    lstm : tuple of int
        Width of each LSTM layer; all but the last return sequences, and the last does where
        there is attention.
    dense : tuple of int
        Width of each dense layer before the one of the words.
    dropout : float
        Share of values dropped after each LSTM layer, in training.
    activation : str
        The activation of the dense layers.
    reads : {"scaled", "one-hot"}
        The form of the words that the first layer reads.
    attention : int
        Width of the scores of attention over the window
        (`networks.window_attention`); 0: none.
    """

    def __init__(
        self,
        words: int,
        length: int,
        lstm: tuple[int, ...] = (512, 256),
        dense: tuple[int, ...] = (256,),
        dropout: float = 0.2,
        activation: str = "relu",
        reads: Input = "one-hot",
        attention: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(("symbol",), (words,), length, **kwargs)
        self.words, self.reads = words, reads
        self.rate, self.activation, self.attention_width = dropout, activation, attention
        self.widths, self.dense_widths = tuple(lstm), tuple(dense)
        self.stack = [*self._lstms(), *self._dense()]
        self.output_layer = keras.layers.Dense(words, dtype="float32", name="words")
        self.softmax = keras.layers.Softmax(dtype="float32", name="softmax")
        self.heads = [self._head]

    def _lstms(self) -> Iterator[Any]:
        """Yield the LSTM layers, each with its dropout, and the attention over the last."""
        for i, units in enumerate(self.widths):
            yield WindowLSTM(
                units,
                classes=self.words + 1 if i == 0 and self.reads == "one-hot" else None,
                return_sequences=i < len(self.widths) - 1 or self.attention_width > 0,
                name=f"lstm_{i + 1}",
            )
            yield keras.layers.Dropout(self.rate, name=f"dropout_{i + 1}")
        if self.attention_width:
            yield WindowAttention(self.attention_width, name="attention")

    def _dense(self) -> Iterator[Any]:
        for i, width in enumerate(self.dense_widths):
            yield keras.layers.Dense(width, activation=self.activation, name=f"dense_{i + 1}")

    def build(self, input_shape: Any = None) -> None:
        """Make all weights; shapes do not depend on the batch."""
        one_hot = self.reads == "one-hot"
        shape: tuple[int | None, ...] = (None, self.length) if one_hot else (None, self.length, 1)
        for layer in self.stack:
            layer.build(shape)
            shape = tuple(layer.compute_output_shape(self._read_shape(layer, shape)))
        self.output_layer.build(shape)
        self.softmax.build((None, self.words))
        self.built = True

    def _read_shape(self, layer: Any, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape that Keras expects: that of one-hot vectors for class numbers."""
        by_class = isinstance(layer, WindowLSTM) and layer.classes is not None
        return (*shape, self.words + 1) if by_class else shape

    def read(self, window: Tensor) -> Tensor:
        """Return class numbers, or one number from 0 to 1 a word."""
        words = window[..., 0]
        if self.reads == "one-hot":
            return words
        return keras.ops.cast(words, "float32")[..., None] / self.words

    def call(self, window: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Return the probability of each word after the window."""
        logits = self.output_layer(self.features(window, training))
        return {"symbol": self.softmax(logits)}

    def window_logits(self, window: Tensor) -> dict[str, Tensor]:
        """Return the logits after each window, (batch, words)."""
        return {"symbol": self.output_layer(self.features(window))}

    def _head(self, features: Tensor, chosen: list[Tensor]) -> Tensor:
        """Return the logits; a word has no earlier fields."""
        del chosen
        return self.output_layer(features)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "words": self.words,
            "length": self.length,
            "lstm": self.widths,
            "dense": self.dense_widths,
            "dropout": self.rate,
            "activation": self.activation,
            "reads": self.reads,
            "attention": self.attention_width,
        }
