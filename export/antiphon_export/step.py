"""One step of a network, which also draws the note.

This function becomes the graph of an instrument file. For each field,
in the codec's order:

    z = logits / temperature + bias
    weight = exp(z - max z), and 0 where that is under min_p
    class = the first whose cumulated weight exceeds uniform * total
    within = the place of the number within the weight of that class

With a memory (`antiphon_export.mixing`), the weights are multiplied by r before min_p is
compared with the largest of them, and log r is added to the log-probability.

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

from antiphon.instrument import recalled
from antiphon.instrument.runtime import OUTPUTS, graph_inputs, next_name
from antiphon_export import mixing as memory

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_export.gate import Gate

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
        The natural logarithm of each class's plain probability, without what is remembered.
    ratio : float32, shape (batch, classes), or None
        What the memory multiplies each probability by.
    """

    chosen: Tensor
    target: Tensor
    weight: Tensor
    cumulated: Tensor
    log_probability: Tensor
    ratio: Tensor | None


def draw(
    z: Tensor, uniform: Tensor, min_p: Tensor, ratio: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the first four parts of `Drawn`.

    Parameters
    ----------
    z : float32, shape (batch, classes)
    uniform, min_p : float32, shape (batch, 1)
        `uniform` is at most `BELOW_ONE`, so the target is below the total and some
        class exceeds it.
    ratio : float32, shape (batch, classes), or None
    """
    weight = tf.exp(z - tf.reduce_max(z, axis=1, keepdims=True))
    if ratio is not None:
        weight = weight * ratio
        min_p = min_p * tf.reduce_max(weight, axis=1, keepdims=True)
    weight = weight * tf.cast(weight >= min_p, tf.float32)
    cumulated = tf.cumsum(weight, axis=1)
    target = uniform * cumulated[:, -1:]
    chosen = tf.reduce_sum(tf.cast(cumulated <= target, tf.int32), axis=1)
    return chosen, target, weight, cumulated


def look_up(drawn: list[Drawn], sizes: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Return classes, places within them, and log-probabilities, each (batch, fields)."""
    note = tf.stack([field.chosen for field in drawn], axis=1)
    starts = np.cumsum((0, *sizes[:-1])).astype(np.int32)

    def chosen(values: list[Tensor]) -> Tensor:
        return tf.gather(tf.concat(values, axis=1), note + starts, batch_dims=1)

    share = chosen([field.weight for field in drawn])
    end = chosen([field.cumulated for field in drawn])
    log_probability = chosen([field.log_probability for field in drawn])
    ratios = [field.ratio for field in drawn if field.ratio is not None]
    if ratios:
        ratio = tf.expand_dims(chosen(ratios), 2)
        log_probability = log_probability + tf.squeeze(tf.math.log(ratio), 2)
    left = end - tf.concat([field.target for field in drawn], axis=1)
    within = tf.clip_by_value(1.0 - left / share, 0.0, BELOW_ONE)
    return note, within, log_probability


def make_step(
    network: Any, codec: Codec, gate: Gate | None = None
) -> tuple[StepFunction, list[Any]]:
    """Return the step as a `tf.function`, and its input signature.

    Inputs and outputs are named as in an instrument file. With a gate it has a memory.
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
        mixing = None if gate is None else memory.Mixing(gate, inputs)
        drawn: list[Drawn] = []
        logits: list[Tensor] = []
        for i, (field, head) in enumerate(
            zip(codec.fields, network.field_logits(features), strict=True)
        ):
            raw = head([earlier.chosen for earlier in drawn])
            z = raw / temperature[i] + inputs[f"bias_{field}"]
            chance = tf.nn.log_softmax(raw)
            ratio = None if mixing is None else mixing.ratio(i, chance)
            chosen, target, weight, cumulated = draw(z, uniform[i], min_p[i], ratio)
            drawn.append(Drawn(chosen, target, weight, cumulated, chance, ratio))
            logits.append(raw)
            if mixing is not None:
                mixing.drawn(i, drawn[-1].chosen)
        return {
            **dict(zip(OUTPUTS[:3], look_up(drawn, codec.sizes), strict=True)),
            "logits": tf.concat(logits, axis=1),
            **{next_name(name): value for name, value in zip(states, after, strict=True)},
            **({} if gate is None else {recalled.KEY: memory.key(gate, features)}),
        }

    shapes |= {f"bias_{f}": (n,) for f, n in zip(codec.fields, codec.sizes, strict=True)}
    first, *rest = graph_inputs(codec)
    names = [first, *states, *rest, *(() if gate is None else recalled.INPUTS)]
    signature = [
        tf.TensorSpec(
            (None, *shapes.get(name, (count,))),
            tf.int32 if name == "previous" else tf.float32,
            name,
        )
        for name in [first, *states, *rest]
    ]
    signature += [] if gate is None else memory.signature(gate)
    return tf.function(step, input_signature=signature, autograph=False), signature


_SPLIT = ("temperature", "min_p")
