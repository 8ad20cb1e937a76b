"""From a training run to an instrument file: convert, prove, quantise, measure, write.

An instrument file may stand in the place of the run: then the file is written anew, in the
form of this version, from its own weights and with its own card.

The files are made in a temporary folder beside the result, which gets its name only when
all steps have succeeded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from antiphon.errors import InstrumentError, TrainingError
from antiphon.instrument.card import Card, StateTensor
from antiphon.instrument.metadata import read_metadata
from antiphon.instrument.runtime import graph_inputs
from antiphon.instrument.weighing import WEIGHING_KEY
from antiphon.instrument.word_weighing import (
    NO_MEMORY,
    WORD_FIELDS,
    WORD_WEIGHING_KEY,
    WordWeighing,
    read_word_weighing,
)
from antiphon.music.codecs.codec import Codec
from antiphon.wording import how_many
from antiphon_export.convert import to_onnx
from antiphon_export.lineage import corpora_of_all, licence_of, training_of_all
from antiphon_export.memory.fitted import Memory
from antiphon_export.memory.making import (
    can_remember,
    corpora_of,
    corpora_of_run,
    memory_for,
)
from antiphon_export.memory.words import word_memory
from antiphon_export.out_file import check_out
from antiphon_export.parity import STEPS, Parity, prove
from antiphon_export.precision import Precision, Written, choose, quantised
from antiphon_export.quantisation_loss import QuantisationLoss, compare_files
from antiphon_export.weight_tensors import locate_weights
from antiphon_training.corpora.assemble import read_files
from antiphon_training.corpora.piece import Reading
from antiphon_training.evaluation.prediction import figures
from antiphon_training.fitting import checkpoint
from antiphon_training.fitting.fine_tuning import read_pretrained
from antiphon_training.networks.weights import graph_weights

Say = Callable[[str], None]

_COMPARED_NOTES = 512


@dataclass(frozen=True, slots=True)
class Order:
    """A request for an instrument file.

    Attributes
    ----------
    run : Path
        The folder that `antiphon train` wrote, or an instrument file.
    out : Path
        The instrument file to write.
    precision : {"auto", "int8", "fp32"}
        The precision of the matrix products (`antiphon_export.precision`).
    name, licence : str, optional
        Name and licence in the card; by default those of the instrument file.
    corpora : tuple of Path
        Folders of corpora that have moved since the training, matched by name.
    measure : bool
        Whether to measure held-out figures.
    steps : int
        The number of notes in the proof that the file plays as the network.
    memory : Memory, optional
        What the graph needs to take remembered notes.
    remembers : bool or None
        Whether a memory is fitted where none is given; False takes that of an instrument of
        words away, None leaves it as it is.
    """

    run: Path
    out: Path
    precision: Precision
    name: str | None = None
    licence: str | None = None
    corpora: tuple[Path, ...] = ()
    measure: bool = True
    steps: int = STEPS
    memory: Memory | None = None
    remembers: bool | None = None


def build(order: Order, say: Say) -> Card:
    """Write an instrument file and return its card.

    Raises
    ------
    TrainingError
        The run is not finished, a corpus is not found, or the graph does not play
        as the network (`ParityError`). Then no file is written.
    UsageError
        No such file can be written.
    """
    check_out(order.out)
    if order.run.is_file():
        network, source = _read_instrument(order)
    else:
        network, source = _read_run(order, say)
    if order.memory is None and order.remembers and can_remember(source.card, source.codec):
        memory = memory_for(network, source.codec, source.folders, source.card, say)
        order = replace(order, memory=memory)
    inputs = () if order.memory is None else order.memory.gate.inputs()
    source = replace(source, card=replace(source.card, inputs_neutral=inputs))
    try:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=order.out.parent) as folder:
            made, card = _make(network, source, order, Path(folder), say)
            made.replace(order.out)
    except OSError as error:
        raise TrainingError(f"{order.out} cannot be written: {error.strerror}.") from error
    return card


@dataclass(frozen=True, slots=True)
class _Source:
    """What is known of a network besides its weights.

    Attributes
    ----------
    codec : Codec
        Its codec.
    card : Card
        Its card, without the figures that are still to be measured.
    pieces : dict of str to list
        The held-out pieces of each corpus, as classes.
    folders : dict of Path to (sequence of str or None)
        The corpora that it learned from, and the tracks that are read of each.
    words : WordWeighing or None
        The memory of words that an instrument file says it has.
    """

    codec: Codec
    card: Card
    pieces: dict[str, list[Any]]
    folders: dict[Path, Sequence[str] | None]
    words: WordWeighing | None = None


def _read_run(order: Order, say: Say) -> tuple[Any, _Source]:
    """Return the network of a training run."""
    network, details = checkpoint.load(order.run)
    untaught = details.recipe.corpus.untaught
    # A corpus that does not teach every field says nothing of how well all are predicted.
    whole = [corpus for corpus in details.corpora if corpus["name"] not in untaught]
    folders = _folders(whole, order.corpora) if order.measure else {}
    pieces = _heldout(details, folders, say)
    card = _card(order, network, details)
    learned = corpora_of_run(whole, order.corpora)
    return network, _Source(details.codec, card, pieces, learned)


def _read_instrument(order: Order) -> tuple[Any, _Source]:
    """Return the network of an instrument file; its figures stay those of its card."""
    pretrained = read_pretrained(order.run)
    recipe = pretrained.recipe()
    network = recipe.kind.build(recipe.network, pretrained.codec)
    pretrained.assign_to(network)
    card = pretrained.card
    renamed = replace(
        card,
        name=order.name or card.name,
        licence=order.licence or card.licence,
    )
    folders, words = corpora_of(card, order.corpora), None
    with suppress(InstrumentError):  # damaged shares are left out
        words = read_word_weighing(read_metadata(order.run))
    return network, _Source(pretrained.codec, renamed, {}, folders, words)


def _make(network: Any, source: _Source, order: Order, folder: Path, say: Say) -> tuple[Path, Card]:
    """Make the file in the temporary folder; return it and its card."""
    say("converting the network")
    gate = None if order.memory is None else order.memory.gate
    model, named = to_onnx(network, source.codec, gate), graph_weights(network)
    plain, kept = Written(model, folder / "fp32.onnx", "fp32", locate_weights(model, named)), {}
    if order.memory is not None:
        kept[WEIGHING_KEY] = order.memory.weighing.to_json()
    plain.write(source.card, kept)
    say("proving that the file plays as the network")
    parity = prove(network, plain.path, order.steps, gate)
    say(f"  largest difference of a logit: {parity.logits:.2g}; {parity.steps} notes identical")
    excerpts = [piece[:_COMPARED_NOTES] for some in source.pieces.values() for piece in some]

    def in_int8() -> tuple[Written, QuantisationLoss]:
        small = quantised(plain, named, source.card, source.codec)
        small.write(source.card, kept)
        return small, compare_files(plain.predictor(), small.predictor(), excerpts, order.steps)

    made, loss = choose(order.precision, plain, in_int8, say)
    if source.codec.fields == WORD_FIELDS:
        kept |= _words(made, source, order, say)
    heldout = dict(source.card.heldout)
    for corpus, pieces in source.pieces.items():
        say(f"measuring on {how_many(len(pieces), 'held-out piece')} of {corpus}")
        heldout[corpus] = figures(made.predictor(), pieces).as_dict()
    extra = {**source.card.extra, "parity": _proof(parity, loss)}
    card = replace(source.card, precision=made.precision, heldout=heldout, extra=extra)
    made.write(card, kept)
    return made.path, card


def _words(made: Written, source: _Source, order: Order, say: Say) -> dict[str, str]:
    """Return the memory of an instrument of words as metadata; none where the usual one holds."""
    words = source.words
    if order.remembers:
        words = word_memory(made.predictor(), source.folders, words, say)
    elif order.remembers is not None:
        words = NO_MEMORY
    return {} if words is None else {WORD_WEIGHING_KEY: words.to_json()}


def _card(order: Order, network: Any, details: checkpoint.RunDetails) -> Card:
    """Return the card, still without held-out figures."""
    shapes = network.state_shapes
    corpora = corpora_of_all(details)
    return Card(
        name=order.name or order.out.stem,
        codec=details.codec.table(),
        state=tuple(StateTensor(name, shape) for name, shape in shapes.items()),
        context=network.context,
        inputs_required=(*graph_inputs(details.codec), *shapes),
        corpus=corpora,
        licence=order.licence or licence_of(corpora),
        recipe=details.recipe.as_dict(),
        training=training_of_all(details, network.count_params()),
        heldout={},
        precision="fp32",  # until another is chosen
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        extra={"continued_from": details.origin} if details.origin else {},
    )


def _proof(parity: Parity, loss: QuantisationLoss | None) -> dict[str, Any]:
    """Return the results of the proof, as JSON values."""
    proof: dict[str, Any] = {"steps": parity.steps, "largest_logit_difference": parity.logits}
    if loss is not None:
        proof |= {
            "int8_alike": round(loss.alike, 5),
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
        if folder is None:
            continue
        reading = Reading.for_codec(details.codec, corpus["tracks"])
        read, defects = read_files(folder, corpus["heldout"], reading)
        for defect in defects:
            say(f"left out: {defect.file} {defect.reason}")
        heldout_pieces[corpus["name"]] = [details.codec.encode(piece.notes) for piece in read]
    return heldout_pieces
