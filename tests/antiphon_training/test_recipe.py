"""Recipes: found, read, and refused in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from antiphon import resources
from antiphon.errors import SettingError, UsageError
from antiphon_training.kinds.registry import KINDS
from antiphon_training.recipe import Recipe, find_recipe, read_recipe

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(resources.recipe_file("house").parent.glob("*.toml"))


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "mine.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_recipes_can_be_read(path: Path) -> None:
    assert read_recipe(path).fit.epochs > 0


def test_the_house_recipe_explains_every_key() -> None:
    text = resources.recipe_file("house").read_text()
    for name, section in Recipe().as_dict().items():
        assert f"[{name}]" in text
        for key in section:
            assert f"\n{key} = " in text or f"[{name}.{key}" in text
    lines = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    explained = [line for line in lines if "#" in line]
    names = {line.partition(" ")[0] for line in lines} - {
        line.partition(" ")[0] for line in explained
    }
    assert names <= {"name", "kind", "layers", "pop909", "licence", "attribution", "source"}


def test_the_defaults_are_those_of_the_first_training() -> None:
    assert read_recipe(resources.recipe_file("house-first")).essence() == {
        **Recipe().essence(),
        "corpus": {
            "valid_share": 0.02,
            "reader": "symusic",
            "composers": [],
            "tracks": {"pop909": ["PIANO", "MELODY"]},
            "weight": {},
            "untaught": {},
            "flat_velocity": 0.0,
        },
    }


@pytest.mark.parametrize("name", ["house", "house.toml", str(resources.recipe_file("house"))])
def test_a_recipe_is_found_by_its_bare_name(name: str) -> None:
    assert find_recipe(name).samefile(resources.recipe_file("house"))


def test_a_recipe_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(
        UsageError,
        match=r"no recipe hous; .* one of the shipped: attention, chopin, classical-chords",
    ):
        find_recipe("hous")


@pytest.mark.train  # it writes a recipe
def test_composers_of_the_command_are_kept_with_the_recipe(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\n[corpus]\ncomposers = ["Bach"]\n[quick.fit]\nepochs = 1\n')
    for names, kept in ((["Chopin", "Schr\udcf6ter"], ["Chopin", "Schr\\xf6ter"]), (["any"], [])):
        asked = read_recipe(path, quick=True, composers=names)
        assert (asked.corpus.composers, asked.fit.epochs) == (kept, 1)
        own = written(tmp_path / "run", asked.as_toml())
        again = read_recipe(own)
        assert again.essence() == asked.essence()
        assert again.as_toml().endswith(path.read_text())
        assert read_recipe(own, composers=["Liszt"]).corpus.composers == ["Liszt"]
    assert read_recipe(path).corpus.composers == ["Bach"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[fit]\nepoch = 3", r"no recipe has the key fit\.epoch; did you mean fit\.epochs\?"),
        ("[fits]\nepochs = 3", r"no recipe has the section fits; did you mean fit\?"),
        ("[fit]\nepochs = 0", r"fit\.epochs: must be a whole number of at least 1, not 0\."),
        ("[fit]\nepochs = 'ten'", r"must be a whole number of at least 1, not 'ten'\."),
        ("[network]\ndropout = 1.5", r"a number of at least 0 and below 1, not 1\.5\."),
        ("[fit]\nlearning_rate = 0", r"must be a number above 0, not 0\."),
        (
            "[network]\nkind = 'classic'\nlstm = []\n[codec]\nname = 'symbols'",
            r"network\.lstm: must be a list that is not empty, and of which each is a whole number",
        ),
        ("[codec]\npedal = 'both'", r'must be "keys" or "sustain", not'),
        ("[network]\nzzz = 1", r"no recipe has the key network\.zzz; there are kind, layers"),
        (
            "[corpus.untaught]\na = ['loudness']",
            r"corpus\.untaught: no field is called loudness; there are pitch, step, duration, vel",
        ),
        ("[corpus.weight]\na = 0.0", r"corpus\.weight: "),
        (
            "[network]\nkind = 'classic'\n[codec]\nname = 'symbols'\n[corpus.weight]\na = 2.0",
            r"are not for a network of the kind classic; leave them out\.",
        ),
        ("[fit]\naverage = 1.0", r"fit\.average: must be"),
        ("[network]\ndropout = 1.0", r"network\.dropout: must be"),
        ("[corpus.sources.a]\nlicense = 'MIT'", r"corpus\.sources: .*license"),
        (
            "[network]\nkind = 'gru'",
            rf"network\.kind: must be one of {', '.join(KINDS)}, not 'gru'",
        ),
        ("[codec]\nname = 'symbols'", r"a network of the kind house reads the codec performance"),
        (
            "[codec]\nname = 'triplet'\n[network]\nkind = 'transformer'",
            r"kind transformer reads the codec symbols or performance, not triplet",
        ),
        ("[network]\nkind = 'transformer'\nreach = 1", r"network\.reach: must be .* at least 2"),
        ("[network]\nkind = 'classic'\nlstm = [0]", r"network\.lstm: must be"),
        (
            "[quick.fits]\nepochs = 3\n",
            r"no recipe has the section quick\.fits; did you mean quick\.fit",
        ),
        ("[fit]\nepochs = 3\n", r"has no quick variant"),
        ("quick = true", r"quick must be a section, \[quick\.fit\]"),
        ("fit = 3", r"fit must be a section, \[fit\]\."),
        ("[fit\n", r"is no TOML: "),
    ],
)
def test_a_wrong_recipe_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence) as caught:
        read_recipe(written(tmp_path, text), quick="quick" in text or "quick" in sentence)
    assert "\n" not in str(caught.value)


def test_a_recipe_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read: Is a directory"):
        read_recipe(tmp_path)


def test_sources_epochs_and_patience_do_not_make_another_run(tmp_path: Path) -> None:
    text = '[corpus.sources.a]\nlicence = "MIT"\n[fit]\nepochs = 99\npatience = 3\n'
    longer = read_recipe(written(tmp_path, text))
    assert longer.essence() == Recipe().essence()
    assert longer.corpus.sources["a"].given() == {"licence": "MIT"}
    other = read_recipe(written(tmp_path, "[fit]\nseed = 2\n"))
    assert other.essence() != Recipe().essence()


def test_a_key_of_an_old_name_is_read_under_its_new_one(tmp_path: Path) -> None:
    text = '[network]\nkind = "classic"\n[fit]\n{} = 7\n'
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(text.format("watched"))
    new.write_text(text.format("validation_windows"))
    assert read_recipe(old).fit.validation_windows == 7
    assert read_recipe(old).essence() == read_recipe(new).essence()


@pytest.mark.train
def test_a_recipe_made_in_code_is_read_back_from_its_text(tmp_path: Path) -> None:
    classic = read_recipe(resources.recipe_file("classical-chords"))
    made = msgspec.structs.replace(classic, text="")
    assert made.as_toml() != classic.as_toml() == classic.text
    assert read_recipe(written(tmp_path, made.as_toml())).as_dict() == classic.as_dict()


@pytest.mark.train
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_has_a_first_look(path: Path, tmp_path: Path) -> None:
    quick = read_recipe(path, quick=True)
    assert quick.essence() != read_recipe(path).essence()
    begun = tmp_path / "recipe.toml"
    begun.write_text(quick.as_toml())
    assert read_recipe(begun) == quick
    again = tmp_path / "again.toml"
    again.write_text(read_recipe(begun, quick=True).as_toml())
    assert read_recipe(again, quick=True) == quick


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_key_of_a_shipped_recipe_is_explained_somewhere(path: Path) -> None:
    explained = {
        line.partition(" = ")[0]
        for recipe in SHIPPED
        for line in recipe.read_text().splitlines()
        if " = " in line and "#" in line
    }
    plain = read_recipe(path).as_dict()
    written_keys = {
        line.partition(" = ")[0] for line in path.read_text().splitlines() if " = " in line
    }
    for name in ("network", "fit", "codec"):
        assert set(plain[name]) & written_keys <= explained | {"name", "kind"}
