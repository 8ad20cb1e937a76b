"""How good a minute's training is: each recipe's `--quick` beside the n-gram's first order.

For each recipe the network is trained on the training pieces of the corpora, and its loss on
the validation windows is compared with the nats that the n-gram and its first order (how
often each class occurs) need for all rows of the same pieces, which neither learned from.
Seconds are of one core, of this whole process until the training ends, imports included. Of
a network of triplets the pitch alone is compared, for it predicts times by least squares.

`python benchmarks/quick.py RECIPE CORPUS...` prints one row of the table in docs/training.md.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.cli.verbosity import Verbosity
from antiphon.music.codecs.registry import codec_from_table
from antiphon_training.commands.train import TrainOrder, run
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.split import split_corpora
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.fitting import run_folder
from antiphon_training.fitting.pieces import split_pieces
from antiphon_training.recipe import find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PITCH = "pitch"


def main() -> None:
    """Print the row of one recipe."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("recipe", metavar="RECIPE")
    options.add_argument("corpora", nargs="+", metavar="CORPUS")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
        print(row(chosen.recipe, chosen.corpora, Path(folder) / "run"))


def row(name: str, corpora: Sequence[str], out: Path) -> str:
    """Return the row: recipe, rows seen, classes, core seconds, and nats of all three."""
    order = TrainOrder(corpora=corpora, out=out, recipe=name, quick=True)
    done, unit = run(order, Verbosity())
    seconds = sum(os.times()[:4])
    recipe = read_recipe(find_recipe(name), quick=True)
    loaded = [
        load_corpus(
            corpus,
            recipe.reading(Path(corpus).resolve().name),
            composers=recipe.corpus.composers or None,
        )
        for corpus in corpora
    ]
    pieces = split_pieces(recipe.corpus, loaded, split_corpora(loaded, recipe.corpus.valid_share))
    codec = codec_from_table(run_folder.read_json(out / run_folder.CODEC))
    ngram = NGramInstrument.learn(codec, [codec.encode(piece) for piece in pieces.train])
    fields = codec.fields if unit == "nats" else (PITCH,)
    places = [codec.fields.index(field) for field in fields]
    heard = [rows for piece in pieces.validation if len(rows := codec.encode(piece))]
    known = [nats(each, heard, places) for each in (ngram.unigram(), ngram)]
    with (out / run_folder.LOG).open(encoding="utf-8", newline="") as lines:
        best = min(csv.DictReader(lines), key=lambda each: float(each["val_loss"]))
    loss = float(best["val_loss" if unit == "nats" else f"val_{PITCH}_loss"])
    cells = [name, f"{done['notes_seen']:,}", f"{codec.sizes[0]}", f"{seconds:.0f}"]
    return " | ".join(cells + [f"{figure:.2f}" for figure in (known[0], loss, known[1])])


def nats(
    instrument: NGramInstrument, pieces: Sequence[NDArray[np.int32]], fields: Sequence[int]
) -> float:
    """Return the mean nats a row of some fields, by their indices."""
    rows = np.concatenate([score.nats for score in instrument.score(pieces)])
    return float(rows[:, fields].sum(axis=1).mean())


if __name__ == "__main__":
    main()
