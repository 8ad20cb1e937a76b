"""The tracks that an instrument is trained further on: chosen, asked for, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from antiphon.errors import CorpusError, TrainingError, UsageError
from antiphon.resources import house_instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon_training.fitting.fine_tuning import Pretrained
    from antiphon_training.recipe import Recipe

    Save = Callable[..., Path]
    Choose = Callable[..., Recipe]

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def shipped() -> Pretrained:
    from antiphon_training.fitting.fine_tuning import read_pretrained

    return read_pretrained(house_instrument())


@pytest.fixture
def choose(shipped: Pretrained, tmp_path: Path) -> Choose:
    """Return the recipe that `train --continue-from house FOLDER...` takes."""
    from antiphon_training.commands.chosen_recipe import choose_recipe
    from antiphon_training.commands.train import TrainOrder

    def recipe(*folders: Path, **more: Any) -> Recipe:
        order = TrainOrder(
            corpora=[*map(str, folders)], out=tmp_path / "run", cache=tmp_path / "cache", **more
        )
        return choose_recipe(order, shipped, quiet=True)

    return recipe


@pytest.fixture
def folder(save: Save, make_note: Callable[..., list[Any]]) -> Callable[..., Path]:
    """Make a folder of files, each with tracks of these names."""

    def make(name: str, *files: Sequence[str]) -> Path:
        for number, tracks in enumerate(files):
            notes = [(each, make_note(60 + place, 0, 480)) for place, each in enumerate(tracks)]
            path = save(f"{name}/{number}.mid", *notes)
        return path.parent

    return make


def test_the_player_is_learned_from_in_sessions_and_everything_elsewhere(
    choose: Choose, folder: Callable[..., Path]
) -> None:
    sessions = folder("sessions", ("Player", "Antiphon"), ("Antiphon",))
    mine = folder("mine", ("Piano right", "Piano left"), ("", ""))
    assert choose(sessions, mine).corpus.tracks == {"sessions": ["Player"]}
    assert choose(folder("alone", ("Antiphon",))).corpus.tracks == {"alone": ["Player"]}


def test_tracks_that_are_asked_for_are_learned_from(
    choose: Choose, folder: Callable[..., Path]
) -> None:
    mine = folder("mine", ("Player", "Antiphon"))
    assert choose(mine, tracks=["Antiphon"]).corpus.tracks == {"mine": ["Antiphon"]}
    assert choose(mine, tracks=["any"]).corpus.tracks == {}


def test_only_a_run_with_a_checkpoint_keeps_its_recipe(
    choose: Choose, folder: Callable[..., Path], tmp_path: Path
) -> None:
    mine = folder("mine", ("Left", "Right"))
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.toml").write_text(choose(mine, tracks=["Left"]).as_toml())
    assert choose(mine, tracks=["Right"]).corpus.tracks == {"mine": ["Right"]}
    (run / "resume.npz").write_bytes(b"")
    assert choose(mine).corpus.tracks == choose(mine, tracks=["Left"]).corpus.tracks
    for other in ("Right", "any"):
        with pytest.raises(TrainingError, match=r"learned from Left; leave out --track to resume"):
            choose(mine, tracks=[other])


def test_tracks_beside_a_recipe_are_refused(choose: Choose, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a recipe names tracks itself, in \[corpus\.tracks\]"):
        choose(tmp_path, tracks=["Left"], recipe="house")


def test_what_is_there_instead_is_told(folder: Callable[..., Path], tmp_path: Path) -> None:
    from antiphon_training.corpora.corpus import Reading, load_corpus

    mine = folder("mine", ("Piano", "", ""))
    sentence = r"called Player, but Piano, 2 without a name\); name other tracks \(any takes all\)"
    with pytest.raises(CorpusError, match=sentence):
        load_corpus(mine, Reading(["Player"]), cache=tmp_path)
    assert len(load_corpus(mine, Reading(["any"]), cache=tmp_path).notes) == 3
