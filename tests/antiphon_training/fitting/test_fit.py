"""Training runs: what they write, how they go on, and when they end."""

from __future__ import annotations

import csv
import json
import resource
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.errors import CorpusError, TrainingError
from antiphon_training.corpora.corpus import Corpus, load_corpus
from antiphon_training.fitting import run_folder
from antiphon_training.kinds.setup import Plan
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def corpora(folders: Sequence[Path], cache: Path) -> list[Corpus]:
    return [load_corpus(folder, cache=cache) for folder in folders]


@pytest.fixture(scope="module")
def whole(
    recipe: Path, corpora: list[Corpus], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """A run that nothing interrupted."""
    from antiphon_training.fitting.fit import train

    run = tmp_path_factory.mktemp("whole") / "run"
    return run, train(read_recipe(recipe), corpora, run)


@pytest.fixture(scope="module")
def averaging(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe with averaged weights and dropout, at a rate that never falls."""
    folder = tmp_path_factory.mktemp("averaging")
    return changed(
        recipe,
        folder,
        ("warmup_steps = 3", "warmup_steps = 3\naverage = 0.9\ndecay_share = 0.0"),
        ("units = 12", "units = 12\ndropout = 0.2"),
    )


@pytest.fixture(scope="module")
def averaged_run(
    averaging: Path, corpora: list[Corpus], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    from antiphon_training.fitting.fit import train

    run = tmp_path_factory.mktemp("averaged") / "run"
    train(read_recipe(averaging), corpora, run)
    return run


def losses(run: Path) -> list[tuple[float, ...]]:
    """Return the epoch, and all losses, of each line of the log."""
    with (run / run_folder.LOG).open() as lines:
        return [tuple(map(float, row.values())) for row in csv.DictReader(lines)]


def changed(recipe: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    text = recipe.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "changed.toml"
    path.write_text(text)
    return path


class Interruption:
    """A listener that ends a training in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.last, self.epoch, self.batches = epoch, 0, 0

    def begins(self, plan: Plan, epochs_done: int, hours_done: float) -> None:
        self.plan, self.resumed_after = plan, epochs_done

    def epoch_begins(self, number: int) -> None:
        self.epoch, self.batches = number, 0

    def batch_ends(self, losses: dict[str, float]) -> None:
        self.batches += 1
        if self.epoch == self.last and self.batches == 3:
            raise KeyboardInterrupt

    def epoch_ends(self, number: int, losses: dict[str, float]) -> None:
        pass


class TestWhole:
    def test_it_leaves_what_export_and_people_need(self, whole: tuple[Path, Any]) -> None:
        run, done = whole
        kept = {path.name for path in run.iterdir()}
        assert kept == {"recipe.toml", "corpus.json", "training.json", "best.weights.h5",
                        "codec.json", "resume.npz", "log.csv", "tensorboard"}  # fmt: skip
        assert json.loads((run / "training.json").read_text()) == done
        assert (done["epochs"], done["finished"]) == (4, True)
        assert done["notes_seen"] == 4 * 3 * 2 * 4 * 12
        assert done["core_hours"] > 0.0
        log = losses(run)
        assert [line[0] for line in log] == [0.0, 1.0, 2.0, 3.0]
        assert log[-1][2] < log[0][2], "the loss falls"

    def test_the_corpora_are_described_for_the_card(self, whole: tuple[Path, Any]) -> None:
        rolls, songs = json.loads((whole[0] / "corpus.json").read_text())
        assert (rolls["name"], songs["name"]) == ("rolls", "songs")
        assert songs["licence"] == "CC0-1.0"
        assert rolls["files"] + songs["files"] + len(rolls["valid"]) + len(songs["valid"]) == 5
        assert rolls["heldout"] == []

    def test_the_best_network_can_be_loaded(self, whole: tuple[Path, Any]) -> None:
        from antiphon_training.fitting.checkpoint import load

        network, details = load(whole[0])
        assert details.recipe.network.units == network.units == 12
        assert details.training == whole[1]
        with np.load(whole[0] / "resume.npz") as kept:
            shapes = [kept[f"v{i}"].shape for i in range(len(kept.files) - 1)]
        assert shapes[:5] == [(4, 12)] * 4 + [(355, 8)]

    def test_the_precision_of_the_process_is_left_as_it_was(self, whole: tuple[Path, Any]) -> None:
        import keras

        assert keras.mixed_precision.global_policy().name == "float32"

    def test_loading_from_another_folder_is_a_sentence(self, tmp_path: Path) -> None:
        from antiphon_training.fitting.checkpoint import load

        with pytest.raises(TrainingError, match=r"it has no recipe\.toml"):
            load(tmp_path)


class TestGoingOn:
    def test_an_interrupted_run_ends_as_if_nothing_had_happened(
        self, whole: tuple[Path, Any], recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = tmp_path / "run"
        with pytest.raises(KeyboardInterrupt):
            train(read_recipe(recipe), corpora, run, Interruption(3))
        last = Interruption(99)
        done = train(read_recipe(recipe), corpora, run, last)
        assert last.resumed_after == 2
        np.testing.assert_allclose(losses(run), losses(whole[0]), rtol=1e-5)
        for key in ("epochs", "notes_seen", "best_epoch", "finished"):
            assert done[key] == whole[1][key]

    def test_a_run_that_ended_is_left_alone(
        self, whole: tuple[Path, Any], recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = Path(shutil.copytree(whole[0], tmp_path / "run"))
        weights = (run / "resume.npz").read_bytes()
        assert train(read_recipe(recipe), corpora, run) == whole[1]
        assert (run / "resume.npz").read_bytes() == weights
        assert losses(run) == losses(whole[0])

    def test_another_recipe_or_other_corpora_are_refused(
        self, whole: tuple[Path, Any], recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        other = changed(recipe, tmp_path, ("steps = 12", "steps = 13"))
        with pytest.raises(TrainingError, match="another recipe"):
            train(read_recipe(other), corpora, whole[0])
        with pytest.raises(TrainingError, match=r"other corpora .* in the same order"):
            train(read_recipe(recipe), corpora[::-1], whole[0])
        assert (whole[0] / "recipe.toml").read_text() == recipe.read_text()

    def test_a_broken_checkpoint_is_a_sentence(
        self, whole: tuple[Path, Any], recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = Path(shutil.copytree(whole[0], tmp_path / "run"))
        (run / "resume.npz").write_bytes((run / "resume.npz").read_bytes()[:5000])
        with pytest.raises(TrainingError, match=r"resume\.npz cannot be read"):
            train(read_recipe(recipe), corpora, run)


class TestAverages:
    def test_the_average_is_measured_and_kept_as_the_best(
        self, averaging: Path, averaged_run: Path, corpora: list[Corpus]
    ) -> None:
        from antiphon_training.corpora.split import split_corpora
        from antiphon_training.fitting.checkpoint import load
        from antiphon_training.sequences.stretches import validation_windows

        network, details = load(averaged_run)
        weights = len(network.trainable_weights)
        best = [np.asarray(weight) for weight in network.trainable_weights]
        with np.load(averaged_run / "resume.npz") as kept:
            values = [kept[f"v{i}"] for i in range(len(kept.files) - 1)]
            assert details.training["best_epoch"] == 4, "the last epoch is the best"

        def are_best(first: int) -> bool:
            part = values[first : first + weights]
            return len(part) == weights and all(map(np.array_equal, part, best))

        # Among the variables of the checkpoint, the best weights are the averages alone.
        carried = 4
        assert [first for first in range(len(values)) if are_best(first)] > [carried + weights - 1]
        assert not are_best(carried)
        splits = split_corpora(corpora, read_recipe(averaging).corpus.valid_share)
        pieces = [
            corpus.piece(index)
            for corpus, split in zip(corpora, splits, strict=True)
            for index in split.valid
        ]
        inputs, fields = validation_windows(pieces, details.codec, min(512, max(map(len, pieces))))
        assert len(inputs["target"])
        found = 0.0
        for name, logits in network(inputs).items():
            shifted = np.asarray(logits, np.float64)
            shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
            found -= np.take_along_axis(shifted, fields[name][..., None], axis=-1).mean()
        assert details.training["best_valid_loss"] == pytest.approx(found, rel=1e-4)

    def test_an_interrupted_run_ends_with_the_same_weights_and_averages(
        self, averaging: Path, averaged_run: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = tmp_path / "run"
        with pytest.raises(KeyboardInterrupt):
            train(read_recipe(averaging), corpora, run, Interruption(3))
        train(read_recipe(averaging), corpora, run)
        with np.load(run / "resume.npz") as mine, np.load(averaged_run / "resume.npz") as whole:
            assert len(mine.files) == len(whole.files) > 60
            for name in whole.files:
                if name != "done":
                    np.testing.assert_allclose(mine[name], whole[name], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(losses(run), losses(averaged_run), rtol=1e-5)


class TestLessons:
    def test_pieces_that_leave_a_field_untaught_are_not_for_validation(
        self, recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.corpora.split import split_corpora
        from antiphon_training.fitting.pieces import split_pieces

        text = '[corpus.untaught]\nrolls = ["velocity"]\n[corpus.weight]\nsongs = 2.0\n[fit]'
        taught = read_recipe(changed(recipe, tmp_path, ("[fit]", text)))
        splits = split_corpora(corpora, 0.4)
        plain = split_pieces(read_recipe(recipe).corpus, corpora, splits)
        chosen = split_pieces(taught.corpus, corpora, splits)
        assert [len(piece) for piece in chosen.train] == [len(piece) for piece in plain.train]
        rolls, songs = splits
        assert len(rolls.train) + len(songs.train) == len(chosen.lessons)
        for lesson in chosen.lessons[: len(rolls.train)]:
            assert (lesson.weight, lesson.untaught) == (1.0, {"velocity"})
        for lesson in chosen.lessons[len(rolls.train) :]:
            assert (lesson.weight, lesson.untaught) == (2.0, frozenset())
        assert len(chosen.validation) == (len(songs.valid) or len(rolls.valid))

    def test_a_piece_without_dynamics_does_not_teach_velocity(self, corpora: list[Corpus]) -> None:
        from antiphon_training.fitting.pieces import lesson
        from antiphon_training.recipe_sections import CorpusRecipe

        lively = corpora[0].piece(0)
        flat = lively.copy()
        flat["velocity"] = 64
        flat["velocity"][::9] = 66
        assert lively["velocity"].std() > 3.0
        strict, off = CorpusRecipe(flat_velocity=3.0), CorpusRecipe()
        assert lesson("rolls", flat, strict).untaught == {"velocity"}
        assert lesson("rolls", lively, strict).untaught == frozenset()
        assert lesson("rolls", flat, off).untaught == frozenset()


class TestEnds:
    @pytest.mark.parametrize(
        ("epochs", "best", "ended"),
        [(0, 0, False), (3, 3, False), (4, 2, True), (4, 3, False), (9, 9, True), (10, 10, True)],
    )
    def test_it_is_over_after_all_epochs_or_all_patience(
        self, tmp_path: Path, epochs: int, best: int, ended: bool
    ) -> None:
        from antiphon_training.fitting.callbacks import Checkpoints

        keeper = Checkpoints(tmp_path, Plan(9, 10, 4, patience=2), None)
        keeper.done.update(parts=epochs, best_part=best)
        assert keeper.ended == ended
        keeper = Checkpoints(tmp_path, Plan(9, 10, 4, patience=2, parts=3), None)
        keeper.done.update(parts=3 * epochs, best_part=3 * best)
        assert keeper.ended == ended, "patience counts epochs, not parts"
        keeper.done["parts"] -= 1
        assert not ended or keeper.ended == (epochs == 10)

    def test_hours_that_are_used_up_end_it_and_more_hours_go_on(
        self, recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = tmp_path / "run"
        done = train(read_recipe(recipe), corpora, run, hours=1e-9)
        assert (done["epochs"], done["finished"]) == (1, True)
        assert done["notes_seen"] == 4 * 12, "it ends after the first batch"
        assert train(read_recipe(recipe), corpora, run, hours=1e-9) == done
        done = train(read_recipe(recipe), corpora, run, hours=9.0)
        assert (done["epochs"], done["finished"]) == (4, True)

    def test_patience_that_was_used_before_a_kill_stays_used(
        self, whole: tuple[Path, Any], recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = Path(shutil.copytree(whole[0], tmp_path / "run"))
        with np.load(run / "resume.npz") as kept:
            values = {name: kept[name] for name in kept.files}
        # As if the third epoch had been too good ever to be reached again.
        done = {
            **json.loads(str(values["done"])),
            "best_part": 3,
            "best_epoch": 3,
            "best_valid_loss": 0.5,
        }
        np.savez(run / "resume.npz", **{**values, "done": np.array(json.dumps(done))})
        best = (run / "best.weights.h5").read_bytes()
        patient = changed(recipe, tmp_path, ("epochs = 4", "epochs = 9\npatience = 2"))
        done = train(read_recipe(patient), corpora, run)
        assert (done["epochs"], done["best_epoch"], done["finished"]) == (5, 3, True)
        assert (run / "best.weights.h5").read_bytes() == best

    def test_nothing_to_watch_is_a_sentence(
        self, recipe: Path, corpora: list[Corpus], tmp_path: Path
    ) -> None:
        from antiphon_training.fitting.fit import train

        with pytest.raises(CorpusError, match="raise valid_share"):
            train(read_recipe(changed(recipe, tmp_path, ("0.4", "0.0"))), corpora, tmp_path / "run")
        assert not (tmp_path / "run").exists()


class TestFullDisk:
    @pytest.fixture
    def limit(self) -> Iterator[Callable[[int | None], None]]:
        """Let no file grow beyond so many bytes, as on a disk that is almost full."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        def to(size: int | None) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft if size is None else size, hard))

        yield to
        to(None)

    def test_what_was_kept_stays_whole_and_the_run_goes_on_with_room(
        self,
        whole: tuple[Path, Any],
        recipe: Path,
        corpora: list[Corpus],
        tmp_path: Path,
        limit: Callable[[int | None], None],
    ) -> None:
        from antiphon_training.fitting.fit import train

        run = Path(shutil.copytree(whole[0], tmp_path / "run"))
        before = {name: (run / name).read_bytes() for name in ("resume.npz", "training.json")}
        longer = changed(recipe, tmp_path, ("epochs = 4", "epochs = 5"), ("CC0-1.0", "none"))
        limit(20_000)
        with pytest.raises(TrainingError, match=r"\(file too large\); what was kept before"):
            train(read_recipe(longer), corpora, run)
        limit(None)
        assert {name: (run / name).read_bytes() for name in before} == before
        assert not list(run.glob(".*part-*"))
        # With room again the same command goes on: more epochs take an ended run up.
        done = train(read_recipe(longer), corpora, run)
        assert (done["epochs"], done["finished"]) == (5, True)
        assert losses(run)[:4] == losses(whole[0])
        assert losses(run)[4][0] == 4.0
        assert (run / "recipe.toml").read_text() == longer.read_text()
        assert json.loads((run / "corpus.json").read_text())[1]["licence"] == "none"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="name another --out folder"):
        run_folder.make(tmp_path / "file" / "run")
