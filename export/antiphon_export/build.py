"""From a training run to an instrument file: convert, prove, quantise, measure, write.

The files are made in a temporary folder beside the result, which gets its name only when
all steps have succeeded.
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
from antiphon.instrument.runtime import graph_inputs
from antiphon_export.convert import to_onnx
from antiphon_export.parity import STEPS, Parity, prove
from antiphon_export.quantisation_loss import QuantisationLoss, compare_files
from antiphon_export.quantise import quantise
from antiphon_export.weight_tensors import locate_weights
from antiphon_training.corpora.assemble import read_files
from antiphon_training.corpora.piece import Reading
from antiphon_training.evaluation.prediction import figures
from antiphon_training.fitting import checkpoint
from antiphon_training.networks.weights import WEIGHTS_KEY, graph_weights

Precision = Literal["int8", "fp32"]
Say = Callable[[str], None]

_NOT_FOR_THE_CARD = ("folder", "valid", "heldout")
_SUMMED = ("notes_seen", "wall_hours", "core_hours")
"""Keys of `training` that a card also has as a sum over all trainings (`all_...`)."""
_COMPARED_NOTES = 512


@dataclass(frozen=True, slots=True)
class Order:
    """A request for an instrument file.

    Attributes
    ----------
    run : Path
        The folder that `antiphon train` wrote.
    out : Path
        The instrument file to write.
    precision : {"int8", "fp32"}
        The precision of the matrix products.
    name, licence : str
        Name and licence in the card.
    corpora : tuple of Path
        Folders of corpora that have moved since the training, matched by name.
    measure : bool
        Whether to measure held-out figures.
    steps : int
        The number of notes in the proof that the file plays as the network.
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
        as the network (`ParityError`). Then no file is written.
    """
    network, details = checkpoint.load(order.run)
    folders = _folders(details.corpora, order.corpora) if order.measure else {}
    card = _card(order, network, details)
    try:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=order.out.parent) as folder:
            made, card = _make(network, details, order, card, folders, Path(folder), say)
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
    folder: Path,
    say: Say,
) -> tuple[Path, Card]:
    """Make the file in the temporary folder; return it and its card."""
    say("converting the network")
    model = to_onnx(network, details.codec)
    weights = {WEIGHTS_KEY: locate_weights(model, graph_weights(network))}
    plain = folder / "fp32.onnx"
    write_model(model, replace(card, precision="fp32"), plain, weights)
    say("proving that the file plays as the network")
    parity = prove(network, plain, order.steps)
    say(f"  largest difference of a logit: {parity.logits:.2g}; {parity.steps} notes identical")
    heldout_pieces = _heldout(details, folders, say)
    made = plain
    loss: QuantisationLoss | None = None
    if order.precision == "int8":
        model, made = quantise(model), folder / "int8.onnx"
        write_model(model, card, made, weights)
        excerpts = [
            piece[:_COMPARED_NOTES] for pieces in heldout_pieces.values() for piece in pieces
        ]
        loss = compare_files(Predictor(plain), Predictor(made), excerpts, order.steps)
        say(f"  int8: {loss.same_notes:.1%} of the notes as in fp32, {loss.nats:+.4f} nats a note")
    heldout = {}
    for corpus, pieces in heldout_pieces.items():
        say(f"measuring on {len(pieces)} held-out pieces of {corpus}")
        heldout[corpus] = figures(Predictor(made), pieces).as_dict()
    card = replace(card, heldout=heldout, extra={**card.extra, "parity": _proof(parity, loss)})
    write_model(model, card, made, weights)
    return made, card


def write_model(
    model: Any, card: Card, path: Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a model with a card and other metadata."""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json(), **(metadata or {})})
    onnx.save(model, path)


def _card(order: Order, network: Any, details: checkpoint.RunDetails) -> Card:
    """Return the card, still without held-out figures."""
    shapes = network.state_shapes
    return Card(
        name=order.name,
        codec=details.codec.table(),
        state=tuple(StateTensor(name, shape) for name, shape in shapes.items()),
        context=network.context,
        inputs_required=(*graph_inputs(details.codec), *shapes),
        corpus=_corpora(details),
        licence=order.licence,
        recipe=details.recipe.as_dict(),
        training=_training(details, network.count_params()),
        heldout={},
        precision=order.precision,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        extra={"continued_from": details.origin} if details.origin else {},
    )


def _corpora(details: checkpoint.RunDetails) -> tuple[dict[str, Any], ...]:
    """Return the corpora of all trainings; one that several have is as in the last."""
    described = (*(details.origin or {}).get("corpus", ()), *details.corpora)
    by_name = {
        corpus["name"]: {k: v for k, v in corpus.items() if k not in _NOT_FOR_THE_CARD}
        for corpus in described
    }
    return tuple(by_name.values())


def _training(details: checkpoint.RunDetails, parameters: int) -> dict[str, Any]:
    """Return the progress of the training, and where it continues others, the sums."""
    told = {**details.training, "parameters": parameters}
    if details.origin:
        before = details.origin["training"]
        for key in _SUMMED:
            earlier = before.get(f"all_{key}", before.get(key, 0))
            told[f"all_{key}"] = earlier + details.training[key]
    return told


def _proof(parity: Parity, loss: QuantisationLoss | None) -> dict[str, Any]:
    """Return the results of the proof, as JSON values."""
    proof: dict[str, Any] = {"steps": parity.steps, "largest_logit_difference": parity.logits}
    if loss is not None:
        proof |= {
            "int8_same_notes": loss.same_notes,
            "int8_nats_lost": round(loss.nats, 5),
        }
    return proof


def _folders(corpora: Sequence[Mapping[str, Any]], moved: Sequence[Path]) -> dict[str, Path]:
    """Return the folder of each corpus with held-out files.

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
                "or leave out the held-out figures with --no-figures."
            )
    return folders


def _heldout(
    details: checkpoint.RunDetails, folders: Mapping[str, Path], say: Say
) -> dict[str, list[Any]]:
    """Return the held-out pieces of each corpus that teaches every field, as classes."""
    heldout_pieces = {}
    for corpus in details.corpora:
        folder = folders.get(corpus["name"])
        if folder is None or corpus["name"] in details.recipe.corpus.untaught:
            continue
        reading = Reading.for_codec(details.codec, corpus["tracks"])
        read, defects = read_files(folder, corpus["heldout"], reading)
        for defect in defects:
            say(f"left out: {defect.file} {defect.reason}")
        heldout_pieces[corpus["name"]] = [details.codec.encode(piece.notes) for piece in read]
    return heldout_pieces
