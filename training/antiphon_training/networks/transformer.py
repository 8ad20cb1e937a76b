"""A small causal Transformer, between the embedding and the heads of a stream's network.

Its state is explicit, and of a fixed size: of the last rows, the keys and values of each block
(`keys1`, `values1` ...), and whether there was a row (`read`). The oldest row falls out when
one is read. So a block sees `reach` rows, and the network further: what a block has seen is in
the keys and values of the next.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from antiphon_training.networks.attention import UNSEEN
from antiphon_training.networks.fields import FieldNetwork
from antiphon_training.networks.transformer_layers import (
    CausalAttention,
    DensePart,
    RootMeanSquare,
)

Tensor = Any
State = list[Tensor]
"""Whether there was a row, then keys and values of each block in turn, float32."""


@keras.saving.register_keras_serializable(package="antiphon")
class TransformerNetwork(FieldNetwork):
    """Embedding, blocks of attention and a dense part, one head a field.

    Parameters
    ----------
    fields : tuple of str
        Names of the fields, in the order of prediction.
    sizes, input_sizes : tuple of int
        Classes predicted and read, a field (see `antiphon.music.codecs.codec.Codec`).
    units : int
        Width of the embedding and of the blocks; a multiple of the heads.
    blocks, heads : int
        Number of blocks, and of the heads of attention in each.
    reach : int
        Rows that a block sees.
    head : int
        Width of the hidden layer of a field's head.
    dropout : float
        Share of the values that are dropped in training, of the embedding and of what each
        half of a block adds.
    """

    def __init__(
        self,
        fields: tuple[str, ...],
        sizes: tuple[int, ...],
        input_sizes: tuple[int, ...],
        units: int = 256,
        blocks: int = 4,
        heads: int = 4,
        reach: int = 128,
        head: int = 256,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(fields, sizes, input_sizes, units, head, **kwargs)
        self.units, self.heads_count, self.reach, self.dropout = units, heads, reach, dropout
        numbers = range(1, blocks + 1)
        self.attentions = [CausalAttention(heads, reach, name=f"attention_{i}") for i in numbers]
        self.parts = [DensePart(name=f"dense_{i}") for i in numbers]
        self.drops = self.make_drops(dropout, 2 * blocks + 1)
        self.last = RootMeanSquare(name="last")
        self.heads = self.make_heads()

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor without the batch."""
        before = self.reach - 1
        shapes: dict[str, tuple[int, ...]] = {"read": (before,)}
        for block in range(1, len(self.attentions) + 1):
            for kind in ("keys", "values"):
                shapes[f"{kind}{block}"] = (before, self.units // self.heads_count)
        return shapes

    def build(self, input_shape: Any = None) -> None:
        """Make all weights; shapes do not depend on the batch."""
        self.build_embedding()
        layers: list[Any] = [*self.attentions, *self.parts, *self.drops, self.last]
        for layer in layers:
            layer.build((None, None, self.units))
        self.build_heads(self.units)
        self.built = True

    def run(self, previous: Tensor, state: State, training: bool = False) -> tuple[Tensor, State]:
        """Read notes (batch, time, fields); return features (batch, time, units), the new state."""
        x = self.drop(0, self.embedding(previous) * math.sqrt(self.units), training)
        read = ops.concatenate([state[0], ops.ones_like(previous[..., 0], "float32")], axis=1)
        unseen = (1.0 - read) * UNSEEN
        after = [read[:, 1 - self.reach :]]
        for i, (attention, part) in enumerate(zip(self.attentions, self.parts, strict=True)):
            found, *kept = attention(x, state[2 * i + 1], state[2 * i + 2], unseen)
            after += kept
            x = x + self.drop(2 * i + 1, found, training)
            x = x + self.drop(2 * i + 2, part(x), training)
        return self.last(x), after

    def run_step(self, previous: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one note (batch, fields); return features (batch, units) and the new state."""
        x = self.embedding(previous) * math.sqrt(self.units)
        read = ops.concatenate([state[0], ops.ones_like(state[0][:, :1])], axis=1)
        unseen = (1.0 - read) * UNSEEN
        after = [read[:, 1:]]
        for i, (attention, part) in enumerate(zip(self.attentions, self.parts, strict=True)):
            found, *kept = attention.step(x, state[2 * i + 1], state[2 * i + 2], unseen)
            after += kept
            x = x + found
            x = x + part(x)
        return self.last(x), after

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "fields": self.fields,
            "sizes": self.sizes,
            "input_sizes": self.input_sizes,
            "units": self.units,
            "blocks": len(self.attentions),
            "heads": self.heads_count,
            "reach": self.reach,
            "head": self.head_width,
            "dropout": self.dropout,
        }
