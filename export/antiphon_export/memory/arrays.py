"""The fitted numbers of a memory, and the formula by which a graph mixes it in, in NumPy.

This is the second implementation of what the graph does; it shares no code with it.
F fields of N classes each, K candidates, D numbers in a key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.weighing import Weighing

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_SHARE = 0.97
"""The memory never takes more of a distribution than this."""

SMALLEST_CHANCE = 1e-20

LIMIT = 6.0
"""What the gate looks at lies within this, up and down."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MemoryArrays:
    """What a graph needs for a memory; all float32.

    Attributes
    ----------
    projection : array, shape (features, D)
        From what the heads read to a key,
    offset : array, shape (D,)
        with this added, before it is scaled to length 1.
    power : array, shape (F,)
        What the logarithm of a place's weight is multiplied by, a field.
    agree : tuple of arrays, shape (distances, F) each
        Of each field but the last, what is added to it by the distance of the
        candidate's class from the one drawn, a later field a column.
    kernels : tuple of arrays, shape (N, N) each
        Of each field, row v is the distribution that a candidate of class v stands for.
    gate_w1, gate_b1, gate_w2, gate_b2 : arrays, shapes (F, 5, H), (F, H), (F, H), (F,)
        The small network that says how much the memory counts.
    """

    projection: Floats
    offset: Floats
    power: Floats
    agree: tuple[Floats, ...]
    kernels: tuple[Floats, ...]
    gate_w1: Floats
    gate_b1: Floats
    gate_w2: Floats
    gate_b2: Floats

    def key(self, features: Floats) -> Floats:
        """Return the keys of features, shape (..., features)."""
        z = features @ self.projection + self.offset
        length = np.sqrt((z * z).sum(axis=-1, keepdims=True) + 1e-6)
        return np.asarray(z / length, dtype=np.float32)

    def as_dict(self) -> dict[str, Floats]:
        """Return the arrays by name; those of a field are called `agree_0` and so on."""
        names = ("projection", "offset", "power", "gate_w1", "gate_b1", "gate_w2", "gate_b2")
        return {
            **{name: getattr(self, name) for name in names},
            **{f"agree_{i}": table for i, table in enumerate(self.agree)},
            **{f"kernel_{i}": table for i, table in enumerate(self.kernels)},
        }

    @property
    def identity(self) -> str:
        """A text that differs where keys cannot be compared."""
        content = self.projection.tobytes() + self.offset.tobytes()
        return hashlib.sha256(content).hexdigest()[:16]

    def log_ratio(
        self,
        field: int,
        logits: NDArray[Any],
        drawn: Sequence[int],
        rows: NDArray[Any],
        weights: NDArray[Any],
        lengths: NDArray[Any],
        gain: float,
    ) -> NDArray[np.float64]:
        """Return what is added to a field's logits, shape (N,).

        Parameters
        ----------
        field : int
            Its number.
        logits : array, shape (N,)
            The plain ones, before temperature and bias.
        drawn : sequence of int
            The classes of the earlier fields.
        rows, weights, lengths : arrays, shapes (K, F), (K,), (K,)
            The candidates: classes, logarithm of the weight, length of the suffix.
        gain : float
            0 for none, 1 as fitted.
        """
        u = self.power[field].astype(float) * weights
        for earlier in range(field):
            table = self.agree[earlier]
            distance = np.minimum(np.abs(rows[:, earlier] - drawn[earlier]), len(table) - 1)
            u = u + table[distance, field]
        share = np.exp(u - u.max())
        evidence = np.log(share.sum()) + u.max()
        share /= share.sum()
        recalled = share @ self.kernels[field][rows[:, field]]
        log_p = logits - logits.max()
        log_p = log_p - np.log(np.exp(log_p).sum())
        p = np.exp(log_p)
        seen = np.array([
            (share * lengths).sum() / 8.0,
            share.max(),
            evidence / 5.0,
            -(p * log_p).sum() / 2.0,
            np.log((p * recalled).sum() + 1e-4) / 4.0,
        ])  # fmt: skip
        hidden = np.tanh(np.clip(seen, -LIMIT, LIMIT) @ self.gate_w1[field] + self.gate_b1[field])
        gate = 1.0 / (1.0 + np.exp(-(hidden @ self.gate_w2[field] + self.gate_b2[field])))
        mixed = min(LARGEST_SHARE * gain * gate, LARGEST_SHARE)
        ratio: NDArray[np.float64] = np.log(
            (1.0 - mixed) + mixed * recalled / np.maximum(p, SMALLEST_CHANCE)
        )
        return ratio


@dataclass(frozen=True, slots=True, eq=False)
class FittedMemory:
    """A memory that was fitted to an instrument.

    Attributes
    ----------
    arrays : MemoryArrays
        For the graph.
    weighing : Weighing
        For the metadata, `antiphon.instrument.weighing.WEIGHING_KEY`.
    """

    arrays: MemoryArrays
    weighing: Weighing
