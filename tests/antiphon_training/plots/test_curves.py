"""Training curves: all that was logged, of one run or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import TrainingError
from antiphon_training.plots.curves import read_curves, training_curves
from antiphon_training.plots.drawing import save

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.train


def run(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name
    path.mkdir()
    (path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def house(tmp_path: Path) -> Path:
    head = "epoch,learning_rate,loss,pitch_loss,val_loss,val_pitch_loss"
    lines = [
        f"{e},0.002,{9 / (e + 1)},{4 / (e + 1)},{10 / (e + 1)},{5 / (e + 1)}" for e in range(9)
    ]
    return run(tmp_path, "house", [head, *lines])


@pytest.fixture
def words(tmp_path: Path) -> Path:
    return run(tmp_path, "words", ["epoch,accuracy,loss", "0,0.1,5.0", "1,0.2,4.0", "2,,3.5"])


def test_a_log_is_read(house: Path, words: Path) -> None:
    curves = read_curves(house)
    assert curves.name == "house"
    assert curves.epochs.tolist() == list(range(1, 10))
    assert curves.measures == ["loss", "pitch_loss"]
    assert curves.columns["val_loss"][0] == 10.0
    assert read_curves(words).measures == ["loss", "accuracy"]
    assert np.isnan(read_curves(words).columns["accuracy"][2])


def test_parts_of_epochs_are_drawn_where_they_are(tmp_path: Path) -> None:
    lines = ["epoch,epochs_done,loss,val_loss", "0,0.5,3.0,4.0", "0,1,2.0,3.0", "1,1.5,1.0,2.0"]
    curves = read_curves(run(tmp_path, "parts", lines))
    assert curves.epochs.tolist() == [0.5, 1.0, 1.5]
    assert curves.measures == ["loss"]


def test_runs_are_drawn_one_over_the_other(house: Path, words: Path, tmp_path: Path) -> None:
    figure = training_curves([read_curves(house), read_curves(words)])
    panels = {ax.get_title(loc="left"): ax for ax in figure.get_axes()}
    assert list(panels) == ["loss", "pitch", "accuracy"]
    # Of `house` training, validation and its best; of `words` training alone.
    assert len(panels["loss"].get_lines()) == 4
    assert len(panels["accuracy"].get_lines()) == 1
    legend = panels["loss"].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "house (1.111)", "words", "validation", "training",
    ]  # fmt: skip
    assert not panels["loss"].texts, "with several runs the best values are in the legend"
    save(figure, tmp_path / "curves.png")
    save(figure, tmp_path / "curves.svg")


def test_the_best_epoch_is_marked(house: Path) -> None:
    (ax, _) = training_curves([read_curves(house)]).get_axes()
    assert [text.get_text() for text in ax.texts] == ["1.111"]


def test_one_epoch_is_enough(tmp_path: Path) -> None:
    one = read_curves(run(tmp_path, "one", ["epoch,loss,val_loss", "0,3.0,4.0"]))
    figure = training_curves([one])
    (ax,) = figure.get_axes()
    assert [line.get_xdata().tolist() for line in ax.get_lines()[:2]] == [[1.0], [1.0]]
    assert [text.get_text() for text in ax.texts] == ["4.000"]
    save(figure, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (None, "is no training run: it has no log.csv"),
        (["epoch,loss"], "has no epoch yet"),
        (["round,loss", "1,2"], "is no log of a training run"),
        (["epoch,loss", "0,much"], "is no log of a training run"),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence(
    tmp_path: Path, lines: list[str] | None, sentence: str
) -> None:
    path = run(tmp_path, "broken", lines or [])
    if lines is None:
        (path / "log.csv").unlink()
    with pytest.raises(TrainingError, match=sentence):
        read_curves(path)
