"""One step of a network, which also draws the note.

This function becomes the graph of an instrument file. For each field,
in the codec's order:

    z = logits / temperature + bias
    weight = exp(z - max z), and 0 where that is under min_p
    class = the first whose cumulated weight exceeds uniform * total
    within = the place of the number within the weight of that class

Shapes: every tensor has the batch first; rows never mix.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument.runtime import graph_inputs, next_name

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec

Tensor = Any
StepFunction = Callable[..., dict[str, Tensor]]

BELOW_ONE = float(np.nextafter(np.float32(1.0), np.float32(0.0)))


def draw(
    logits: Tensor, uniform: Tensor, temperature: Tensor, min_p: Tensor, bias: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return class, place within it, and plain log-probability, each (batch, 1).

    Parameters
    ----------
    logits, bias : float32, shape (batch, classes)
    uniform, temperature, min_p : float32, shape (batch, 1)
    """
    z = logits / temperature + bias
    weight = tf.exp(z - tf.reduce_max(z, axis=1, keepdims=True))
    weight = tf.where(weight >= min_p, weight, tf.zeros_like(weight))
    cumulated = tf.cumsum(weight, axis=1)
    total = tf.reduce_max(cumulated, axis=1, keepdims=True)
    target = uniform * total
    # The second condition stops at the last class with any weight, also where rounding
    # makes the target equal to the total.
    passed = tf.logical_and(cumulated <= target, cumulated < total)
    chosen = tf.reduce_sum(tf.cast(passed, tf.int32), axis=1, keepdims=True)
    share = tf.gather(weight, chosen, batch_dims=1)
    before = tf.gather(cumulated, chosen, batch_dims=1) - share
    within = tf.clip_by_value((target - before) / share, 0.0, BELOW_ONE)
    top = tf.reduce_max(logits, axis=1, keepdims=True)
    norm = tf.math.log(tf.reduce_sum(tf.exp(logits - top), axis=1, keepdims=True)) + top
    return chosen, within, tf.gather(logits, chosen, batch_dims=1) - norm


def make_step(network: Any, codec: Codec) -> tuple[StepFunction, list[Any]]:
    """Return the step as a `tf.function`, and its input signature.

    Inputs and outputs are named as in an instrument file.
    """
    shapes = dict(network.state_shapes)
    states = tuple(shapes)
    count = len(codec.fields)

    def step(*arguments: Tensor) -> dict[str, Tensor]:
        inputs = dict(zip(names, arguments, strict=True))
        features, after = network.run_step(inputs["previous"], [inputs[name] for name in states])
        notes: list[Tensor] = []
        places, chances, logits = [], [], []
        uniform, temperature, min_p = (
            tf.split(inputs[name], count, axis=1) for name in ("uniform", "temperature", "min_p")
        )
        for i, (field, head) in enumerate(zip(codec.fields, network.heads, strict=True)):
            raw = head(features, [note[:, 0] for note in notes])
            note, within, chance = draw(
                raw, uniform[i], temperature[i], min_p[i], inputs[f"bias_{field}"]
            )
            notes.append(note)
            places.append(within)
            chances.append(chance)
            logits.append(raw)
        return {
            "note": tf.concat(notes, axis=1),
            "within": tf.concat(places, axis=1),
            "log_probability": tf.concat(chances, axis=1),
            "logits": tf.concat(logits, axis=1),
            **{next_name(name): value for name, value in zip(states, after, strict=True)},
        }

    shapes |= {f"bias_{f}": (n,) for f, n in zip(codec.fields, codec.sizes, strict=True)}
    first, *rest = graph_inputs(codec)
    names = [first, *states, *rest]
    signature = [
        tf.TensorSpec(
            (None, *shapes.get(name, (count,))),
            tf.int32 if name == "previous" else tf.float32,
            name,
        )
        for name in names
    ]
    return tf.function(step, input_signature=signature, autograph=False), signature
