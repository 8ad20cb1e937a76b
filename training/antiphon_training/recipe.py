"""A recipe: everything that determines a training run, in one TOML file.

The recipes in `config/training/` explain every key in a comment. `[quick.SECTION]` holds
the changes for a short first training, `antiphon train --quick`; a run that began with
it has `begun_quick = true` in the first line of its own copy. The first line also keeps
composers that the command named: `only_composers = ["Chopin"]`.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from antiphon import resources
from antiphon.errors import SettingError, UsageError
from antiphon.file_names import readable
from antiphon.settings.kinds import convert, describe, nearest
from antiphon_training.corpora.composers import chosen_composers
from antiphon_training.corpora.piece import Reading
from antiphon_training.kinds.registry import CODECS, KINDS
from antiphon_training.recipe_sections import (
    AugmentationRecipe,
    CorpusRecipe,
    with_new_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon_training.kinds.codecs import TrainedCodec
    from antiphon_training.kinds.kind import Kind

QUICK = "quick"
BEGUN_QUICK = "begun_quick"
ONLY_COMPOSERS = "only_composers"
_SECTIONS = ("codec", "network", "corpus", "augmentation", "fit")
_DEFAULT = next(iter(KINDS.values()))


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole recipe.

    Attributes
    ----------
    codec, network, fit : Section
        Sections of the classes that the kind of network has.
    corpus, augmentation : Section
        The same for all kinds.
    text : str
        The file that it was read from, as a run keeps it; empty where it was made in code.
    """

    codec: Any = _DEFAULT.codecs[0].section()
    network: Any = _DEFAULT.network_section()
    corpus: CorpusRecipe = CorpusRecipe()
    augmentation: AugmentationRecipe = AugmentationRecipe()
    fit: Any = _DEFAULT.fit_section()
    text: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of network."""
        return KINDS[self.network.kind]

    @property
    def trained_codec(self) -> TrainedCodec:
        """The codec, as it is trained with."""
        return CODECS[self.codec.name]

    def reading(self, corpus: str) -> Reading:
        """Return how the files of the corpus of this name are read."""
        return Reading(
            self.corpus.tracks.get(corpus),
            self.codec.pedal,
            self.trained_codec.time,
            self.corpus.reader,
            getattr(self.codec, "chord_symbols", False),  # a key of words alone
        )

    def as_dict(self) -> dict[str, Any]:
        """Return its sections as plain values, for a card."""
        return {name: msgspec.to_builtins(getattr(self, name)) for name in _SECTIONS}

    def as_toml(self) -> str:
        """Return the text of its file, as a run keeps it."""
        import tomli_w  # only `antiphon[train]` brings it

        return self.text or tomli_w.dumps(
            {  # TOML has no null
                name: {key: value for key, value in section.items() if value is not None}
                for name, section in self.as_dict().items()
            }
        )

    def essence(self) -> dict[str, Any]:
        """Return what must not change when a run is resumed.

        The number of epochs and the patience may be raised while a run is under way:
        they change how long it is, not its steps. The share of the origin is of what is
        kept, and sources are for the card only.
        """
        plain = self.as_dict()
        del plain["corpus"]["sources"]
        del plain["fit"]["epochs"], plain["fit"]["patience"], plain["fit"]["origin_share"]
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


def read_recipe(path: Path, quick: bool = False, composers: Sequence[str] | None = None) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    path : Path
        Its file.
    quick : bool
        Whether the changes of its `[quick.…]` sections apply.
    composers : sequence of str, optional
        The composers to learn from, in place of those that it names; `any` is all.

    Raises
    ------
    SettingError
        The file is not there, is no TOML, or holds a key or value that no recipe has.
    """
    try:
        text = path.read_text(encoding="utf-8")
        written = tomllib.loads(text)
    except OSError as error:
        raise SettingError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"The recipe {path} is no TOML: {error}.") from error
    changes = written.pop(QUICK, {})
    if isinstance(changes, bool):
        raise SettingError(f"{path}: quick must be a section, [quick.fit] for instance.")
    begun_quick = written.pop(BEGUN_QUICK, False)
    if begun_quick or quick:
        written = _changed(path, written, changes)
    kept = written.pop(ONLY_COMPOSERS, None)
    only = kept if composers is None else [readable(name) for name in composers]
    if only is not None:
        written = _changed(path, written, {"corpus": {"composers": chosen_composers(only) or []}})
    classes = _section_classes(path, written)
    sections = {
        name: _section(path, name, kind, written.pop(name, {})) for name, kind in classes.items()
    }
    if written:
        raise SettingError(_unknown(path, "section", next(iter(written)), sections))
    mark = f"{BEGUN_QUICK} = true\n" if quick and not begun_quick else ""
    if composers is not None:
        mark += f"{ONLY_COMPOSERS} = {json.dumps(only, ensure_ascii=False)}\n"  # as in TOML
        text = re.sub(rf"^{ONLY_COMPOSERS} = .*\n", "", text, flags=re.MULTILINE)
    recipe = Recipe(**sections, text=mark + text)
    _check_match(path, recipe)
    return recipe


def _changed(path: Path, written: dict[str, Any], changes: Any) -> dict[str, Any]:
    """Return a recipe with the keys of its `[quick.…]` sections in place of its own."""
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


def _section_classes(path: Path, written: dict[str, Any]) -> dict[str, Any]:
    """Return the class of each section, by the network and the codec that are named."""
    kind = KINDS[_named(path, written, "network", "kind", _DEFAULT.name, KINDS)]
    codec = CODECS[_named(path, written, "codec", "name", kind.codecs[0].name, CODECS)]
    return {
        "codec": codec.section,
        "network": kind.network_section,
        "corpus": CorpusRecipe,
        "augmentation": AugmentationRecipe,
        "fit": kind.fit_section,
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
    """Refuse a network with another codec than those it reads."""
    wanted = [codec.name for codec in recipe.kind.codecs]
    if recipe.codec.name not in wanted:
        raise SettingError(
            f"{path}: a network of the kind {recipe.network.kind} reads the codec "
            f"{' or '.join(wanted)}, "
            f"not {recipe.codec.name}; change codec.name or network.kind."
        )
    _check_lessons(path, recipe)


def _check_lessons(path: Path, recipe: Recipe) -> None:
    """Refuse fields that the codec has not, and lessons for a kind that knows none."""
    corpus, fields = recipe.corpus, recipe.trained_codec.fields
    given = corpus.weight or corpus.untaught or corpus.flat_velocity
    if given and not recipe.kind.has_lessons:
        raise SettingError(
            f"{path}: corpus.weight, corpus.untaught and corpus.flat_velocity are not for a "
            f"network of the kind {recipe.network.kind}; leave them out."
        )
    for name in (name for names in corpus.untaught.values() for name in names):
        if name not in fields:
            raise SettingError(
                f"{path}: corpus.untaught: no field is called {name}; "
                f"there are {', '.join(fields)}."
            )


def _section(path: Path, section: str, kind: Any, written: Any) -> Any:
    """Return one section of a recipe, checked key by key."""
    if not isinstance(written, dict):
        raise SettingError(f"{path}: {section} must be a section, [{section}].")
    kinds = {field.name: field.type for field in msgspec.structs.fields(kind)}
    values = {}
    for key, value in with_new_names(section, written).items():
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
