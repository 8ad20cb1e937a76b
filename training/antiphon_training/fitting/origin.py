"""An instrument that goes on learning: its network, taken from the file alone.

The card tells the codec and the sizes, the metadata which tensors are the
weights (`antiphon_training.networks.weights`). Weights in int8 come back as the
numbers that they stand for, half a step of their scale from what they were.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from antiphon import resources
from antiphon.errors import TrainingError
from antiphon.instrument import Card, load_card
from antiphon.instrument.metadata import read_metadata
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.registry import codec_from_table
from antiphon_training.networks.weights import WEIGHTS_KEY, assign_graph_weights
from antiphon_training.recipe import Recipe
from antiphon_training.recipe_sections import (
    CODECS,
    FITS,
    NETWORKS,
    CorpusRecipe,
    FitRecipe,
    WindowFitRecipe,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


ZERO_POINT = 128
LEARNED_SHARE = 0.85
"""Of each piece, from its beginning; the rest is watched. Sessions are few and long."""


@dataclass(frozen=True)
class Origin:
    """An instrument to begin from.

    Attributes
    ----------
    card : Card
        Its card.
    codec : Codec
        What it reads and writes, vocabulary and all.
    weights : dict of str to array
        What it has learned, by the path of each weight.
    """

    card: Card
    codec: Codec
    weights: dict[str, NDArray[np.float32]]

    def give(self, network: Any) -> None:
        """Put the weights into a network that was built for them.

        Raises
        ------
        TrainingError
            They do not fit.
        """
        try:
            assign_graph_weights(network, self.weights)
        except ValueError as error:
            raise TrainingError(
                f"The instrument {self.card.name} cannot go on learning: {error}; "
                "choose one that this version of Antiphon has exported."
            ) from error

    def recipe(self, folders: Sequence[str], tracks: Sequence[str] | None) -> Recipe:
        """Return a gentle recipe for what the instrument is to hear now.

        Parameters
        ----------
        folders : sequence of str
            Names of the corpora.
        tracks : sequence of str, optional
            The tracks to learn from; all when not given.
        """
        kind: str = self.card.recipe.get("network", {}).get("kind", "house")
        heard = CorpusRecipe(tracks={name: list(tracks) for name in folders} if tracks else {})
        own = {name: self.card.recipe[name] for name in ("codec", "augmentation")}
        codec: Any = msgspec.convert(own["codec"], CODECS[self.codec.name])
        network: Any = msgspec.convert(self.card.recipe["network"], NETWORKS[kind])
        return Recipe(
            codec=codec,
            network=network,
            corpus=heard,
            augmentation=msgspec.convert(own["augmentation"], type(Recipe().augmentation)),
            fit=_gentle(kind, self.card.recipe.get("fit", {})),
        )

    def told(self) -> dict[str, Any]:
        """Return what the card of its descendant keeps of it."""
        card = self.card
        return {
            "name": card.name,
            "created": card.created,
            "licence": card.licence,
            "training": dict(card.training),
            "heldout": dict(card.heldout),
            "corpus": [dict(corpus) for corpus in card.corpus],
        }


def find_instrument(name: str) -> Path:
    """Return the file of an instrument: a path, or "house" for the shipped one."""
    path = Path(name)
    return resources.house_instrument() if name == "house" and not path.exists() else path


def read_origin(path: Path) -> Origin:
    """Read an instrument so that it can go on learning.

    Raises
    ------
    InstrumentError
        The file is no instrument.
    TrainingError
        It does not say which of its tensors are its weights.
    """
    card = load_card(path)
    labels = json.loads(read_metadata(path).get(WEIGHTS_KEY, "{}"))
    if not labels:
        raise TrainingError(
            f"The instrument {path} cannot go on learning, for it does not say where its weights "
            "are; choose one that this version of Antiphon has exported."
        )
    return Origin(card, codec_from_table(card.codec), _read_weights(path, labels))


def _read_weights(path: Path, labels: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return the weights that the labels of a file speak of."""
    import onnx
    from onnx import numpy_helper

    held = {tensor.name: tensor for tensor in onnx.load(path).graph.initializer}
    weights = {}
    for name, label in labels.items():
        if isinstance(label, list):
            weights[name] = np.array(label, dtype=np.float32)
        elif label in held:
            weights[name] = numpy_helper.to_array(held[label]).astype(np.float32)
        elif f"{label}_int8" in held:
            steps = numpy_helper.to_array(held[f"{label}_int8"]).astype(np.float32)
            weights[name] = (steps - ZERO_POINT) * numpy_helper.to_array(held[f"{label}_scale"])
    return weights


def _gentle(kind: str, before: Mapping[str, Any]) -> Any:
    """Return how to learn a little more: slowly, and not for long."""
    if FITS[kind] is FitRecipe:
        return FitRecipe(
            batch=16,
            rounds_an_epoch=2,
            epochs=8,
            learning_rate=0.0002,
            warmup_steps=8,
            decay_share=0.5,
            patience=3,
        )
    known = {field.name for field in msgspec.structs.fields(WindowFitRecipe)}
    kept = {key: value for key, value in before.items() if key in known}
    rate = float(kept.get("learning_rate", 0.001)) / 5.0
    return msgspec.convert(
        {**kept, "epochs": 6, "patience": 3, "learning_rate": rate, "windows": None},
        WindowFitRecipe,
    )
