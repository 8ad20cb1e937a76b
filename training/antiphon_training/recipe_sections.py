"""The sections of a recipe, and the keys of each; values are checked as they are read.

Which keys `[codec]`, `[network]` and `[fit]` have depends on `codec.name` and
`network.kind`: `CODECS`, `NETWORKS` and `FITS` say so.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from antiphon_training.sequences.stretches import Augmentation

Count = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
Precision = Literal["auto", "float32", "bfloat16"]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a recipe is made of."""


class CodecRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Performed notes as classes, and how the pedal is treated."""

    name: Literal["performance"] = "performance"
    pedal: Literal["keys", "sustain"] = "keys"


class TripletCodecRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notes as pitch, step and duration."""

    name: Literal["triplet"] = "triplet"
    pedal: Literal["keys", "sustain"] = "keys"


class SymbolsCodecRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notes and chords as words; see `antiphon.music.codecs.symbols`."""

    name: Literal["symbols"] = "symbols"
    pedal: Literal["keys", "sustain"] = "keys"
    step: Positive = 0.5
    round_chord_durations: list[Positive] = []
    seen: Count = 1
    words: Count | None = None


class NetworkRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sizes of the house network."""

    kind: Literal["house"] = "house"
    layers: Count = 2
    units: Count = 512
    embedding: Count = 256
    head: Count = 256


class ClassicRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of a classic network of words."""

    kind: Literal["classic"] = "classic"
    reads: Literal["scaled", "one-hot"] = "one-hot"
    length: Count = 64
    lstm: list[Count] = msgspec.field(default_factory=lambda: [512, 256])
    dropout: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.2
    dense: list[Count] = msgspec.field(default_factory=lambda: [256])
    activation: Literal["relu", "tanh", "linear"] = "relu"


class TripletRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of the network of triplets, and what each of its losses weighs."""

    kind: Literal["triplet"] = "triplet"
    length: Count = 25
    lstm: list[Count] = msgspec.field(default_factory=lambda: [128])
    dropout: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.0
    pitch_weight: Positive = 0.05
    step_weight: Positive = 1.0
    duration_weight: Positive = 1.0


class SourceRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the card says of a corpus, in place of what its folder tells."""

    licence: str | None = None
    attribution: str | None = None
    source: str | None = None

    def told(self) -> dict[str, str]:
        """Return what is given, by name."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class CorpusRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of the corpora is read, how they are split, and where they come from."""

    valid_share: Share = 0.02
    reader: Literal["symusic", "music21"] = "symusic"
    composers: list[str] = []
    tracks: dict[str, list[str]] = {}
    sources: dict[str, SourceRecipe] = {}


class AugmentationRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How music is varied; see `antiphon_training.sequences.stretches.Augmentation`."""

    semitones: Annotated[int, Meta(ge=0, le=24)] = 6
    tempo: Annotated[float, Meta(ge=1.0, le=2.0)] = 1.15
    held_share: Share = 0.5
    held_every: Count = 48

    def values(self) -> Augmentation:
        """Return them as the sequences want them."""
        return Augmentation(self.semitones, self.tempo, self.held_share, self.held_every)


class FitRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long, how fast, how carefully the house network learns."""

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
    precision: Precision = "auto"
    seed: int = 1

    @property
    def steps_an_epoch(self) -> int:
        """Number of training batches an epoch."""
        return self.rounds_an_epoch * self.batches_a_round

    @property
    def notes_an_epoch(self) -> int:
        """Number of notes shown an epoch."""
        return self.steps_an_epoch * self.batch * self.steps


class WindowFitRecipe(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how fast a classic network learns."""

    batch: Count = 64
    epochs: Count = 50
    optimizer: Literal["adam", "adamax", "rmsprop"] = "adam"
    learning_rate: Positive = 0.001
    patience: Count = 10
    part: Count = 16384
    windows: Count | None = None
    watched: Count = 4096
    precision: Precision = "auto"
    seed: int = 1


CODECS: dict[str, type[Section]] = {
    "performance": CodecRecipe,
    "triplet": TripletCodecRecipe,
    "symbols": SymbolsCodecRecipe,
}
NETWORKS: dict[str, type[Section]] = {
    "house": NetworkRecipe,
    "classic": ClassicRecipe,
    "triplet": TripletRecipe,
}
FITS: dict[str, type[Section]] = {
    "house": FitRecipe,
    "classic": WindowFitRecipe,
    "triplet": WindowFitRecipe,
}
READS: dict[str, str] = {"house": "performance", "classic": "symbols", "triplet": "triplet"}
"""The codec of each kind of network."""
