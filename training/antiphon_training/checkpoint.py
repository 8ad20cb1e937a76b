"""The folder of a training run: what `train` writes, resumes and `export` reads.

    recipe.toml         the recipe as it was given
    corpus.json         corpora: names, folders, licences, counts, held-out files
    training.json       what was done so far: epochs, notes, hours, losses
    best.weights.h5     weights with the lowest validation loss
    resume.npz          everything that is needed to go on
    log.csv             one line an epoch; tensorboard/ the same as event files
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antiphon.errors import TrainingError
from antiphon.music.performance import PerformanceCodec
from antiphon_training.network import HouseNetwork
from antiphon_training.recipe import Recipe, read_recipe

RECIPE, CORPUS, TRAINING = "recipe.toml", "corpus.json", "training.json"
BEST, RESUME, LOG = "best.weights.h5", "resume.npz", "log.csv"


@dataclass(frozen=True, slots=True)
class RunDetails:
    """What a run's folder tells besides the weights.

    Attributes
    ----------
    recipe : Recipe
        What it was trained by.
    codec : PerformanceCodec
        What it reads and writes.
    corpora : list of dict
        Name, folder, licence, attribution, files, notes, tracks and held-out files of each.
    training : dict
        Epochs, notes seen, hours, validation losses.
    """

    recipe: Recipe
    codec: PerformanceCodec
    corpora: list[dict[str, Any]]
    training: dict[str, Any]


def build_network(recipe: Recipe, codec: PerformanceCodec) -> HouseNetwork:
    """Return the network that a recipe describes, with its weights made."""
    sizes = recipe.network
    network = HouseNetwork(
        codec.fields,
        codec.sizes,
        codec.input_sizes,
        units=sizes.units,
        embedding=sizes.embedding,
        head=sizes.head,
        layers_count=sizes.layers,
        name="house",
    )
    network.build()
    return network


def load(run: Path) -> tuple[HouseNetwork, RunDetails]:
    """Return the best network of a run, in float32, and what is known of it.

    Raises
    ------
    TrainingError
        The folder is not that of a run, or it has no weights yet.
    """
    for name in (RECIPE, CORPUS, TRAINING, BEST):
        if not (run / name).is_file():
            raise TrainingError(
                f"{run} is no finished training run: it has no {name}; "
                "name the --out folder of `antiphon train`."
            )
    recipe = read_recipe(run / RECIPE)
    codec = PerformanceCodec(recipe.codec.pedal)
    network = build_network(recipe, codec)
    try:
        network.load_weights(run / BEST)
    except (OSError, ValueError) as error:
        raise TrainingError(f"The weights in {run / BEST} do not fit the recipe: {error}") from error
    details = RunDetails(recipe, codec, read_json(run / CORPUS), read_json(run / TRAINING))
    return network, details


def read_json(path: Path) -> Any:
    """Return the value of a JSON file of a run."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file so that a kill leaves the old or the new one."""
    half = path.with_name(path.name + ".half")
    half.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(half, path)
