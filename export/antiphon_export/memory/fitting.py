"""Fit a memory to a network, on pieces that it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument.scoring import UNCOUNTED_NOTES
from antiphon_export.memory.mixing import Mixing
from antiphon_export.memory.pieces import LONGEST
from antiphon_export.memory.places import KEPT, places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon_export.gate import Table
    from antiphon_export.memory.fitted import Memory

Tensor = Any

WIDTH = 32
"""Numbers in a key; 64 were hardly better."""

EPOCHS = 3
_RATE = 2e-3
_RATES = {"projection": 0.1, "theta": 20.0, "gate": 4.0}
"""What the rate of some numbers is multiplied by; of all others by ten, of tables by five."""
_WARM_UP = 20
_SEED = 1


def fit_memory(
    network: Any,
    codec: Codec,
    pieces: Sequence[NDArray[np.int32]],
    say: Callable[[str], None],
    *,
    epochs: int = EPOCHS,
) -> Memory:
    """Return a memory that makes pieces likeliest under a network.

    Parameters
    ----------
    network : Keras model
        With a state of its own; not changed.
    codec : Codec
        Of the pieces, fields of classes with the pitch first.
    pieces : sequence of int32 arrays, shape (notes, fields)
        What it is fitted on.
    say : callable
        Shows a sentence.
    epochs : int
        How often each piece is used.
    """
    longest = max(min(max(map(len, pieces)), LONGEST), KEPT + 2)
    reader = _reader(network)
    read = [_read(reader, codec, piece[:LONGEST], longest) for piece in pieces]
    projection, middle = _main_components([features for features, _ in read])
    prepared = [
        _prepared(piece[:LONGEST], *one, projection, middle, longest)
        for piece, one in zip(pieces, read, strict=True)
    ]
    mixing = Mixing(codec.sizes, projection, middle)
    before, after = _fit(mixing, prepared, epochs, say)
    return mixing.fitted({
        "pieces": len(pieces),
        "notes": sum(min(len(piece), LONGEST) for piece in pieces),
        "epochs": epochs,
        "nats_without": round(before, 4),
        "nats": round(after, 4),
    })  # fmt: skip


def _read(
    reader: Callable[..., Any], codec: Codec, piece: NDArray[np.int32], longest: int
) -> tuple[Table, Table]:
    """Return the features before each note, and the log-probabilities of all classes."""
    truth = np.zeros((longest, len(codec.fields)), dtype=np.int32)
    truth[: len(piece)] = piece
    previous = np.concatenate([np.array([codec.start], dtype=np.int32), truth[:-1]])
    features, logits = reader(previous[None], truth[None])
    parts = [
        tf.nn.log_softmax(logits[field][0], axis=-1).numpy()[: len(piece)] for field in codec.fields
    ]
    kept: Table = features[0].numpy()[: len(piece)].astype(np.float32)
    return kept, np.concatenate(parts, axis=1)


def _reader(network: Any) -> Any:
    """Return the compiled code that reads a piece."""

    def read(previous: Tensor, truth: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        features, _ = network.run(previous, network.initial_state(1))
        return features, network.logits(features, truth)

    return tf.function(read, autograph=False)


def _main_components(features: Sequence[Table]) -> tuple[Table, Table]:
    """Return the directions in which features differ most, and their mean."""
    some = np.concatenate([part[::2] for part in features])
    middle = some.mean(axis=0)
    some = some - middle
    _, directions = np.linalg.eigh(some.T @ some / len(some))
    return directions[:, ::-1][:, :WIDTH].astype(np.float32), middle.astype(np.float32)


def _prepared(
    piece: NDArray[np.int32],
    features: Table,
    log_p: Table,
    projection: Table,
    middle: Table,
    longest: int,
) -> dict[str, Any]:
    """Return what `Mixing.nats` reads of a piece, padded to the longest."""
    keys = (features - middle) @ projection
    keys /= np.sqrt((keys * keys).sum(axis=1, keepdims=True) + 1e-6)
    places = places_of(piece, keys.astype(np.float32))

    def padded(array: NDArray[Any], dtype: Any) -> NDArray[Any]:
        missing = [(0, longest - len(piece))]
        if array.ndim > 1 and array.shape[1] == places.at.shape[1]:
            missing.append((0, KEPT - array.shape[1]))
        missing += [(0, 0)] * (array.ndim - len(missing))
        return np.pad(array, missing).astype(dtype)

    return {
        "count": len(piece),
        "rows": padded(piece, np.int16),
        "features": padded(features, np.float16),
        "log_p": padded(np.maximum(log_p, -60000.0), np.float16),
        "at": padded(places.at, np.int16),
        "held": padded(places.held, np.bool_),
        "lengths": padded(places.lengths, np.int8),
        "shifted": padded(places.shifted, np.bool_),
        "place_rows": padded(places.rows, np.int16),
    }


def _fit(
    mixing: Mixing, pieces: Sequence[dict[str, Any]], epochs: int, say: Callable[[str], None]
) -> tuple[float, float]:
    """Fit the numbers; return nats a note without them, and with them in the last epoch."""
    variables = list(mixing.variables.values())
    rates = [_rate_of(name) for name in mixing.variables]
    first = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
    second = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]

    def step(piece: dict[str, Tensor], count: Tensor, number: Tensor, rate: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            nats = tf.reduce_sum(mixing.nats(piece), axis=1)
            loss = tf.reduce_mean(nats[UNCOUNTED_NOTES:count])
        for v, m, s, own, g in zip(
            variables, first, second, rates, tape.gradient(loss, variables), strict=True
        ):
            dense = tf.convert_to_tensor(g)
            m.assign(0.9 * m + 0.1 * dense)
            s.assign(0.99 * s + 0.01 * dense * dense)
            mean, square = m / (1.0 - 0.9**number), s / (1.0 - 0.99**number)
            v.assign_sub(rate * own * mean / (tf.sqrt(square) + 1e-8))
        return loss

    compiled = tf.function(step, autograph=False, reduce_retracing=True)
    rng = np.random.default_rng(_SEED)
    number, total, last = 0, epochs * len(pieces), 0.0
    for epoch in range(epochs):
        losses = []
        for index in rng.permutation(len(pieces)):
            number += 1
            rate = _RATE * min(1.0, number / _WARM_UP) * max(0.02, 1.0 - number / total)
            tensors, count = _tensors(pieces[index])
            losses.append(float(compiled(tensors, count, tf.constant(float(number)),
                                         tf.constant(rate, tf.float32))))  # fmt: skip
        last = float(np.mean(losses))
        say(f"  epoch {epoch + 1} of {epochs}: {last:.3f} nats a note")
    return float(np.mean([_plain_nats(piece, mixing) for piece in pieces])), last


def _tensors(piece: dict[str, Any]) -> tuple[dict[str, Tensor], Tensor]:
    """Return a piece as tensors of the types to calculate with, and its number of notes."""
    kinds = {"features": tf.float32, "log_p": tf.float32, "held": tf.bool, "shifted": tf.bool}
    tensors = {
        name: tf.cast(tf.constant(array), kinds.get(name, tf.int32))
        for name, array in piece.items()
        if name != "count"
    }
    return tensors, tf.constant(piece["count"])


def _plain_nats(piece: dict[str, Any], mixing: Mixing) -> float:
    """Return nats a note without a memory."""
    count, rows = piece["count"], piece["rows"].astype(int)
    starts = np.cumsum((0, *mixing.sizes[:-1]))
    chosen = np.take_along_axis(piece["log_p"].astype(np.float64), rows + starts, axis=1)
    return float(-chosen[UNCOUNTED_NOTES:count].sum(axis=1).mean())


def _rate_of(name: str) -> float:
    """Return what the rate of some numbers is multiplied by."""
    if name in ("exact", "shifted", "power"):
        return 5.0
    return _RATES.get(name.split("_", maxsplit=1)[0], 10.0)
