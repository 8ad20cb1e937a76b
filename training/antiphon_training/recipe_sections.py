"""The sections of a recipe that all kinds of network share, and the keys of each.

The kinds add their own keys to `CodecSection`, `NetworkSection` and `FitSection`: see
`antiphon_training.kinds`. Values are checked when a recipe is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from antiphon.music.pedal import Pedal
from antiphon_training.sequences.stretches import Augmentation

if TYPE_CHECKING:
    from collections.abc import Mapping

Count = Annotated[int, Meta(ge=1)]
Layers = Annotated[list[Count], Meta(min_length=1)]
"""Widths of one or more layers."""

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
BelowOne = Annotated[float, Meta(ge=0.0, lt=1.0)]
Precision = Literal["auto", "float32", "bfloat16"]

OLD_NAMES = {"fit": {"watched": "validation_windows"}}
"""Old names of keys, by section; recipes, run folders and cards that have them are still
read."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section of a recipe."""


class CodecSection(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The codec, and how it treats the pedal."""

    name: str = ""
    pedal: Pedal = "keys"


class NetworkSection(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The kind of network, and its sizes."""

    kind: str = ""


class FitSection(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The training of a network: keys that all kinds have."""

    batch: Count = 64
    epochs: Count = 50
    patience: Count = 10
    precision: Precision = "auto"
    origin_share: Share = 0.0
    seed: int = 1


class SourceRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Licence, attribution and source of a corpus for the card, in place of its folder's."""

    licence: str | None = None
    attribution: str | None = None
    source: str | None = None

    def given(self) -> dict[str, str]:
        """Return the keys that have a value."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class CorpusRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parts of the corpora to read, their split, and their sources."""

    valid_share: Share = 0.02
    reader: Literal["symusic", "music21"] = "symusic"
    composers: list[str] = []
    tracks: dict[str, list[str]] = {}
    weight: dict[str, Positive] = {}
    untaught: dict[str, list[str]] = {}
    flat_velocity: Annotated[float, Meta(ge=0.0)] = 0.0
    sources: dict[str, SourceRecipe] = {}


class AugmentationRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Variation of the music; see `antiphon_training.sequences.stretches.Augmentation`."""

    semitones: Annotated[int, Meta(ge=0, le=24)] = 6
    tempo: Annotated[float, Meta(ge=1.0, le=2.0)] = 1.15
    held_share: Share = 0.5
    held_every: Count = 48

    def values(self) -> Augmentation:
        """Return the same in the form that the sequences take."""
        return Augmentation(self.semitones, self.tempo, self.held_share, self.held_every)


def with_new_names(section: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section as it was written, with keys of old names under their new ones."""
    names = OLD_NAMES.get(section, {})
    return {names.get(key, key): value for key, value in written.items()}
