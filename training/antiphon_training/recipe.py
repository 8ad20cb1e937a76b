"""A recipe: everything that makes a training run, in one TOML file.

`config/training/house.toml` holds every key with a comment.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from antiphon import resources
from antiphon.errors import SettingError, UsageError
from antiphon.settings.kinds import convert, describe, nearest
from antiphon_training.sequences.stretches import Augmentation

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


class SourceRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the card says of a corpus, in place of what its folder tells."""

    licence: str | None = None
    attribution: str | None = None
    source: str | None = None

    def told(self) -> dict[str, str]:
        """Return what is given, by name."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class CorpusRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of the corpora is read, how they are split, and where they come from."""

    valid_share: Share = 0.02
    tracks: dict[str, list[str]] = {}
    sources: dict[str, SourceRecipe] = {}


class AugmentationRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How music is varied; see `antiphon_training.sequences.stretches.Augmentation`."""

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

    def essence(self) -> dict[str, Any]:
        """Return what must not change between a run and its resumption.

        The number of epochs and the patience say how long, not what: they may
        be raised while a run is under way. Sources are for the card.
        """
        plain = self.as_dict()
        del plain["corpus"]["sources"]
        del plain["fit"]["epochs"], plain["fit"]["patience"]
        return plain


def find_recipe(name: str) -> Path:
    """Return the file of a recipe: a path, or the bare name of one that is shipped.

    Raises
    ------
    UsageError
        There is no such file and no such recipe.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = {p.stem: p for p in sorted(resources.recipe_file("house").parent.glob("*.toml"))}
    bare = name.removesuffix(".toml")
    if bare in shipped:
        return shipped[bare]
    raise UsageError(
        f"There is no recipe {name}; name a file, or one of the shipped: {', '.join(shipped)}."
    )


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises
    ------
    SettingError
        The file is not there, is no TOML, or holds a key or value that no recipe has.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"The recipe {path} is no TOML: {error}.") from error
    sections = {}
    for field in msgspec.structs.fields(Recipe):
        sections[field.name] = _section(path, field.name, field.type, written.pop(field.name, {}))
    if written:
        raise SettingError(_unknown(path, "section", next(iter(written)), sections))
    return Recipe(**sections)


def _section(path: Path, section: str, kind: Any, written: Any) -> Any:
    """Return one section of a recipe, checked key by key."""
    if not isinstance(written, dict):
        raise SettingError(f"{path}: {section} must be a section, [{section}].")
    kinds = {field.name: field.type for field in msgspec.structs.fields(kind)}
    values = {}
    for key, value in written.items():
        if key not in kinds:
            raise SettingError(_unknown(path, "key", key, kinds, f"{section}."))
        try:
            values[key] = convert(value, kinds[key], from_text=False)
        except ValueError as error:
            wanted = str(error) if isinstance(value, dict) else _wanted(kinds[key], value)
            raise SettingError(f"{path}: {section}.{key}: {wanted}.") from error
    return kind(**values)


def _wanted(kind: Any, value: object) -> str:
    return f"must be {describe(kind)}, not {value!r}"


def _unknown(path: Path, what: str, name: str, known: Any, prefix: str = "") -> str:
    near = nearest(name, known)
    hint = f"did you mean {prefix}{near}?" if near else f"there are {', '.join(known)}."
    return f"{path}: no recipe has the {what} {prefix}{name}; {hint}"
