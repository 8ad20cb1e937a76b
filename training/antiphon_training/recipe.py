"""A recipe: everything that makes a training run, in one TOML file.

The recipes in `config/training/` hold every key with a comment. `[quick.SECTION]`
holds what is different in a first look, `antiphon train --quick`; a run that was
begun so says `begun_quick = true` in the first line of its own copy.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from antiphon import resources
from antiphon.errors import SettingError, UsageError
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.settings.kinds import convert, describe, nearest
from antiphon_training.corpora.piece import Reading
from antiphon_training.recipe_sections import (
    CODECS,
    FITS,
    NETWORKS,
    READS,
    AugmentationRecipe,
    ClassicRecipe,
    CodecRecipe,
    CorpusRecipe,
    FitRecipe,
    NetworkRecipe,
    SymbolsCodecRecipe,
    TripletCodecRecipe,
    TripletRecipe,
    WindowFitRecipe,
)

QUICK = "quick"
_SECTIONS = ("codec", "network", "corpus", "augmentation", "fit")


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole recipe."""

    codec: CodecRecipe | TripletCodecRecipe | SymbolsCodecRecipe = CodecRecipe()
    network: NetworkRecipe | ClassicRecipe | TripletRecipe = NetworkRecipe()
    corpus: CorpusRecipe = CorpusRecipe()
    augmentation: AugmentationRecipe = AugmentationRecipe()
    fit: FitRecipe | WindowFitRecipe = FitRecipe()

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what is foretold of each note, in order."""
        match self.codec:
            case SymbolsCodecRecipe():
                return SymbolsCodec.fields
            case TripletCodecRecipe():
                return TripletCodec.fields
        return PerformanceCodec.fields

    def reading(self, corpus: str) -> Reading:
        """Return how the files of the corpus of this name are read."""
        return Reading(
            self.corpus.tracks.get(corpus),
            self.codec.pedal,
            "beats" if self.codec.name == "symbols" else "seconds",
            self.corpus.reader,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for a card."""
        return {name: msgspec.to_builtins(getattr(self, name)) for name in _SECTIONS}

    def written(self) -> dict[str, Any]:
        """Return it as a TOML file holds it, which knows no nothing."""
        return {
            name: {key: value for key, value in section.items() if value is not None}
            for name, section in self.as_dict().items()
        }

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


def read_recipe(path: Path, quick: bool = False) -> Recipe:
    """Read a recipe, with what its `[quick.…]` sections change where that is asked for.

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
    changes = written.pop(QUICK, {})
    if isinstance(changes, bool):
        raise SettingError(f"{path}: quick must be a section, [quick.fit] for instance.")
    if written.pop("begun_quick", False) or quick:
        written = _changed(path, written, changes)
    kinds = _kinds(path, written)
    sections = {
        name: _section(path, name, kind, written.pop(name, {})) for name, kind in kinds.items()
    }
    if written:
        raise SettingError(_unknown(path, "section", next(iter(written)), sections))
    recipe = Recipe(**sections)
    _check_match(path, recipe)
    return recipe


def as_begun(path: Path, quick: bool) -> str:
    """Return the text of a recipe as a run keeps it."""
    text = path.read_text(encoding="utf-8")
    mark = "begun_quick = true\n"
    return mark + text if quick and not text.startswith(mark) else text


def _changed(path: Path, written: dict[str, Any], changes: Any) -> dict[str, Any]:
    """Return a recipe with the sections of `[quick.…]` laid over its own."""
    if not isinstance(changes, dict) or not changes:
        raise SettingError(
            f"The recipe {path} has no quick variant: it lacks [quick.fit] and the like."
        )
    merged = dict(written)
    for name, section in changes.items():
        if name not in _SECTIONS or not isinstance(section, dict):
            raise SettingError(_unknown(path, "section", name, _SECTIONS, "quick."))
        merged[name] = {**merged.get(name, {}), **section}
    return merged


def _kinds(path: Path, written: dict[str, Any]) -> dict[str, Any]:
    """Return the kind of each section, by the codec and the network that are named."""
    network = _named(path, written, "network", "kind", "house", NETWORKS)
    codec = _named(path, written, "codec", "name", READS[network], CODECS)
    return {
        "codec": CODECS[codec],
        "network": NETWORKS[network],
        "corpus": CorpusRecipe,
        "augmentation": AugmentationRecipe,
        "fit": FITS[network],
    }


def _named(
    path: Path, written: dict[str, Any], section: str, key: str, default: str, known: Any
) -> str:
    chosen = written.get(section, {})
    name = chosen.get(key, default) if isinstance(chosen, dict) else default
    if name not in known:
        raise SettingError(
            f"{path}: {section}.{key}: must be one of {', '.join(known)}, not {name!r}."
        )
    return str(name)


def _check_match(path: Path, recipe: Recipe) -> None:
    """Refuse a network that does not read what the codec writes."""
    wanted = READS[recipe.network.kind]
    if recipe.codec.name != wanted:
        raise SettingError(
            f"{path}: a network of the kind {recipe.network.kind} reads the codec {wanted}, "
            f"not {recipe.codec.name}; change codec.name or network.kind."
        )


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
