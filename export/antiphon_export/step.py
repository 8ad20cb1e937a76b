"""One step of a network, which also draws the note.

This function becomes the graph of an instrument file. For each field,
in the codec's order:

    z = logits / temperature + bias
    weight = exp(z - max z), and 0 where that is under min_p
    class = the first whose cumulated weight exceeds uniform * total
    within = the place of the number within the weight of that class

A call costs about as much as it has operations, not as they compute. So each field does
only what the next field needs, its class, and everything else is looked up for all
fields together.

Shapes: every tensor has the batch first; rows never mix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.instrument.runtime import graph_inputs, next_name

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec

Tensor = Any
StepFunction = Callable[..., dict[str, Tensor]]

BELOW_ONE = float(np.nextafter(np.float32(1.0), np.float32(0.0)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One field, drawn.

    Attributes
    ----------
    chosen : int32, shape (batch,)
        The class.
    target : float32, shape (batch, 1)
        The uniform number times the total weight.
    weight, cumulated : float32, shape (batch, classes)
        The weight of each class, and its sum with those before it.
    log_probability : float32, shape (batch, classes)
        The natural logarithm of each class's plain probability.
    """

    chosen: Tensor
    target: Tensor
    weight: Tensor
    cumulated: Tensor
    log_probability: Tensor


def draw(
    logits: Tensor, uniform: Tensor, temperature: Tensor, min_p: Tensor, bias: Tensor
) -> Drawn:
    """Draw one field.

    Parameters
    ----------
    logits, bias : float32, shape (batch, classes)
    uniform, temperature, min_p : float32, shape (batch, 1)
        `uniform` is at most `BELOW_ONE`, so the target is below the total and some
        class exceeds it.
    """
    z = logits / temperature + bias
    weight = tf.exp(z - tf.reduce_max(z, axis=1, keepdims=True))
    weight = weight * tf.cast(weight >= min_p, tf.float32)
    cumulated = tf.cumsum(weight, axis=1)
    target = uniform * cumulated[:, -1:]
    chosen = tf.reduce_sum(tf.cast(cumulated <= target, tf.int32), axis=1)
    return Drawn(chosen, target, weight, cumulated, tf.nn.log_softmax(logits))


def look_up(drawn: list[Drawn], sizes: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Return classes, places within them, and log-probabilities, each (batch, fields)."""
    note = tf.stack([field.chosen for field in drawn], axis=1)
    starts = np.cumsum((0, *sizes[:-1])).astype(np.int32)
    place = note + starts
    share, end, log_probability = (
        tf.gather(tf.concat(values, axis=1), place, batch_dims=1)
        for values in (
            [field.weight for field in drawn],
            [field.cumulated for field in drawn],
            [field.log_probability for field in drawn],
        )
    )
    left = end - tf.concat([field.target for field in drawn], axis=1)
    within = tf.clip_by_value(1.0 - left / share, 0.0, BELOW_ONE)
    return note, within, log_probability


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
        # A number below one may be one as a float32.
        uniform = tf.split(tf.minimum(inputs["uniform"], BELOW_ONE), count, axis=1)
        temperature, min_p = (tf.split(inputs[name], count, axis=1) for name in _SPLIT)
        drawn: list[Drawn] = []
        logits: list[Tensor] = []
        for i, (field, head) in enumerate(
            zip(codec.fields, network.field_logits(features), strict=True)
        ):
            raw = head([earlier.chosen for earlier in drawn])
            drawn.append(draw(raw, uniform[i], temperature[i], min_p[i], inputs[f"bias_{field}"]))
            logits.append(raw)
        note, within, log_probability = look_up(drawn, codec.sizes)
        return {
            "note": note,
            "within": within,
            "log_probability": log_probability,
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


_SPLIT = ("temperature", "min_p")
