"""A file of a network's weights, written so that a full disk is an error."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HDF5_OVERHEAD = 8192
"""Bytes that a variable and its layer take in a file besides the values, at most."""


def write_weights(network: Any, path: Path) -> None:
    """Write the weights of a network, without those of its optimizer, as Keras reads them.

    Raises
    ------
    OSError
        There is no room.
    """
    # HDF5 crashes the process on a full disk (seen with h5py 3), so first write as many
    # bytes in a way that raises OSError.
    with path.open("wb") as room:
        room.write(bytes(size_of_file(network)))
        room.flush()
        os.fsync(room.fileno())
    with _without_optimizer(network) as bare:
        bare.save_weights(path)


@contextmanager
def _without_optimizer(network: Any) -> Iterator[Any]:
    """Have a network without its optimizer, whose moments Keras would write beside the weights.

    They are twice as many numbers as the weights, and only `resume.npz` needs them.
    """
    optimizer = getattr(network, "optimizer", None)
    if optimizer is None:
        yield network
        return
    network.optimizer = None
    try:
        yield network
    finally:
        network.optimizer = optimizer


def size_of_file(network: Any) -> int:
    """Return how many bytes a file of a network's weights takes at most."""
    return sum(int(np.prod(w.shape)) * 4 + HDF5_OVERHEAD for w in network.weights)
