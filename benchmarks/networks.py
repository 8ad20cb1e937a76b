"""Compare kinds of network at equal notes learned, beside the milliseconds that a note takes.

The kinds of one family read the same codec. Each is trained from random weights by its recipe
on the training pieces of the corpora, varied alike, on the same number of notes or words, and
measured on the held-out pieces: nats, without the first 16 rows of a piece. Then all are
exported to int8 and take turns in drawing, on one thread: the least time of each, beside that
of the first. Prints one JSON object a network, and the rows of the table in docs/training.md.

Some are wider or larger than their recipe, so that there are two of about the same time a note.
`--quick` has the sizes of the recipes' `--quick`, for a first look; `--notes 0` measures times
alone. `--keep FOLDER` keeps what is trained, so that the same command resumes. `--batch` sets
the rows of a batch of all of them: a short training needs smaller ones than the recipes have,
for more steps. What each network reached goes to stderr at once.

`python benchmarks/networks.py {words,notes} [--notes N] [--batch N] [--quick] CORPUS...`
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from instrument_file import write_instrument
from resumed_fit import fit

from antiphon.instrument import Ask, Predictor
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.split import split_corpora
from antiphon_training.kinds.classic import ClassicNetworkSection
from antiphon_training.kinds.setup import Pieces
from antiphon_training.recipe import Recipe, find_recipe, read_recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec

UNCOUNTED = 16
PARTS = 10
"""A training is kept after each of so many parts."""
DECAY_SHARE = 0.4
"""The share of the steps in which the rate of a constant recipe falls, as that of streams."""
SHORT = {"batch": 8}
"""A stream learns a thousand words in each of its steps, not 4,096, so that there are enough."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A network of the table.

    Attributes
    ----------
    name, recipe : str
        What the table calls it, and the recipe that it is trained by.
    network, quick : mapping
        Other values of the section [network] than the recipe's, and than those of its
        quick variant.
    fit : mapping
        Other values of the section [fit] than the recipe's, which is for long trainings.
    times : int
        How many times as many rows as the others it learns.
    plain : bool
        Whether it is the classic network without the attention of its recipe.
    """

    name: str
    recipe: str
    network: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)
    fit: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    plain: bool = False


FAMILIES = {
    "words": (
        Variant("LSTM, window", "attention", plain=True),
        Variant(
            "the same, as slow as with attention",
            "attention",
            {"lstm": [288, 288]},
            {"lstm": [112]},
            plain=True,
        ),
        Variant("LSTM with attention, window", "attention"),
        Variant("Transformer, stream", "transformer-words", fit=SHORT),
        Variant(
            "the same, larger",
            "transformer-words",
            {"blocks": 6, "heads": 8},
            {"blocks": 4, "head_units": 48},
            fit=SHORT,
        ),
        Variant(
            "Transformer, stream, eight times the words", "transformer-words", fit=SHORT, times=8
        ),
    ),
    "notes": (
        Variant("LSTM, stream", "house-first"),
        Variant("the same, wider", "house-first", {"units": 832}, {"units": 384}),
        Variant("LSTM with attention, stream", "house-first", {"attention": 64}, {"attention": 32}),
        Variant("Transformer, stream", "transformer-notes"),
    ),
}


def main() -> None:
    """Print the figures of one family."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("family", choices=FAMILIES)
    options.add_argument("corpora", nargs="+", metavar="CORPUS")
    options.add_argument("--notes", type=int, default=2_000_000, help="rows learned (2,000,000)")
    options.add_argument("--every", type=int, default=1, help="learn every nth piece (1)")
    options.add_argument("--batch", type=int, help="rows of a batch, instead of the recipe's")
    options.add_argument("--whole", type=int, default=1500, help="rows of a held-out piece (1500)")
    options.add_argument("--heldout", type=int, default=40, help="held-out pieces (40)")
    options.add_argument("--turns", type=int, default=20, help="turns of each in drawing (20)")
    options.add_argument("--keep", type=Path, help="a folder for what is trained, to resume")
    options.add_argument("--quick", action="store_true", help="the sizes of the quick recipes")
    chosen = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    variants = FAMILIES[chosen.family]
    recipes = [recipe_of(one, quick=chosen.quick) for one in variants]
    # Music that varies less is learned sooner, so it is varied alike for all.
    alike = recipes[-1].augmentation
    recipes = [with_batch(one, chosen.batch, augmentation=alike) for one in recipes]
    codec, learned, heldout = music_of(recipes[0], chosen)
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        players = []
        for number, (variant, recipe) in enumerate(zip(variants, recipes, strict=True)):
            keep = chosen.keep / str(number) if chosen.keep else None
            rows = chosen.notes * variant.times
            network, figures = fitted(recipe, codec, learned, rows, keep)
            if chosen.notes:
                figures["nats"] = nats(network, codec, heldout)
            path = Path(folder) / f"{number}.onnx"
            write_instrument(network, codec, path)
            figures["MB"] = round(path.stat().st_size / 1e6, 2)
            players.append(Predictor(path, 1))
            told.append({"network": variant.name, "recipe": variant.recipe, **figures})
            print(json.dumps(told[-1]), file=sys.stderr, flush=True)
        least = least_times(players, chosen.turns)
    for figures, seconds in zip(told, least, strict=True):
        figures["ms"] = round(seconds * 1000.0, 3)
        figures["of the first"] = round(seconds / least[0], 2)
        print(json.dumps(figures), flush=True)
    print(table(told, len(heldout)))


def recipe_of(variant: Variant, *, quick: bool) -> Recipe:
    """Return the recipe of a network; words that are heard 10 times are known to all."""
    recipe = read_recipe(find_recipe(variant.recipe), quick)
    values = variant.quick if quick else variant.network
    network = msgspec.structs.replace(recipe.network, **values)
    if variant.plain:
        known = {key.name for key in msgspec.structs.fields(ClassicNetworkSection)} - {"kind"}
        network = ClassicNetworkSection(**{key: getattr(network, key) for key in sorted(known)})
    codec = recipe.codec
    if codec.name == "symbols":
        codec = msgspec.structs.replace(codec, seen=10)
    section = recipe.fit if quick else msgspec.structs.replace(recipe.fit, **variant.fit)
    return msgspec.structs.replace(recipe, network=network, codec=codec, fit=section)


def with_batch(recipe: Recipe, batch: int | None, **changes: Any) -> Recipe:
    """Return a recipe with other sections, and with so many rows a batch where that is given."""
    fit = msgspec.structs.replace(recipe.fit, batch=batch) if batch else recipe.fit
    return msgspec.structs.replace(recipe, fit=fit, **changes)


def music_of(
    recipe: Recipe, chosen: argparse.Namespace
) -> tuple[Codec, Pieces, list[NDArray[np.int32]]]:
    """Return the codec, the pieces to learn and the held-out pieces as classes."""
    corpora = [load_corpus(one, recipe.reading(Path(one).name)) for one in chosen.corpora]
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    train, heldout = [], []
    for corpus, split in zip(corpora, splits, strict=True):
        train += [corpus.piece(i) for i in split.train[:: chosen.every]]
        heldout += [corpus.piece(i) for i in split.heldout]
    codec = recipe.trained_codec.learn(recipe.codec, train)
    some = np.linspace(0, len(heldout) - 1, min(chosen.heldout, len(heldout))).astype(int)
    encoded = [codec.encode(heldout[i])[: chosen.whole] for i in some]
    return codec, Pieces(train, train[:8]), [one for one in encoded if len(one) > UNCOUNTED]


def fitted(
    recipe: Recipe, codec: Codec, pieces: Pieces, rows: int, keep: Path | None
) -> tuple[Any, dict[str, Any]]:
    """Return the network, trained on so many rows, and what that took."""
    import keras

    from antiphon_training.fitting.precision import in_precision

    recipe = _lasting(recipe, rows)
    keras.utils.set_random_seed(recipe.fit.seed)
    with in_precision(recipe.fit.precision):
        network = recipe.kind.build(recipe.network, codec)
        figures: dict[str, Any] = {"parameters": network.count_params()}
        if rows:
            setup = recipe.kind.set_up(network, recipe, codec, pieces, None)
            plan = setup.plan
            figures["rows"] = plan.all_parts * plan.steps_a_part * plan.notes_a_step
            figures["core_seconds"] = round(fit(setup, keep))
    with in_precision("float32"):
        exact = recipe.kind.build(recipe.network, codec)
        exact.set_weights(network.get_weights())
    return exact, figures


def _lasting(recipe: Recipe, rows: int) -> Recipe:
    """Return a recipe that learns so many rows; its learning rate has its whole course in them."""
    section, changes = recipe.fit, {}
    if rows and hasattr(section, "rounds_an_epoch"):
        rounds = max(round(rows / (section.batch * section.steps * section.batches_a_round)), 1)
        parts = min(PARTS, rounds)
        rounds = round(rounds / parts)
        steps = parts * rounds * section.batches_a_round
        warm = min(section.warmup_steps, max(steps // 10, 1))
        changes = {"rounds_an_epoch": rounds, "epochs": parts, "warmup_steps": warm}
    elif rows:
        decay = section.decay_share or DECAY_SHARE
        part = math.ceil(rows / PARTS)
        changes = {"windows": rows, "part": part, "epochs": 1, "decay_share": decay}
    return msgspec.structs.replace(recipe, fit=msgspec.structs.replace(section, **changes))


def nats(network: Any, codec: Codec, pieces: Sequence[NDArray[np.int32]]) -> float:
    """Return the nats a row of pieces, of all fields together."""
    import tensorflow as tf

    from antiphon_training.networks.window import WINDOWS_AT_ONCE

    compiled: list[Any] = []

    def once(function: Any) -> Any:
        compiled[:] = compiled or [tf.function(function)]
        return compiled[0]

    total, count = 0.0, 0
    ends = np.cumsum((0, *codec.sizes))
    for piece in pieces:
        read = np.concatenate([np.array([codec.start], np.int32), piece[:-1]])
        # In few lengths, because each is compiled for itself. No row sees a later one.
        more = ((0, -len(piece) % WINDOWS_AT_ONCE), (0, 0))
        found = network.piece_logits(np.pad(read, more), np.pad(piece, more), once)
        logits = found[UNCOUNTED : len(piece)].astype(float)
        for i, (first, last) in enumerate(pairwise(ends)):
            own = logits[:, first:last]
            top = own.max(axis=1, keepdims=True)
            chance = own - top - np.log(np.exp(own - top).sum(axis=1, keepdims=True))
            total -= float(chance[np.arange(len(own)), piece[UNCOUNTED:, i]].sum())
        count += len(logits)
    return round(total / count, 3)


def least_times(players: Sequence[Predictor], turns: int) -> list[float]:
    """Return the least seconds that a row takes to draw with each, in turns."""
    least = [math.inf] * len(players)
    for _ in range(turns):
        for i, player in enumerate(players):
            rng = np.random.default_rng(1)
            state, previous = player.initial_state(), np.array(player.codec.start)
            for _ in range(50):
                uniforms = rng.random(len(previous), dtype=np.float32)
                begun = time.perf_counter()
                found = player.step(Ask(state, previous, uniforms))
                least[i] = min(least[i], time.perf_counter() - begun)
                state, previous = found.state, found.classes
    return least


def table(told: Sequence[Mapping[str, Any]], pieces: int) -> str:
    """Return the rows in Markdown."""
    lines = [
        f"| network | parameters | rows learned | core seconds | nats ({pieces} pieces) | time |",
        "|---|---|---|---|---|---|",
    ]
    for one in told:
        cells = [one["network"], f"{one['parameters']:,}"]
        cells += [str(one.get(key, "")) for key in ("rows", "core_seconds", "nats", "of the first")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
