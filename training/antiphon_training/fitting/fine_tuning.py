"""Fine-tuning: an instrument's network, read from its file alone, to be trained further.

The card gives the codec and the sizes, and the metadata says which tensors are the
weights (`antiphon_training.networks.weights`). Weights in int8 are turned back into
floats, each at most half a step of its scale from its value before quantisation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from antiphon.errors import TrainingError
from antiphon.instrument import Card, load_card
from antiphon.instrument.metadata import read_metadata
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.registry import codec_from_table
from antiphon_training.corpora.composers import chosen_composers
from antiphon_training.kinds.codecs import PerformanceSection
from antiphon_training.kinds.registry import CODECS, KINDS
from antiphon_training.networks.weights import WEIGHTS_KEY, assign_graph_weights
from antiphon_training.recipe import Recipe
from antiphon_training.recipe_sections import AugmentationRecipe, CodecSection, CorpusRecipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


ZERO_POINT = 128
TRAIN_SHARE = 0.85
"""The share of each piece, from its beginning, that is trained on; the rest is for
validation. Sessions are few and long."""


@dataclass(frozen=True)
class Pretrained:
    """An instrument whose weights a run starts from.

    Attributes
    ----------
    card : Card
        Its card.
    codec : Codec
        Its codec, with its vocabulary.
    weights : dict of str to array
        Its weights, each by its path in the network.
    """

    card: Card
    codec: Codec
    weights: dict[str, NDArray[np.float32]]

    def assign_to(self, network: Any) -> list[str]:
        """Put the weights into a network of the same kind and sizes.

        Returns
        -------
        list of str
            The parts of the network that the instrument does not have.

        Raises
        ------
        TrainingError
            They do not fit.
        """
        try:
            return assign_graph_weights(network, self.weights)
        except ValueError as error:
            raise TrainingError(
                f"The instrument {self.card.name} cannot be trained further: {error}; "
                "choose a recipe of its sizes, or an instrument that this version of Antiphon "
                "has exported."
            ) from error

    def check_codec(self, section: CodecSection) -> None:
        """Check that a recipe has the codec's classes; chords may be in any order.

        Raises
        ------
        TrainingError
            It has another one.
        """
        written = self.card.recipe["codec"]
        same = written["name"] == section.name
        if not same or _classes(msgspec.convert(written, type(section))) != _classes(section):
            raise TrainingError(
                f"The instrument {self.card.name} was trained with another codec than this "
                f"recipe's; in the recipe, [codec] must be {written}."
            )

    def codec_for(self, section: CodecSection) -> Codec:
        """Return the codec, with the order of chords of a recipe that `check_codec` let pass."""
        if not isinstance(section, PerformanceSection):
            return self.codec
        return codec_from_table({**self.card.codec, "chords": section.chords})

    def recipe(
        self,
        tracks: Mapping[str, Sequence[str]] | None = None,
        composers: Sequence[str] | None = None,
    ) -> Recipe:
        """Return a recipe for a little more training, on other corpora.

        Parameters
        ----------
        tracks : mapping of str to sequence of str, optional
            By name of a corpus, the tracks to train on; all of other corpora.
        composers : sequence of str, optional
            The composers to learn from; all when not given.
        """
        written = self.card.recipe
        kind = KINDS[written.get("network", {}).get("kind", "house")]
        return Recipe(
            codec=msgspec.convert(written["codec"], CODECS[self.codec.name].section),
            network=msgspec.convert(written["network"], kind.network_section),
            corpus=CorpusRecipe(
                tracks={name: list(some) for name, some in (tracks or {}).items()},
                composers=chosen_composers(composers) or [],
            ),
            augmentation=msgspec.convert(written["augmentation"], AugmentationRecipe),
            fit=kind.gentle(written.get("fit", {})),
        )

    def summary(self) -> dict[str, Any]:
        """Return what the card of an instrument that continues this one says of it."""
        card = self.card
        return {
            "name": card.name,
            "created": card.created,
            "licence": card.licence,
            "training": dict(card.training),
            "heldout": dict(card.heldout),
            "corpus": [dict(corpus) for corpus in card.corpus],
        }


def _classes(section: CodecSection) -> dict[str, Any]:
    """Return what the classes of a codec depend on."""
    return {k: v for k, v in msgspec.structs.asdict(section).items() if k != "chords"}


def read_pretrained(path: Path) -> Pretrained:
    """Read an instrument so that it can be trained further.

    Raises
    ------
    InstrumentError
        The file is no instrument.
    TrainingError
        Its metadata does not say which of its tensors are the weights.
    """
    card = load_card(path)
    labels = json.loads(read_metadata(path).get(WEIGHTS_KEY, "{}"))
    if not labels:
        raise TrainingError(
            f"The instrument {path} cannot be trained further, because it does not say where its "
            "weights are; choose one that this version of Antiphon has exported."
        )
    return Pretrained(card, codec_from_table(card.codec), _read_weights(path, labels))


def _read_weights(path: Path, labels: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return the weights that the labels of a file name, or hold."""
    import onnx
    from onnx import numpy_helper

    held = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer
    }
    weights = {}
    for name, label in labels.items():
        if isinstance(label, list):
            weights[name] = np.array(label, dtype=np.float32)
            continue
        place = label if isinstance(label, dict) else {"tensor": label}
        whole = _read_tensor(held, place["tensor"])
        if whole is not None:
            rows, columns = (slice(*place.get(axis, [None])) for axis in ("rows", "columns"))
            # In int8, weights contain the step of the activation that they multiply.
            block = np.atleast_2d(whole)[rows, columns] / np.float32(place.get("step", 1.0))
            weights[name] = block.reshape(-1) if whole.ndim == 1 else block
    return weights


def _read_tensor(held: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32] | None:
    """Return a tensor in float32, or None where there is none of this name."""
    if name in held:
        return held[name].astype(np.float32)
    stored = held.get(f"{name}_int8")
    if stored is None:
        return None
    zero = ZERO_POINT if stored.dtype == np.uint8 else 0
    weights: NDArray[np.float32] = (stored.astype(np.float32) - zero) * held[f"{name}_scale"]
    return weights
