"""How far the activations of an instrument reach, while it plays by itself.

From that follow the steps in which they are stored (`antiphon_export.quantise`). Steps
that reach the largest value are coarse for all others, so a few values are clipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper

from antiphon.instrument.runtime import next_name, open_graph
from antiphon_export.products import Steps, products

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec

    Values = NDArray[np.float32]

PIECES = 16
NOTES = 250
"""Notes of each piece: as many pieces as notes tell more of what may come."""

POWER = 1.5
"""The mean square spares the largest values more than the notes need: with it the house
instrument lost 0.005 nats, with this 0.003 (docs/decisions/0030-fixed-steps.md)."""

_SEED = 22
_CLIPPED = np.linspace(0.3, 1.0, 36)
"""The reaches that are tried, as shares of the largest value."""
_MOST_VALUES = 100_000


def known_steps(model: Any, codec: Codec, path: Path) -> dict[str, Steps]:
    """Return the steps of the activations that the model multiplies by weights.

    Parameters
    ----------
    model : onnx.ModelProto
        A step in fp32.
    codec : Codec
        Its codec.
    path : Path
        A file to write, which is of no use afterwards.
    """
    found = products(model.graph)
    heard = _heard(model, codec, sorted({part for one in found for part in one.parts}), path)
    large = {part for one in found if one.large for part in one.parts}
    # The parts of a concatenation have one zero.
    return {
        part: best_steps(heard[part], bits=7 if part in large else 8, centred=len(one.parts) > 1)
        for one in found
        for part in one.parts
    }


def best_steps(values: Values, *, bits: int, centred: bool) -> Steps:
    """Return the steps that change the values least, by the mean of their errors to a power.

    Parameters
    ----------
    values : float32 array
        Any shape, not all zero.
    bits : {7, 8}
        As in `Steps`.
    centred : bool
        Whether zero must be stored as the middle number. Otherwise the range ends where
        the smallest value is, if that makes the steps finer.
    """
    values = values.ravel()[:: max(values.size // _MOST_VALUES, 1)]
    lowest, reach = float(values.min()), float(np.abs(values).max())
    largest, middle = 2**bits - 1, 2 ** (bits - 1)
    one_sided = not centred and lowest > -0.5 * reach
    below = max(-lowest, 0.0)
    tried = []
    for share in _CLIPPED.tolist():
        if one_sided:
            step = (share * reach + below) / largest
            steps = Steps(step, round(below / step), bits)
        else:
            steps = Steps(share * reach / (largest - middle), middle, bits)
        stored = np.clip(np.rint(values / steps.step) + steps.zero, 0, largest)
        error = np.abs((stored - steps.zero) * steps.step - values)
        tried.append((float(np.mean(error**POWER)), steps))
    return min(tried, key=lambda pair: pair[0])[1]


def _heard(model: Any, codec: Codec, names: Sequence[str], path: Path) -> dict[str, Values]:
    """Return the activations while pieces are drawn, each float32 (rows, width)."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    probe.graph.output.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    onnx.save(probe, path)
    graph = open_graph(path)
    feeds: dict[str, Any] = {
        item.name: np.zeros(
            (PIECES, *item.shape[1:]),
            np.int32 if "int32" in item.type else np.float32,
        )
        for item in graph.get_inputs()
    }
    feeds["previous"] = np.tile(np.array(codec.start, np.int32), (PIECES, 1))
    feeds["temperature"] += 1.0
    states = [name for name in feeds if next_name(name) in {o.name for o in graph.get_outputs()}]
    outputs = ["note", *map(next_name, states), *names]
    rng = np.random.default_rng(_SEED)
    heard: dict[str, list[Values]] = {name: [] for name in names}
    for _ in range(NOTES):
        feeds["uniform"] = rng.random(feeds["uniform"].shape, np.float32)
        found = dict(zip(outputs, graph.run(outputs, feeds), strict=True))
        feeds["previous"] = found["note"]
        feeds |= {name: found[next_name(name)] for name in states}
        for name in names:
            heard[name].append(found[name])
    return {name: np.concatenate(rows) for name, rows in heard.items()}
