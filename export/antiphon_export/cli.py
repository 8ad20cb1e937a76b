"""`antiphon export`: from a training run to an instrument file.

Imported for `antiphon --help` too, so TensorFlow and the rest are imported inside.
"""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from antiphon.cli.verbosity import Verbosity


class PrecisionName(StrEnum):
    """The precision of an instrument's matrix products."""

    AUTO = "auto"
    INT8 = "int8"
    FP32 = "fp32"


def export(
    ctx: typer.Context,
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT",
            help="The folder of a training run, or an instrument to write anew.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.onnx", help="The instrument to write.")],
    precision: Annotated[
        PrecisionName,
        typer.Option(
            help="int8 makes large networks faster, and a third of the size; auto takes it "
            "where it is worth it."
        ),
    ] = PrecisionName.AUTO,
    name: Annotated[
        str | None,
        typer.Option(help="The instrument's name; by default that of the new file."),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(help="The licence of the instrument; by default those of its corpora."),
    ] = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Where a corpus of the run is now, if it has moved."),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Measure held-out figures.")
    ] = True,
    memory: Annotated[
        bool,
        typer.Option(
            "--memory/--no-memory",
            help="Fit a memory, on pieces of its corpora; --no-memory leaves it without one.",
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Turn a trained network into an instrument file.

    An instrument that is written anew keeps its card. Its memory is fitted anew where its
    corpora are named; else one of notes is lost, and one of words stays as it is.
    """
    # A step is too small for a graphics card, and the proof is for the processor.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    from antiphon_training.fitting.native_messages import native_messages_to

    verbosity: Verbosity = ctx.obj or Verbosity()
    with native_messages_to(Path(os.devnull)):
        from antiphon_export.build import Order, build

        order = Order(
            checkpoint,
            out,
            precision.value,
            name,
            licence,
            tuple(corpus or ()),
            figures,
            remembers=memory,
        )
        card = build(order, verbosity.say)
    if as_json:
        typer.echo(json.dumps(card.to_dict(), indent=2, ensure_ascii=False))
