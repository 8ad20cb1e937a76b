"""A random memory for small networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon_export.gate import Gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.codecs.performance import PerformanceCodec

KEY_WIDTH = 6
HIDDEN = 8


def tiny_gate(codec: PerformanceCodec, units: int, seed: int = 8) -> Gate:
    """Return a memory that is trusted about half; neighbouring classes are alike."""
    rng = np.random.default_rng(seed)
    fields = len(codec.sizes)

    def some(*shape: int, scale: float = 1.0) -> NDArray[np.float32]:
        return rng.normal(0.0, scale, shape).astype(np.float32)

    agree = [-np.arange(far + 1.0)[:, None] * (np.arange(fields) > i) for i, far in _FAR]
    distances = [np.abs(np.subtract.outer(np.arange(n), np.arange(n))) for n in codec.sizes]
    kernels = [np.eye(codec.sizes[0]), *(0.3**far * (far < 3) for far in distances[1:])]
    return Gate(
        projection=some(units, KEY_WIDTH),
        offset=some(KEY_WIDTH, scale=0.1),
        power=np.linspace(0.5, 1.0, fields, dtype=np.float32),
        agree=tuple(table.astype(np.float32) for table in agree),
        kernels=tuple((k / k.sum(axis=1, keepdims=True)).astype(np.float32) for k in kernels),
        gate_w1=some(fields, 5, HIDDEN, scale=0.3),
        gate_b1=some(fields, HIDDEN, scale=0.3),
        gate_w2=some(fields, HIDDEN, scale=0.3),
        gate_b2=some(fields, scale=0.3),
    )


_FAR = ((0, 1), (1, 6), (2, 6))
"""Of each field but the last, the distance from which candidates count alike."""
