"""Training of the classic networks: what is kept, and how a killed run goes on."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.errors import CorpusError
from antiphon_training.corpora.corpus import Corpus, Reading, load_corpus
from antiphon_training.fitting import run_folder
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

WORDS = """
[codec]
name = "symbols"
[network]
kind = "classic"
length = 8
lstm = [12, 8]
dense = [8]
dropout = 0.2
[corpus]
valid_share = 0.4
[fit]
batch = 16
epochs = 2
part = 128
windows = 256
validation_windows = 64
learning_rate = 0.01
precision = "float32"
"""
TRIPLETS = WORDS.replace('"symbols"', '"triplet"').replace(
    'kind = "classic"', 'kind = "triplet"'
).replace("dense = [8]\n", "")  # fmt: skip


def recipe_and_corpora(
    text: str, folder: Path, folders: Sequence[Path], cache: Path
) -> tuple[Path, list[Corpus]]:
    path = folder / "recipe.toml"
    path.write_text(text)
    beats = "beats" if "symbols" in text else "seconds"
    return path, [load_corpus(one, Reading(time=beats), cache=cache) for one in folders]


class Interruption:
    """A listener that ends a training in the middle of an epoch."""

    def begins(self, plan: Any, epochs_done: int, hours_done: float) -> None:
        self.resumed_after, self.batches = epochs_done, 0

    def epoch_begins(self, number: int) -> None:
        self.epoch = number

    def batch_ends(self, losses: dict[str, float]) -> None:
        self.batches += 1
        if self.resumed_after == 0 and self.batches == 12:
            raise KeyboardInterrupt

    def epoch_ends(self, number: int, losses: dict[str, float]) -> None:
        pass


def log(run: Path) -> list[dict[str, float]]:
    with (run / run_folder.LOG).open() as lines:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)]


@pytest.mark.parametrize("text", [WORDS, TRIPLETS], ids=["words", "triplets"])
def test_a_killed_run_ends_with_the_curve_of_one_that_was_not(
    text: str, folders: Sequence[Path], cache: Path, tmp_path: Path
) -> None:
    from antiphon_training.fitting.checkpoint import load
    from antiphon_training.fitting.fit import train

    recipe, corpora = recipe_and_corpora(text, tmp_path, folders, cache)
    done = train(read_recipe(recipe), corpora, tmp_path / "whole")
    assert (done["epochs"], done["parts"], done["finished"]) == (2, 4, True)
    assert done["notes_seen"] == 512
    assert done["best_epoch"] == done["best_part"] / 2
    with pytest.raises(KeyboardInterrupt):
        train(read_recipe(recipe), corpora, tmp_path / "killed", Interruption())
    listener = Interruption()
    train(read_recipe(recipe), corpora, tmp_path / "killed", listener)
    assert listener.resumed_after == 1
    assert [line["epoch"] for line in log(tmp_path / "whole")] == [0, 0, 1, 1]
    assert [line["epochs_done"] for line in log(tmp_path / "whole")] == [0.5, 1.0, 1.5, 2.0]
    whole, killed = log(tmp_path / "whole"), log(tmp_path / "killed")
    for one, other in zip(whole, killed, strict=True):
        assert one == pytest.approx(other, rel=1e-5)
    network, details = load(tmp_path / "killed")
    assert details.codec.name == ("symbols" if text is WORDS else "triplet")
    if text is WORDS:
        assert whole[-1]["loss"] < whole[0]["loss"]
    else:
        best = done["best_part"] - 1
        errors = [killed[best][f"val_{name}_mse"] for name in ("step", "duration")]
        np.testing.assert_allclose(network.spread.numpy(), np.sqrt(errors), rtol=1e-4)


class Seconds(Interruption):
    """A listener that ends a training after so many batches, and a clock: a second a batch."""

    def __init__(self, last: int | None = None) -> None:
        self.batches, self.last = 0, last

    def __call__(self) -> float:
        return float(self.batches)

    def begins(self, plan: Any, epochs_done: int, hours_done: float) -> None:
        pass

    def batch_ends(self, losses: dict[str, float]) -> None:
        self.batches += 1
        if self.batches == self.last:
            raise KeyboardInterrupt


def test_the_rate_falls_by_the_end_of_the_hours_and_resumes_where_it_was(
    folders: Sequence[Path], cache: Path, tmp_path: Path
) -> None:
    from antiphon_training.fitting.fit import train

    text = WORDS.replace("epochs = 2", "epochs = 50\ndecay_share = 0.5\npatience = 50")
    recipe, corpora = recipe_and_corpora(text, tmp_path, folders, cache)
    hours = 30.5 / 3600.0  # three parts of eight batches, and most of a fourth

    def trained(folder: str, last: int | None = None) -> dict[str, Any]:
        seconds = Seconds(last)
        return train(
            read_recipe(recipe), corpora, tmp_path / folder, seconds, hours=hours, clock=seconds
        )

    done = trained("whole")
    assert (done["parts"], done["finished"], done["notes_seen"]) == (4, True, 32 * 16)
    with pytest.raises(KeyboardInterrupt):
        trained("killed", last=20)
    assert trained("killed")["notes_seen"] == 32 * 16
    whole, killed = log(tmp_path / "whole"), log(tmp_path / "killed")
    assert len(whole) == 4
    for one, other in zip(whole, killed, strict=True):
        assert one == pytest.approx(other, rel=1e-5)

    drawn = curves(tmp_path / "whole", "train")
    assert [at for at, _ in drawn["epoch_loss"]] == [0, 1]
    assert [at for at, _ in drawn["part_loss"]] == [0, 1, 2, 3]
    rates = [rate for _, rate in drawn["part_learning_rate"]]
    # The last batch of a part began a second before its end, and half of the hours are full.
    expected = [0.01 * min(1.0, 2.0 * (1.0 - seconds / 30.5)) for seconds in (7, 15, 23, 30.5)]
    assert rates == pytest.approx(expected, abs=1e-6)
    assert [at for at, _ in curves(tmp_path / "whole", "validation")["epoch_loss"]] == [0, 1]


def curves(run: Path, side: str) -> dict[str, list[tuple[int, float]]]:
    """Return the points of each curve that TensorBoard draws."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    found: dict[str, list[tuple[int, float]]] = {}
    for file in (run / run_folder.TENSORBOARD / side).iterdir():
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                points = found.setdefault(value.tag, [])
                points.append((event.step, float(make_ndarray(value.tensor))))
    return found


def test_a_small_corpus_is_passed_over_until_the_windows_are_seen(
    folders: Sequence[Path], cache: Path, tmp_path: Path
) -> None:
    from antiphon_training.fitting.fit import train

    class Counting(Interruption):
        def batch_ends(self, losses: dict[str, float]) -> None:
            self.batches += 1

        def epoch_ends(self, number: int, losses: dict[str, float]) -> None:
            raise KeyboardInterrupt

    counting = Counting()
    text = WORDS.replace("windows = 256", "windows = 2048").replace("part = 128", "part = 2048")
    recipe, corpora = recipe_and_corpora(text, tmp_path, folders, cache)
    assert sum(len(corpus.notes) for corpus in corpora) < 2048
    with pytest.raises(KeyboardInterrupt):
        train(read_recipe(recipe), corpora, tmp_path / "run", counting)
    assert counting.batches == 2048 / 16


def test_words_that_are_all_too_rare_are_a_sentence(
    folders: Sequence[Path], cache: Path, tmp_path: Path
) -> None:
    from antiphon_training.fitting.fit import train

    text = WORDS.replace('"symbols"\n', '"symbols"\nseen = 100000\n')
    recipe, corpora = recipe_and_corpora(text, tmp_path, folders, cache)
    with pytest.raises(CorpusError, match=r"lower codec\.seen"):
        train(read_recipe(recipe), corpora, tmp_path / "run")


def test_too_few_notes_are_a_sentence(folders: Sequence[Path], cache: Path, tmp_path: Path) -> None:
    from antiphon_training.fitting.fit import train

    text = WORDS.replace("batch = 16", "batch = 1000000")
    recipe, corpora = recipe_and_corpora(text, tmp_path, folders, cache)
    with pytest.raises(CorpusError, match="lower batch or"):
        train(read_recipe(recipe), corpora, tmp_path / "run")
