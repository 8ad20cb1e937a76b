"""The network of a training run, from its recipe and from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.errors import TrainingError
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.registry import codec_from_table
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.time_bins import time_edges
from antiphon.music.codecs.triplet import TripletCodec
from antiphon_training.fitting import run_folder
from antiphon_training.networks.classic import ClassicNetwork
from antiphon_training.networks.house import HouseNetwork
from antiphon_training.networks.triplet import TripletNetwork
from antiphon_training.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunDetails:
    """What a run's folder tells besides the weights.

    Attributes
    ----------
    recipe : Recipe
        What it was trained by.
    codec : Codec
        What it reads and writes.
    corpora : list of dict
        Name, folder, licence, attribution, source, files, notes, tracks, watched
        and held-out files of each.
    training : dict
        Epochs, notes seen, hours, validation losses.
    origin : dict or None
        What the instrument was that it went on from; see `Origin.told`.
    """

    recipe: Recipe
    codec: Codec
    corpora: list[dict[str, Any]]
    training: dict[str, Any]
    origin: dict[str, Any] | None = None


def build_network(recipe: Recipe, codec: Codec) -> Any:
    """Return the network that a recipe describes, with its weights made."""
    sizes: Any = recipe.network
    network: Any
    if isinstance(codec, SymbolsCodec):
        network = ClassicNetwork(
            codec.sizes[0],
            sizes.length,
            tuple(sizes.lstm),
            tuple(sizes.dense),
            sizes.dropout,
            sizes.activation,
            sizes.reads,
            name="classic",
        )
    elif isinstance(codec, TripletCodec):
        network = TripletNetwork(
            codec.centres,
            time_edges(),
            sizes.length,
            tuple(sizes.lstm),
            sizes.dropout,
            name="triplet",
        )
    else:
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


def load(run: Path) -> tuple[Any, RunDetails]:
    """Return the best network of a run, in float32, and what is known of it.

    Raises
    ------
    TrainingError
        The folder is not that of a run, or it has no weights yet.
    """
    for name in (run_folder.RECIPE, run_folder.CORPUS, run_folder.TRAINING, run_folder.BEST):
        if not (run / name).is_file():
            raise TrainingError(
                f"{run} is no training run that has come through an epoch: it has no {name}; "
                "name the --out folder of `antiphon train`."
            )
    recipe = read_recipe(run / run_folder.RECIPE)
    codec = _codec(run, recipe)
    network = build_network(recipe, codec)
    best = run / run_folder.BEST
    try:
        network.load_weights(best)
    except (OSError, ValueError) as error:
        summary = str(error).partition("\n")[0]
        raise TrainingError(f"The weights in {best} do not fit the recipe: {summary}") from error
    corpora = run_folder.read_json(run / run_folder.CORPUS)
    training = run_folder.read_json(run / run_folder.TRAINING)
    began = run / run_folder.ORIGIN
    origin = run_folder.read_json(began) if began.is_file() else None
    return network, RunDetails(recipe, codec, corpora, training, origin)


def _codec(run: Path, recipe: Recipe) -> Codec:
    """Return the codec of a run; runs of before there were several have none of their own."""
    path = run / run_folder.CODEC
    if path.is_file():
        return codec_from_table(run_folder.read_json(path))
    return PerformanceCodec(recipe.codec.pedal)
