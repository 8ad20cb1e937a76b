"""The memory's formula in TensorFlow, whose gradient fits its numbers.

All notes of a piece are weighed at once, each field given the true ones before it.
Shapes: T notes of a piece, P places of each, K candidates, F fields of N classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument.recalled import CANDIDATES
from antiphon.instrument.weighing import LONGEST, Weighing
from antiphon_export.gate import Gate
from antiphon_export.memory.fitted import Memory, identity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon_export.gate import Table

Tensor = Any

LARGEST_SHARE = 0.97
LIMIT = 6.0
"""What the gate looks at lies within this, up and down."""

HIDDEN = 8
SEEN = 5
REACH = 3
"""A class stands for so many to both sides of it; a pitch only for itself."""

FARTHEST = 6
"""Distances of classes that are told apart; of pitches only whether they are the same."""

_KERNEL = (-1.8, -0.8, 0.2, 2.9, 0.2, -0.8, -1.8)
_UNLIKE, _NOWHERE = -4.0, -60.0


class Mixing:
    """The numbers of a memory while they are fitted.

    Parameters
    ----------
    sizes : sequence of int
        Classes of each field.
    projection, middle : arrays, shapes (features, D), (features,)
        To begin with: the main components of the features, and their mean.
    """

    def __init__(self, sizes: Sequence[int], projection: Table, middle: Table) -> None:
        rng = np.random.default_rng(0)
        self.sizes = tuple(sizes)
        self._middle = middle
        count = len(self.sizes)
        lengths = np.minimum(np.arange(LONGEST + 1), 12)
        values: dict[str, Any] = {
            "projection": projection,
            "theta": 20.0,
            "exact": 0.7 * lengths,
            "shifted": 0.7 * lengths - 1.4,
            "recency": 0.0,
            "power": np.ones(count),
            "gate_w1": 0.3 * rng.normal(size=(count, SEEN, HIDDEN)),
            "gate_b1": np.zeros((count, HIDDEN)),
            "gate_w2": 0.3 * rng.normal(size=(count, HIDDEN)),
            "gate_b2": np.full(count, -0.5),
        }
        for field, size in enumerate(self.sizes):
            if field + 1 < count:
                values[f"agree_{field}"] = np.tile(_agreement(field)[:, None], (1, count))
            if field:
                values[f"kernel_{field}"] = np.tile(_KERNEL, (size, 1))
        self.variables = {
            name: tf.Variable(np.asarray(value, dtype=np.float32), name=name)
            for name, value in values.items()
        }

    def nats(self, piece: dict[str, Tensor]) -> Tensor:
        """Return minus the log-probability of each class of a piece, shape (T, F).

        `piece` has `rows` (T, F), `log_p` (T, sum of N), `features` (T, features), and
        of its places `at`, `held`, `lengths`, `shifted` (T, P) and `place_rows` (T, P, F).
        """
        v, rows = self.variables, piece["rows"]
        weights, lengths, candidates = self._candidates(piece)
        held = tf.reduce_any(piece["held"], axis=1)
        starts = np.cumsum((0, *self.sizes))
        nats = []
        for field, size in enumerate(self.sizes):
            u = v["power"][field] * weights
            for earlier in range(field):
                table = v[f"agree_{earlier}"]
                distance = tf.abs(candidates[..., earlier] - rows[:, None, earlier])
                distance = tf.minimum(distance, table.shape[0] - 1)
                u += tf.gather(table[:, field], distance)
            evidence = tf.reduce_logsumexp(u, axis=1)
            share = tf.exp(u - evidence[:, None])
            kernel = tf.gather(self.kernel(field), candidates[..., field])
            recalled = tf.einsum("tk,tkn->tn", share, kernel)
            log_p = piece["log_p"][:, starts[field] : starts[field] + size]
            p = tf.exp(log_p)
            seen = (
                tf.reduce_sum(share * lengths, axis=1) / 8.0,
                tf.reduce_max(share, axis=1),
                evidence / 5.0,
                -tf.reduce_sum(p * log_p, axis=1) / 2.0,
                tf.math.log(tf.reduce_sum(p * recalled, axis=1) + 1e-4) / 4.0,
            )
            mixed = tf.where(held, self._share(field, tf.stack(seen, axis=1)), 0.0)
            true = rows[:, field]
            chance = (1.0 - mixed) * tf.gather(p, true, batch_dims=1)
            chance += mixed * tf.gather(recalled, true, batch_dims=1)
            nats.append(-tf.math.log(chance + 1e-9))
        return tf.stack(nats, axis=1)

    def _candidates(self, piece: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Return log weights (T, K), lengths (T, K) and rows (T, K, F) of the best places."""
        v = self.variables
        z = tf.matmul(piece["features"] - self._middle, v["projection"])
        keys = z / tf.sqrt(tf.reduce_sum(z * z, axis=1, keepdims=True) + 1e-6)
        cosines = tf.matmul(keys, keys, transpose_b=True)
        # Keys are compared one note earlier: that of now is not known before the call.
        cosines = tf.pad(cosines[:-1, :-1], [[1, 0], [1, 0]], constant_values=-1.0)
        cosine = tf.gather(cosines, piece["at"], batch_dims=1)
        lengths = piece["lengths"]
        age = tf.cast(tf.range(tf.shape(lengths)[0])[:, None] - piece["at"], tf.float32)
        score = v["theta"] * (cosine - 1.0) + v["recency"] * tf.math.log1p(
            tf.clip_by_value(age, 1.0, 64.0) / 16.0
        )
        score += tf.where(
            piece["shifted"], tf.gather(v["shifted"], lengths), tf.gather(v["exact"], lengths)
        )
        score = tf.where(piece["held"], score, _NOWHERE)
        best = tf.math.top_k(tf.stop_gradient(score), CANDIDATES, sorted=False).indices
        return (
            tf.gather(score, best, batch_dims=1),
            tf.cast(tf.gather(lengths, best, batch_dims=1), tf.float32),
            tf.gather(piece["place_rows"], best, batch_dims=1),
        )

    def kernel(self, field: int) -> Tensor:
        """Return what each class of a field stands for, shape (N, N)."""
        size = self.sizes[field]
        if not field:
            return tf.eye(size)
        near = np.arange(size)[:, None] + np.arange(-REACH, REACH + 1)
        inside = (near >= 0) & (near < size)
        logits = tf.where(inside, self.variables[f"kernel_{field}"], -60.0)
        place = np.stack(np.broadcast_arrays(np.arange(size)[:, None], near), axis=-1)[inside]
        values = tf.boolean_mask(tf.nn.softmax(logits, axis=1), inside)
        return tf.scatter_nd(place.astype(np.int32), values, (size, size))

    def _share(self, field: int, seen: Tensor) -> Tensor:
        """Return how much of each distribution is the memory's, shape (T,)."""
        v = self.variables
        seen = tf.clip_by_value(seen, -LIMIT, LIMIT)
        hidden = tf.tanh(tf.matmul(seen, v["gate_w1"][field]) + v["gate_b1"][field])
        gate = tf.linalg.matvec(hidden, v["gate_w2"][field]) + v["gate_b2"][field]
        return LARGEST_SHARE * tf.sigmoid(gate)

    def fitted(self, how: dict[str, Any]) -> Memory:
        """Return the numbers as they are now; `how` tells people how they were fitted."""
        values = {name: variable.numpy() for name, variable in self.variables.items()}
        count = len(self.sizes)
        agree = [values[f"agree_{i}"].copy() for i in range(count - 1)]
        for earlier, table in enumerate(agree):
            table[:, : earlier + 1] = 0.0
        gate = Gate(
            values["projection"],
            -self._middle @ values["projection"],
            values["power"],
            tuple(agree),
            tuple(self.kernel(field).numpy() for field in range(count)),
            *(values[f"gate_{name}"] for name in ("w1", "b1", "w2", "b2")),
        )
        weighing = Weighing(
            identity_of(gate),
            gate.projection.shape[1],
            float(values["theta"]),
            tuple(map(float, values["exact"])),
            tuple(map(float, values["shifted"])),
            float(values["recency"]),
            how,
        )
        return Memory(gate, weighing)


def _agreement(field: int) -> Table:
    """Return what disagreement costs to begin with, by distance."""
    distances = np.arange((FARTHEST if field else 1) + 1) / (2.0 if field else 1.0)
    costs: Table = (_UNLIKE * np.minimum(distances, 1.5)).astype(np.float32)
    return costs
