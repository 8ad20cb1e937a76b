"""The base of the networks of streams: an embedding before, and one head a field behind.

Between them a network keeps the past in a state of its own, from which it makes features.
The fields of a note are predicted in the codec's order. Each head reads the features and
embeddings of the earlier fields of the same note, so the joint distribution is exact:
p(pitch) p(step | pitch) p(duration | pitch, step) ...

Shapes: notes are int32 (batch, time, fields); logits float32 (batch, time, classes).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from antiphon_training.networks.recurrence.backend import rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensor = Any
Compiled = Callable[[Any], Any]
FieldLogits = Callable[[list[Tensor]], Tensor]


def _table(layer: keras.layers.Layer, name: str, rows: int, width: int) -> Tensor:
    return layer.add_weight(
        name=name,
        shape=(rows, width),
        initializer=keras.initializers.RandomNormal(stddev=0.05),
    )


@keras.saving.register_keras_serializable(package="antiphon")
class NoteEmbedding(keras.layers.Layer):
    """The sum of one embedding a field: int32 (..., fields) to (..., width)."""

    def __init__(self, sizes: tuple[int, ...], width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes, self.width = tuple(sizes), width

    def build(self, input_shape: Any) -> None:
        """Make one table for all fields, stacked."""
        self.table = _table(self, "table", sum(self.sizes), self.width)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the sum, for `summary`."""
        return (*input_shape[:-1], self.width)

    def call(self, notes: Tensor) -> Tensor:
        """Return the sum of the embeddings of all fields."""
        starts = [sum(self.sizes[:i]) for i in range(len(self.sizes))]
        found = rows(self.table, notes + ops.convert_to_tensor(starts, dtype="int32"))
        return ops.cast(ops.sum(found, axis=-2), self.compute_dtype)


@keras.saving.register_keras_serializable(package="antiphon")
class FieldHead(keras.layers.Layer):
    """Logits of one field, from the output of the LSTM layers and the earlier fields.

    Parameters
    ----------
    size : int
        Number of classes predicted.
    known : tuple of int
        Number of classes of each earlier field.
    width : int
        Width of the hidden layer.
    """

    def __init__(self, size: int, known: tuple[int, ...], width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size, self.known, self.width = size, tuple(known), width
        self.hidden = keras.layers.Dense(width, name="hidden")
        self.logits = keras.layers.Dense(size, name="logits")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the two layers and the embeddings of the known fields."""
        self.hidden.build(input_shape)
        self.logits.build((*input_shape[:-1], self.width))
        self.tables = [
            _table(self, f"known_{i}", rows, self.width) for i, rows in enumerate(self.known)
        ]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the logits, for `summary`."""
        return (*input_shape[:-1], self.size)

    def call(self, features: Tensor, chosen: list[Tensor]) -> Tensor:
        """Return logits (..., size); `chosen` holds the earlier fields' classes (...)."""
        return self.finish(self.hidden(features), chosen)

    def finish(self, z: Tensor, chosen: list[Tensor]) -> Tensor:
        """Return the logits, from the features' part of the hidden layer (..., width)."""
        for table, classes in zip(self.tables, chosen, strict=True):
            z = z + ops.cast(rows(table, classes), z.dtype)
        return ops.cast(self.logits(ops.silu(z)), "float32")


class FieldNetwork(keras.Model):
    """What the networks of streams share.

    Parameters
    ----------
    fields : tuple of str
        Names of the fields, in the order of prediction.
    sizes, input_sizes : tuple of int
        Classes predicted and read, a field (see `antiphon.music.codecs.codec.Codec`).
    embedding, head : int
        Widths of the note embedding, of a head's hidden layer.
    """

    heads: list[FieldHead]
    drops: list[keras.layers.Dropout]

    def __init__(
        self,
        fields: tuple[str, ...],
        sizes: tuple[int, ...],
        input_sizes: tuple[int, ...],
        embedding: int,
        head: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fields, self.sizes, self.input_sizes = tuple(fields), tuple(sizes), tuple(input_sizes)
        self.embedding_width, self.head_width = embedding, head
        self.embedding = NoteEmbedding(self.input_sizes, embedding, name="embedding")

    def make_heads(self) -> list[FieldHead]:
        """Return the heads. A network makes them last: the order is that of its weights."""
        return [
            FieldHead(size, self.sizes[:i], self.head_width, name=f"head_{name}")
            for i, (name, size) in enumerate(zip(self.fields, self.sizes, strict=True))
        ]

    def make_drops(self, share: float, places: int) -> list[keras.layers.Dropout]:
        """Return a layer of dropout for each place; none without dropout.

        Layers that drop nothing would keep random states as weights all the same.
        """
        count = places if share else 0
        return [keras.layers.Dropout(share, name=f"drop_{i + 1}") for i in range(count)]

    def drop(self, place: int, x: Tensor, training: bool) -> Tensor:
        """Return values with some dropped in training, if there is dropout."""
        return self.drops[place](x, training=training) if training and self.drops else x

    def build_embedding(self) -> None:
        """Make the weights of the embedding."""
        self.embedding.build((None, None, len(self.fields)))

    def build_heads(self, units: int) -> None:
        """Make the weights of the heads, for features of this width."""
        for head in self.heads:
            head.build((None, None, units))

    @property
    def context(self) -> dict[str, Any]:
        """The form of its context, for a card: an endless stream of notes."""
        return {"kind": "stream"}

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor without the batch, by its name."""
        raise NotImplementedError

    def run(
        self, previous: Tensor, state: list[Tensor], training: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """Read notes (batch, time, fields); return features (batch, time, units), the new state."""
        raise NotImplementedError

    def run_step(self, previous: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Read one note (batch, fields); return features (batch, units) and the new state."""
        raise NotImplementedError

    def initial_state(self, batch: Tensor) -> list[Tensor]:
        """Return zeros, float32 (batch, ...) for each state tensor."""
        return [ops.zeros((batch, *shape), dtype="float32") for shape in self.state_shapes.values()]

    def field_logits(self, features: Tensor) -> list[FieldLogits]:
        """Return, for each field, a function from the earlier fields' classes to logits.

        The heads' hidden layers read the same features, so they are one product here.
        """
        kernel = ops.concatenate([head.hidden.kernel for head in self.heads], axis=1)
        bias = ops.concatenate([head.hidden.bias for head in self.heads])
        parts = ops.split(ops.matmul(features, kernel) + bias, len(self.heads), axis=-1)
        return [partial(head.finish, z) for head, z in zip(self.heads, parts, strict=True)]

    def logits(self, features: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return the logits of every field, each given the target's earlier fields."""
        known = ops.unstack(target, axis=-1)
        return {
            name: head(features, known[:i])
            for i, (name, head) in enumerate(zip(self.fields, self.heads, strict=True))
        }

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """Return logits a field for `previous` and `target`, from a state of zeros."""
        previous = inputs["previous"]
        features, _ = self.run(previous, self.initial_state(ops.shape(previous)[0]))
        return self.logits(features, inputs["target"])

    def piece_logits(
        self, read: NDArray[np.int32], truth: NDArray[np.int32], compiled: Compiled
    ) -> NDArray[np.float32]:
        """Return the logits of all fields at each row of a piece, by the code of training.

        Parameters
        ----------
        read, truth : int32 arrays, shape (rows, fields)
            The rows that are read, and those to predict.
        compiled : callable
            Compiles a function of tensors: `tf.function`, for instance.

        Returns
        -------
        float32 array, shape (rows, sum of classes)
        """
        parts = compiled(self)({"previous": read[None], "target": truth[None]})
        return np.concatenate([np.asarray(parts[name])[0] for name in self.fields], axis=-1)
