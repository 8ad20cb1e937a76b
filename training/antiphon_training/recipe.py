"""A recipe: everything that makes a training run, in one TOML file.

`config/training/house.toml` holds every key with a comment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from antiphon.errors import SettingError
from antiphon_training.sequences import Augmentation

Count = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]


class CodecRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which codec, and how it treats the pedal."""

    name: Literal["performance"] = "performance"
    pedal: Literal["keys", "sustain"] = "keys"


class NetworkRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sizes of the network."""

    kind: Literal["house"] = "house"
    layers: Count = 2
    units: Count = 512
    embedding: Count = 256
    head: Count = 256


class CorpusRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of the corpora is read, and how they are split."""

    valid_share: Share = 0.02
    tracks: dict[str, list[str]] = {}


class AugmentationRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How music is varied; see `antiphon_training.sequences.Augmentation`."""

    semitones: Annotated[int, Meta(ge=0, le=24)] = 6
    tempo: Annotated[float, Meta(ge=1.0, le=2.0)] = 1.15
    held_share: Share = 0.5
    held_every: Count = 48

    def values(self) -> Augmentation:
        """Return them as the sequences want them."""
        return Augmentation(self.semitones, self.tempo, self.held_share, self.held_every)


class FitRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long, how fast, how carefully."""

    batch: Count = 64
    steps: Count = 96
    batches_a_round: Count = 8
    rounds_an_epoch: Count = 20
    epochs: Count = 56
    learning_rate: Positive = 0.002
    warmup_steps: Count = 200
    decay_share: Share = 0.3
    weight_decay: Annotated[float, Meta(ge=0.0)] = 0.01
    gradient_norm: Positive = 1.0
    patience: Count = 10
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 1

    @property
    def steps_an_epoch(self) -> int:
        """Number of training batches an epoch."""
        return self.rounds_an_epoch * self.batches_a_round

    @property
    def notes_an_epoch(self) -> int:
        """Number of notes shown an epoch."""
        return self.steps_an_epoch * self.batch * self.steps


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole recipe."""

    codec: CodecRecipe = CodecRecipe()
    network: NetworkRecipe = NetworkRecipe()
    corpus: CorpusRecipe = CorpusRecipe()
    augmentation: AugmentationRecipe = AugmentationRecipe()
    fit: FitRecipe = FitRecipe()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for a card."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises
    ------
    SettingError
        The file is not there, is no TOML, or holds a key or value that no recipe has.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Recipe)
    except OSError as error:
        raise SettingError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"The recipe {path} is not right: {error}.") from error
