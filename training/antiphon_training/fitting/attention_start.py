"""The first weights of a head of attention that a trained network is given.

From random weights such a head has to learn two things at once, of which neither helps
without the other: what moments are alike, and what to take from them. The features of a
trained network know the first already: queries and keys start as the same projection, on the
directions in which features differ most. In trials the validation loss fell within 500,000
notes, and did not in 1.5 million from random queries and keys (docs/training.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray

PIECES, LONGEST = 24, 700
"""So many pieces, and so many notes of each, are read."""

SHARPNESS = 10.0
"""The mean score of a moment with itself; one with others has about 0."""

BACK = 0.02
"""Deviation of the weights that add what was found: little at first, but not nothing."""

_SEED = 1


def start_attention(network: Any, codec: Codec, pieces: Sequence[NoteArray]) -> None:
    """Set queries and keys so that like moments find each other.

    Parameters
    ----------
    network : Keras model
        With `attention`, whose other weights are trained.
    codec : Codec
        Its codec.
    pieces : sequence of NoteArray
        Some are read, the same each time.
    """
    rng = np.random.default_rng(_SEED)
    chosen = rng.permutation(len(pieces))[:PIECES]
    features = _features(network, codec, [pieces[index] for index in chosen])
    attention = network.attention
    directions = likeness(features, attention.width)
    projection = np.array(attention.projection)
    projection[:, : attention.width] = directions
    projection[:, attention.width : 2 * attention.width] = directions
    attention.projection.assign(projection)
    attention.back.assign(rng.normal(0.0, BACK, attention.back.shape).astype(np.float32))


def likeness(features: NDArray[np.float64], width: int) -> NDArray[np.float32]:
    """Return a projection under which like features have a large product.

    Parameters
    ----------
    features : float64 array, shape (moments, units)
        Features of many moments.
    width : int
        Width of queries and keys.

    Returns
    -------
    float32 array, shape (units, width)
        Without the part that all features share. Directions in which they differ much count
        for less than their variance, so that a few do not decide alone.
    """
    middle = features.mean(axis=0)
    shared = middle / max(float(np.linalg.norm(middle)), 1e-9)
    centred = features - middle
    centred -= np.outer(centred @ shared, shared)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    variances, directions = np.maximum(variances[::-1], 1e-9)[:width], directions[:, ::-1]
    deviations = np.sqrt(variances)
    scale = np.sqrt(SHARPNESS * np.sqrt(width) / deviations.sum())
    found: NDArray[np.float32] = (scale * directions[:, :width] / np.sqrt(deviations)).astype(
        np.float32
    )
    return found


def _features(network: Any, codec: Codec, pieces: Sequence[NoteArray]) -> NDArray[np.float64]:
    """Return the features of pieces without what attention adds, shape (moments, units)."""
    network.attention.back.assign(np.zeros(network.attention.back.shape, dtype=np.float32))

    @tf.function(input_signature=[tf.TensorSpec((1, None, len(codec.fields)), tf.int32)])
    def read(rows: Any) -> Any:
        return network.run(rows, network.initial_state(1))[0]

    parts = [read(codec.encode(piece)[None, :LONGEST])[0].numpy() for piece in pieces]
    return np.concatenate(parts).astype(np.float64)
