"""A memory that was fitted to an instrument."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.weighing import Weighing
from antiphon_export.gate import Gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon_export.gate import Table


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory, as its fit hands it over.

    Attributes
    ----------
    gate : Gate
        What becomes a part of the graph.
    weighing : Weighing
        How a host weighs remembered places; it goes into the metadata.
    """

    gate: Gate
    weighing: Weighing


def keys_of(features: Table, gate: Gate) -> NDArray[np.float32]:
    """Return the keys of features, shape (..., width), of length 1."""
    z = features @ gate.projection + gate.offset
    length = np.sqrt((z * z).sum(axis=-1, keepdims=True) + 1e-6)
    return np.asarray(z / length, dtype=np.float32)


def identity_of(gate: Gate) -> str:
    """Return a text that differs where keys cannot be compared."""
    content = gate.projection.tobytes() + gate.offset.tobytes()
    return hashlib.sha256(content).hexdigest()[:16]
