"""Compare variants of the house network at equal notes seen: nats on held-out pieces.

Each call trains one variant from random weights by the recipe `house-first`, for a short time, on
the training pieces of the corpora, and prints one JSON object: the notes seen, the size, the
seconds, and nats a note on the held-out pieces of each corpus (the first `--whole` notes of a
piece, without its first 16). The rows of the table in docs/training.md are its output.

A variant is a change of the recipe, such as `--set fit.average=0.99`, or one of these parts,
which are experiments and not of the product:

beat        the place of the note read in its beat, in 24 classes, and one for "unknown"; known
            where a corpus has a tempo map (`--beats NAME`)
top         notes of a chord (steps under 5 ms) from the highest down; from the bass up the product
            reads them too: `codec.chords`

`python benchmarks/variants.py [--set KEY=VALUE]... [--part PART] [--notes N] CORPUS...`
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon_training.corpora.corpus import Corpus, Reading, load_corpus
from antiphon_training.corpora.split import split_corpora
from antiphon_training.fitting.pieces import lesson
from antiphon_training.kinds.setup import Pieces
from antiphon_training.recipe import Recipe, find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

PLACES = 24
"""Places in a beat: sixteenths and triplets fall on whole ones. 0 is "unknown"."""
UNCOUNTED = 16
PARTS = ("beat", "top")


def main() -> None:
    """Print the figures of one variant."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("corpora", nargs="+", metavar="CORPUS")
    options.add_argument("--recipe", default="house-first")
    options.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="changes")
    options.add_argument("--part", choices=PARTS)
    options.add_argument("--notes", type=int, default=2_000_000, help="notes seen (2,000,000)")
    options.add_argument("--every", type=int, default=1, help="learn every nth piece (1)")
    options.add_argument("--whole", type=int, default=1500, help="notes of a held-out piece (1500)")
    options.add_argument("--beats", action="append", default=[], metavar="NAME")
    chosen = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    recipe = _changed(read_recipe(find_recipe(chosen.recipe)), chosen.changes, chosen.notes)
    corpora = [
        load_corpus(folder, recipe.reading(Path(folder).name), composers=recipe.corpus.composers)
        for folder in chosen.corpora
    ]
    plain = {"beat": BeatCodec, "top": TopCodec}.get(chosen.part, PerformanceCodec)
    codec = plain(recipe.codec.pedal, recipe.codec.chords)
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    music = [_placed(one, recipe, chosen.part, chosen.beats) for one in corpora]
    learned = [(i, j) for i, split in enumerate(splits) for j in split.train[:: chosen.every]]
    train = [music[i][j] for i, j in learned]
    lessons = [lesson(corpora[i].name, corpora[i].piece(j), recipe.corpus) for i, j in learned]
    network, spent = fitted(recipe, codec, chosen.part, Pieces(train, train[:1], lessons))
    told: dict[str, Any] = {
        "variant": [chosen.part] if chosen.part else chosen.changes,
        "notes": recipe.fit.epochs
        * recipe.fit.steps_an_epoch
        * recipe.fit.batch
        * recipe.fit.steps,
        "parameters": network.count_params(),
        "core_seconds": round(spent),
        "nats": {},
    }
    for i, split in enumerate(splits):
        pieces = [codec.encode(music[i][j][: chosen.whole]) for j in split.heldout]
        told["nats"][corpora[i].name] = nats(network, codec, pieces)
        if chosen.part == "beat" and corpora[i].name in chosen.beats:
            for piece in pieces:
                piece[:, 4] = 0
            told["nats"][f"{corpora[i].name}, beat unknown"] = nats(network, codec, pieces)
    print(json.dumps(told), flush=True)


def _changed(recipe: Recipe, changes: Sequence[str], notes: int) -> Recipe:
    """Return a recipe with other values of single keys, for about so many notes."""
    sections: dict[str, dict[str, Any]] = {}
    for change in changes:
        key, _, value = change.partition("=")
        section, _, name = key.partition(".")
        sections.setdefault(section, {})[name] = json.loads(value)
    for section, values in sections.items():
        replaced = msgspec.structs.replace(getattr(recipe, section), **values)
        recipe = msgspec.structs.replace(recipe, **{section: replaced})
    fit = recipe.fit
    rounds = round(notes / (fit.batch * fit.steps * fit.batches_a_round))
    length = msgspec.structs.replace(fit, rounds_an_epoch=rounds, epochs=1)
    return msgspec.structs.replace(recipe, fit=length)


def fitted(recipe: Recipe, codec: Any, part: str | None, pieces: Pieces) -> tuple[Any, float]:
    """Return the trained network and the seconds of a core; averaged weights where it has some."""
    import keras
    import tensorflow as tf

    from antiphon_training.fitting.precision import in_precision
    from antiphon_training.kinds.stream_training import set_up_notes
    from antiphon_training.networks.house import HouseNetwork

    keras.utils.set_random_seed(recipe.fit.seed)
    with in_precision(recipe.fit.precision):
        sizes = recipe.network
        network = HouseNetwork(
            PerformanceCodec.fields,
            PerformanceCodec.sizes,
            codec.input_sizes,
            units=sizes.units,
            embedding=sizes.embedding,
            head=sizes.head,
            layers_count=sizes.layers,
            dropout=sizes.dropout,
            attention=sizes.attention,
            name="house",
        )
        network.build()
        plain = PerformanceCodec()
        setup = set_up_notes(
            network, recipe, plain, Pieces(pieces.train[:1], pieces.train[:1]), None
        )
        fit = recipe.fit

        def batches() -> Iterator[Any]:
            from antiphon_training.sequences.stretches import Stretches

            source = Stretches(
                pieces.train, codec, fit.batch, fit.steps, fit.batches_a_round,
                recipe.augmentation.values(), fit.seed, pieces.lessons,
            )  # fmt: skip
            for index in range(fit.rounds_an_epoch + 1):
                for inputs, fields in source.round(index):
                    yield inputs, {name: fields[name] for name in plain.fields}

        notes = tf.TensorSpec((fit.batch, fit.steps, len(codec.fields)), tf.int32)
        signature = (
            {"previous": notes, "target": notes, "reset": tf.TensorSpec((fit.batch,), tf.float32)},
            {name: tf.TensorSpec((fit.batch, fit.steps), tf.int32) for name in plain.fields},
        )
        stream = tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)
        begun = time.process_time()
        setup.model.fit(stream, epochs=1, steps_per_epoch=fit.steps_an_epoch, verbose=0)
        spent = time.process_time() - begun
        # At its end `fit` puts the averages in place of the last weights, where there are any.
    return network, spent


def nats(network: Any, codec: Any, pieces: Sequence[NDArray[np.int32]]) -> dict[str, float]:
    """Return nats a note of pieces by field, and their total."""
    import tensorflow as tf

    compiled = tf.function(network)
    sums, count = np.zeros(4), 0
    order = sorted(pieces, key=len)
    for first in range(0, len(order), 8):
        rows = order[first : first + 8]
        length = -(-max(map(len, rows)) // 256) * 256
        read = np.zeros((8, length, len(codec.fields)), np.int32)
        truth = np.zeros_like(read)
        known = np.zeros((8, length), bool)
        for i, piece in enumerate(rows):
            truth[i, : len(piece)] = piece
            read[i, 0] = codec.start
            read[i, 1 : len(piece)] = piece[:-1]
            known[i, UNCOUNTED : len(piece)] = True
        found = compiled({"previous": tf.constant(read), "target": tf.constant(truth)})
        count += known.sum()
        for i, name in enumerate(PerformanceCodec.fields):
            logits = np.asarray(found[name], np.float64)[known]
            top = logits.max(axis=-1, keepdims=True)
            log_sum = np.log(np.exp(logits - top).sum(axis=-1)) + top[:, 0]
            sums[i] += (log_sum - logits[np.arange(len(logits)), truth[known][:, i]]).sum()
    by_field = dict(zip(PerformanceCodec.fields, (sums / count).round(4).tolist(), strict=True))
    return {**by_field, "total": round(float(sums.sum() / count), 4)}


class BeatCodec(PerformanceCodec):
    """Adds the place in the beat as a fifth column, which is read and never predicted."""

    fields = (*PerformanceCodec.fields, "place")  # type: ignore[assignment]
    sizes = (*PerformanceCodec.sizes, PLACES + 1)  # type: ignore[assignment]
    input_sizes = (*PerformanceCodec.input_sizes, PLACES + 1)  # type: ignore[assignment]
    start = (*PerformanceCodec.start, 0)  # type: ignore[assignment]

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return classes (notes, 5)."""
        classes = super().encode(notes, previous_onset)
        classes[:, 4] = notes["place"]
        return classes


class TopCodec(PerformanceCodec):
    """Reads the notes of a chord downwards."""

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return classes (notes, 4), in another order within chords; their steps stay."""
        classes = super().encode(notes, previous_onset)
        chord = np.cumsum(classes[:, 1] > 0)
        order = np.lexsort((-classes[:, 0], chord))
        steps = classes[:, 1].copy()
        classes = classes[order]
        classes[:, 1] = steps
        return classes


def _placed(corpus: Corpus, recipe: Recipe, part: str | None, known: Sequence[str]) -> list[Any]:
    """Return the pieces of a corpus; with the part "beat" they have the place in the beat too."""
    pieces = [corpus.piece(i) for i in range(len(corpus.files))]
    if part != "beat":
        return pieces
    placed = []
    beats = None
    if corpus.name in known:
        reading = recipe.reading(corpus.name)
        beats = load_corpus(corpus.folder, Reading(reading.tracks, reading.pedal, "beats"))
    for i, piece in enumerate(pieces):
        wide = np.zeros(len(piece), [*piece.dtype.descr, ("place", "i4")])
        for name in piece.dtype.names:
            wide[name] = piece[name]
        if beats is not None and len(beats.piece(i)) == len(piece):
            place = np.round(beats.piece(i)["onset"] * PLACES) % PLACES
            wide["place"] = 1 + place.astype(np.int32)
        placed.append(wide)
    return placed


if __name__ == "__main__":
    main()
