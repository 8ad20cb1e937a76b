"""The house network: LSTM layers between the embedding and the heads of a stream's network."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from antiphon_training.networks.attention import RecentAttention
from antiphon_training.networks.fields import FieldNetwork
from antiphon_training.networks.lstm import SequenceLSTM

Tensor = Any
State = list[Tensor]
"""h and c of each layer in turn, float32 (batch, units)."""


@keras.saving.register_keras_serializable(package="antiphon")
class HouseNetwork(FieldNetwork):
    """Embedding, two LSTM layers with a residual path, one head a field.

    Parameters
    ----------
    fields : tuple of str
        Names of the fields, in the order of prediction.
    sizes, input_sizes : tuple of int
        Classes predicted and read, a field (see `antiphon.music.codecs.codec.Codec`).
    units, embedding, head : int
        Widths of the LSTM layers, of the note embedding, of a head's hidden layer.
    layers_count : int
        Number of LSTM layers.
    dropout : float
        Share of the values that are dropped in training, of the input of each LSTM layer
        and of the features.
    attention : int
        Width of a head of attention over the last notes (`networks.attention`); 0: none.
    """

    def __init__(
        self,
        fields: tuple[str, ...],
        sizes: tuple[int, ...],
        input_sizes: tuple[int, ...],
        units: int = 512,
        embedding: int = 256,
        head: int = 256,
        layers_count: int = 2,
        dropout: float = 0.0,
        attention: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(fields, sizes, input_sizes, embedding, head, **kwargs)
        self.units = units
        self.lstms = [SequenceLSTM(units, name=f"lstm_{i + 1}") for i in range(layers_count)]
        self.attention = RecentAttention(attention, name="attention") if attention else None
        self.dropout = dropout
        self.drops = self.make_drops(dropout, layers_count + 1)
        self.heads = self.make_heads()

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor without the batch: h1, c1, h2, c2 ..."""
        layers = range(1, len(self.lstms) + 1)
        shapes: dict[str, tuple[int, ...]] = {
            f"{kind}{layer}": (self.units,) for layer in layers for kind in ("h", "c")
        }
        return shapes if self.attention is None else {**shapes, **self.attention.state_shapes}

    @property
    def neutral_parts(self) -> tuple[str, ...]:
        """Names of the parts that add nothing before they are trained."""
        return () if self.attention is None else (self.attention.name,)

    def build(self, input_shape: Any = None) -> None:
        """Make all weights; shapes do not depend on the batch."""
        self.build_embedding()
        width = self.embedding_width
        for lstm in self.lstms:
            lstm.build((None, None, width))
            width = self.units
        if self.attention is not None:
            self.attention.build(self.units, self.embedding_width)
        self.build_heads(self.units)
        self.built = True

    def run(self, previous: Tensor, state: State, training: bool = False) -> tuple[Tensor, State]:
        """Read notes (batch, time, fields); return features (batch, time, units), the new state."""
        embedded = x = self.embedding(ops.transpose(previous, (1, 0, 2)))
        total, after = None, []
        for i, lstm in enumerate(self.lstms):
            x, h, c = lstm(self.drop(i, x, training), state[2 * i], state[2 * i + 1])
            total = x if total is None else total + x
            after += [ops.cast(h, "float32"), c]
        features = ops.transpose(total, (1, 0, 2))
        if self.attention is not None:
            rest = state[len(after) :]
            features, more = self.attention(features, ops.transpose(embedded, (1, 0, 2)), rest)
            after += more
        return self.drop(len(self.lstms), features, training), after

    def run_step(self, previous: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one note (batch, fields); return features (batch, units) and the new state."""
        embedded = x = self.embedding(previous)
        total, after = None, []
        for i, lstm in enumerate(self.lstms):
            x, c = lstm.step(x, state[2 * i], state[2 * i + 1])
            total = x if total is None else total + x
            after += [x, c]
        if self.attention is not None:
            total, more = self.attention.step(total, embedded, state[len(after) :])
            after += more
        return total, after

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "fields": self.fields,
            "sizes": self.sizes,
            "input_sizes": self.input_sizes,
            "units": self.units,
            "embedding": self.embedding_width,
            "head": self.head_width,
            "layers_count": len(self.lstms),
            "dropout": self.dropout,
            "attention": 0 if self.attention is None else self.attention.width,
        }
