"""The network of a training run, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.errors import TrainingError
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.registry import codec_from_table
from antiphon_training.fitting import run_folder
from antiphon_training.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunDetails:
    """The contents of the folder of a run besides the weights.

    Attributes
    ----------
    recipe : Recipe
        The recipe that it was trained by.
    codec : Codec
        The codec of its network.
    corpora : list of dict
        Name, folder, licence, attribution, source, files, notes, tracks, validation
        files (`valid`) and held-out files of each.
    training : dict
        Epochs, notes seen, hours, validation losses.
    origin : dict or None
        The instrument that it continues; see `Pretrained.summary`.
    """

    recipe: Recipe
    codec: Codec
    corpora: list[dict[str, Any]]
    training: dict[str, Any]
    origin: dict[str, Any] | None = None


def load(run: Path) -> tuple[Any, RunDetails]:
    """Return the best network of a run, in float32, and its details.

    Raises
    ------
    TrainingError
        The folder is not that of a run, or it has no weights yet.
    """
    for name in (run_folder.RECIPE, run_folder.CORPUS, run_folder.TRAINING, run_folder.BEST):
        if not (run / name).is_file():
            raise TrainingError(
                f"{run} is no training run with a finished epoch: it has no {name}; "
                "name the --out folder of `antiphon train`."
            )
    recipe = read_recipe(run / run_folder.RECIPE)
    codec = _codec(run, recipe)
    network = recipe.kind.build(recipe.network, codec)
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
    """Return the codec of a run; runs from before there were several have no file of it."""
    path = run / run_folder.CODEC
    if path.is_file():
        return codec_from_table(run_folder.read_json(path))
    return recipe.trained_codec.learn(recipe.codec, ())
