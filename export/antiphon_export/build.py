"""From a training run to an instrument file: convert, prove, quantise, measure, write.

Everything is made in a folder of its own beside the result, which appears under
its name only when all went well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import onnx

from antiphon.errors import TrainingError
from antiphon.instrument.card import CARD_KEY, Card, StateTensor
from antiphon.instrument.predictor import Predictor
from antiphon.instrument.session import graph_inputs
from antiphon_export.agreement import Agreement, compare
from antiphon_export.convert import to_onnx
from antiphon_export.labels import label_weights
from antiphon_export.parity import STEPS, Parity, prove
from antiphon_export.quantise import quantise
from antiphon_training.corpora.assemble import read_files
from antiphon_training.corpora.piece import Reading
from antiphon_training.evaluation.foretelling import figures
from antiphon_training.fitting import checkpoint
from antiphon_training.networks.weights import WEIGHTS_KEY, graph_weights

Precision = Literal["int8", "fp32"]
Say = Callable[[str], None]

_NOT_FOR_THE_CARD = ("folder", "valid", "heldout")
_COMPARED_NOTES = 512


@dataclass(frozen=True, slots=True)
class Order:
    """What to make of a run.

    Attributes
    ----------
    run : Path
        The folder that `antiphon train` wrote.
    out : Path
        The instrument file to write.
    precision : {"int8", "fp32"}
        Of the matrix products.
    name, licence : str
        For the card.
    corpora : tuple of Path
        Where corpora are now, if they have moved since the training; matched by
        the folder's name.
    measure : bool
        Whether to measure held-out figures.
    steps : int
        Notes over which the file is proven.
    """

    run: Path
    out: Path
    precision: Precision
    name: str
    licence: str
    corpora: tuple[Path, ...] = ()
    measure: bool = True
    steps: int = STEPS


def build(order: Order, say: Say) -> Card:
    """Write an instrument file and return its card.

    Raises
    ------
    TrainingError
        The run is not finished, a corpus is not found, or the graph does not play
        as the network (`ParityError`). Nothing is written then.
    """
    network, details = checkpoint.load(order.run)
    folders = _folders(details.corpora, order.corpora) if order.measure else {}
    card = _card(order, network, details)
    try:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=order.out.parent) as workshop:
            made, card = _make(network, details, order, card, folders, Path(workshop), say)
            made.replace(order.out)
    except OSError as error:
        raise TrainingError(f"{order.out} cannot be written: {error.strerror}.") from error
    return card


def _make(
    network: Any,
    details: checkpoint.RunDetails,
    order: Order,
    card: Card,
    folders: Mapping[str, Path],
    workshop: Path,
    say: Say,
) -> tuple[Path, Card]:
    """Make the file in the workshop; return it and its card."""
    say("converting the network")
    model = to_onnx(network, details.codec)
    labels = {WEIGHTS_KEY: label_weights(model, graph_weights(network))}
    plain = workshop / "fp32.onnx"
    write_model(model, replace(card, precision="fp32"), plain, labels)
    say("proving that the file plays as the network does")
    parity = prove(network, plain, order.steps)
    say(f"  largest difference of a logit: {parity.logits:.2g}; {parity.steps} notes identical")
    heard = _heldout(details, folders, say)
    made = plain
    agreement: Agreement | None = None
    if order.precision == "int8":
        model, made = quantise(model), workshop / "int8.onnx"
        write_model(model, card, made, labels)
        excerpts = [piece[:_COMPARED_NOTES] for pieces in heard.values() for piece in pieces]
        agreement = compare(Predictor(plain), Predictor(made), excerpts, order.steps)
        say(
            f"  int8: {agreement.same_notes:.1%} of the notes as in fp32, "
            f"{agreement.nats:+.4f} nats a note"
        )
    heldout = {}
    for corpus, pieces in heard.items():
        say(f"measuring on {len(pieces)} held-out pieces of {corpus}")
        heldout[corpus] = figures(Predictor(made), pieces).as_dict()
    card = replace(card, heldout=heldout, extra={**card.extra, "parity": _proof(parity, agreement)})
    write_model(model, card, made, labels)
    return made, card


def write_model(
    model: Any, card: Card, path: Path, labels: Mapping[str, str] | None = None
) -> None:
    """Write a model with a card, and what else is told, in its metadata."""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json(), **(labels or {})})
    onnx.save(model, path)


def _card(order: Order, network: Any, details: checkpoint.RunDetails) -> Card:
    """Return the card, without its held-out figures yet."""
    shapes = network.state_shapes
    return Card(
        name=order.name,
        codec=details.codec.table(),
        state=tuple(StateTensor(name, shape) for name, shape in shapes.items()),
        context=network.context,
        inputs_required=(*graph_inputs(details.codec), *shapes),
        corpus=tuple(
            {key: value for key, value in corpus.items() if key not in _NOT_FOR_THE_CARD}
            for corpus in (*(details.origin or {}).get("corpus", ()), *details.corpora)
        ),
        licence=order.licence,
        recipe=details.recipe.as_dict(),
        training={**details.training, "parameters": network.count_params()},
        heldout={},
        precision=order.precision,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        extra={"continued_from": details.origin} if details.origin else {},
    )


def _proof(parity: Parity, agreement: Agreement | None) -> dict[str, Any]:
    """Return what was proven, as JSON values."""
    proof: dict[str, Any] = {"steps": parity.steps, "largest_logit_difference": parity.logits}
    if agreement is not None:
        proof |= {
            "int8_same_notes": agreement.same_notes,
            "int8_nats_lost": round(agreement.nats, 5),
        }
    return proof


def _folders(corpora: Sequence[Mapping[str, Any]], moved: Sequence[Path]) -> dict[str, Path]:
    """Return where each corpus with held-out files is.

    Raises
    ------
    TrainingError
        One is not there.
    """
    now = {path.resolve().name: path for path in moved}
    folders = {c["name"]: now.get(c["name"], Path(c["folder"])) for c in corpora if c["heldout"]}
    for name, folder in folders.items():
        if not folder.is_dir():
            raise TrainingError(
                f"The corpus {name} is no longer in {folder}; say where it is with --corpus, "
                "or leave its held-out figures out with --no-figures."
            )
    return folders


def _heldout(
    details: checkpoint.RunDetails, folders: Mapping[str, Path], say: Say
) -> dict[str, list[Any]]:
    """Return the held-out pieces of each corpus, as classes."""
    heard = {}
    for corpus in details.corpora:
        folder = folders.get(corpus["name"])
        if folder is None:
            continue
        reading = Reading.for_codec(details.codec, corpus["tracks"])
        read, defects = read_files(folder, corpus["heldout"], reading)
        for defect in defects:
            say(f"left out: {defect.file} {defect.reason}")
        heard[corpus["name"]] = [details.codec.encode(piece.notes) for piece in read]
    return heard
