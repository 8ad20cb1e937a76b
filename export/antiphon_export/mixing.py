"""The memory inside the graph: remembered rows, mixed into what the network expects.

For each field in turn, with the network's probabilities p and the candidates (shares s of
their weights, given how far each is from the fields already drawn, and q, the classes that
they stand for):

    x = (expected length, concentration, evidence, entropy of p, agreement of p and q)
    lambda = min(0.97 gain sigmoid(w2 . tanh(w1 x + b1) + b2), 0.97)
    r = (1 - lambda) + lambda q / p

The graph multiplies weights by r and adds log r to the log-probability, so p becomes
(1 - lambda) p + lambda q. With a gain of 0, r is exactly 1. docs/instrument-file.md has the
whole formula, and `antiphon_export.reference` the same in NumPy.

Shapes: the batch B first; K candidates; fields of N classes. Within a field, tensors have
three axes and constants are the left factor, so that each row of the batch is multiplied
alone: in a product of many rows ONNX Runtime rounds otherwise than in one of one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument import recalled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from antiphon_export.gate import Gate

Tensor = Any

MOST = 0.97
"""The largest share of what is remembered."""
SMALLEST = 1e-20
"""The divisor for what is next to impossible."""
SMALLEST_AGREEMENT = 1e-4
MOST_EVIDENCE = 30.0
DIVISORS = np.array([8.0, 1.0, 5.0, 2.0, 4.0])
"""Of the features, in their order."""


def signature(gate: Gate) -> list[Any]:
    """Return the inputs of a memory for a `tf.function`."""
    return [
        tf.TensorSpec((None, *one.shape), getattr(tf, one.dtype), one.name) for one in gate.inputs()
    ]


def key(gate: Gate, features: Tensor) -> Tensor:
    """Return the key of features, float32 (batch, width), of any length."""
    return tf.matmul(features, gate.projection) + gate.offset


class Mixing:
    """What is remembered for one row, mixed into one field after the other.

    Parameters
    ----------
    gate : Gate
        The tables.
    inputs : mapping of str to tensor
        Those that `antiphon.instrument.recall` names.
    """

    def __init__(self, gate: Gate, inputs: Mapping[str, Tensor]) -> None:
        self._gate = gate
        self._rows = [tf.gather(inputs[recalled.ROW], i, axis=2) for i in range(len(gate.power))]
        self._weights = inputs[recalled.WEIGHT] * gate.power[:, None, None]  # (fields, B, K)
        self._lengths = tf.expand_dims(inputs[recalled.LENGTH], 2)
        self._gain = tf.expand_dims(inputs[recalled.GAIN] * MOST, 2)

    def ratio(self, index: int, log_p: Tensor) -> Tensor:
        """Return r of a field, (B, N), for the network's log-probabilities."""
        gate = self._gate
        weights = tf.expand_dims(tf.gather(self._weights, index, axis=0), 1)
        shares = tf.nn.softmax(weights)
        q = tf.matmul(shares, tf.gather(gate.kernels[index], self._rows[index]))
        log_p = tf.expand_dims(log_p, 1)
        p = tf.exp(log_p)
        largest = tf.reduce_max(shares, axis=2, keepdims=True)
        evidence = tf.reduce_max(weights, axis=2, keepdims=True) - tf.math.log(largest)
        sums = tf.matmul(p, tf.concat([log_p, q], axis=1), transpose_b=True)
        negentropy, agreement = tf.split(sums, 2, axis=2)
        features = [
            tf.matmul(shares, self._lengths),
            largest,
            tf.clip_by_value(evidence, -MOST_EVIDENCE, MOST_EVIDENCE),
            negentropy,
            tf.math.log(agreement + SMALLEST_AGREEMENT),
        ]
        share = tf.minimum(self._gain * self._gated(index, features), MOST)
        ratio = (1.0 - share) + share * (q / tf.maximum(p, SMALLEST))
        return tf.squeeze(ratio, 1)

    def drawn(self, index: int, chosen: Tensor) -> None:
        """Weigh the candidates by how far they are from the class that was drawn, (B,)."""
        if index >= len(self._gate.agree):
            return
        table = self._gate.agree[index]
        far = tf.minimum(tf.abs(self._rows[index] - tf.expand_dims(chosen, 1)), len(table) - 1)
        self._weights = self._weights + tf.gather(np.ascontiguousarray(table.T), far, axis=1)

    def _gated(self, index: int, features: list[Tensor]) -> Tensor:
        """Return how much the memory is to be trusted, from 0 to 1, (B, 1, 1)."""
        gate = self._gate
        # The entropy is minus the feature; its sign is in the weights, as the divisors are.
        scale = np.array([1.0, 1.0, 1.0, -1.0, 1.0]) / DIVISORS
        first = (gate.gate_w1[index] * scale[:, None]).astype(np.float32).T
        hidden = tf.matmul(first[None], tf.concat(features, axis=1))
        hidden = tf.tanh(hidden + gate.gate_b1[index][:, None])
        return tf.sigmoid(tf.matmul(gate.gate_w2[index][None, None], hidden) + gate.gate_b2[index])
