"""The precision of a file: int8 where that is worth it, else fp32.

A small network draws a note in fp32 as fast as in int8, or faster, because its graph has
fewer operations. So `auto` writes it in fp32, and it plays exactly as it was trained. A
larger one is written in int8, unless the proof finds that it would play otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from antiphon.instrument.predictor import Predictor
from antiphon_export.convert import write_model
from antiphon_export.products import row_steps
from antiphon_export.quantise import quantise
from antiphon_export.reach import known_steps
from antiphon_export.weight_tensors import locate_weights
from antiphon_training.networks.weights import WEIGHTS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec
    from antiphon_export.quantisation_loss import QuantisationLoss

Precision = Literal["auto", "int8", "fp32"]

SMALL_BYTES = 2_000_000
"""A file in fp32 that is no larger stays so: 0.5 million weights. The networks of `--quick`
have 0.6 to 1.5 MB, and take 0.7 to 1 times as long as in int8 (docs/training.md)."""
LEAST_ALIKE = 0.9
"""The probability that an int8 file has in common with fp32, at least. Those that were
measured have 0.94 (the shipped instrument) to 0.99."""


@dataclass(frozen=True, slots=True)
class Written:
    """A graph that is written as a file.

    Attributes
    ----------
    model : onnx.ModelProto
    path : Path
    precision : {"int8", "fp32"}
    places : str
        The places of the weights, as JSON (`antiphon_export.weight_tensors`).
    """

    model: Any
    path: Path
    precision: Literal["int8", "fp32"]
    places: str

    def write(self, card: Card, kept: Mapping[str, str]) -> None:
        """Write the file, with a card and other metadata."""
        own = replace(card, precision=self.precision)
        write_model(self.model, own, self.path, {WEIGHTS_KEY: self.places, **kept})

    def predictor(self) -> Predictor:
        """Open the file."""
        return Predictor(self.path)


def quantised(
    plain: Written, weights: Mapping[str, NDArray[np.float32]], card: Card, codec: Codec
) -> Written:
    """Return the same graph in int8, beside the first, still without a file.

    A window is read by hundreds of products of a few weights, whose activations are not the
    same everywhere, so those have a step a row; activations of a stream have known steps.
    """
    known = {}
    if card.context["kind"] == "stream":
        known = known_steps(plain.model, codec, plain.path.with_name("reach.onnx"))
    places = locate_weights(plain.model, weights, row_steps(plain.model.graph, known))
    path = plain.path.with_name("int8.onnx")
    return Written(quantise(plain.model, known), path, "int8", places)


def choose(
    asked: Precision,
    plain: Written,
    in_int8: Callable[[], tuple[Written, QuantisationLoss]],
    say: Callable[[str], None],
) -> tuple[Written, QuantisationLoss | None]:
    """Return the file of the precision that was asked for, or that is worth it.

    Parameters
    ----------
    asked : {"auto", "int8", "fp32"}
    plain : Written
        The file in fp32.
    in_int8 : callable
        Makes the file in int8, and measures what that loses.
    say : callable
        Is told what is chosen, and why.
    """
    if asked == "fp32":
        return plain, None
    if asked == "auto" and (size := plain.path.stat().st_size) <= SMALL_BYTES:
        say(f"  fp32: a file of {size / 1e6:.1f} MB needs no int8, and plays as it was trained")
        return plain, None
    small, loss = in_int8()
    told = (
        f"{loss.alike:.1%} of its probability is as in fp32, {loss.nats:+.4f} nats a note "
        f"({loss.same_notes:.0%} of the notes from the same random numbers are the same)"
    )
    if asked == "auto" and loss.alike < LEAST_ALIKE:
        say(f"  fp32, because in int8 only {told}")
        return plain, loss
    say(f"  int8: {told}")
    return small, loss
