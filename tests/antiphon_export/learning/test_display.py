"""The steps stand under each other on a terminal, with one bar below them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import typer
from rich.console import Console

from antiphon.cli.verbosity import Verbosity
from antiphon_export.learning.display import Board, Lines, shown
from antiphon_training.commands.progress import TrainingProgress, counting, parsing
from antiphon_training.kinds.setup import Plan

if TYPE_CHECKING:
    from rich.progress import Progress

pytestmark = pytest.mark.train

TITLES = ("the corpus", "training", "composing a piece")


@pytest.fixture
def screen() -> Console:
    """A terminal that keeps what is written to it."""
    return Console(file=io.StringIO(), force_terminal=True, width=70, color_system=None)


def picture(board: Board) -> list[str]:
    """Return the lines of the display as they are now."""
    page = Console(file=io.StringIO(), width=70, color_system=None)
    page.print(board._picture())
    assert isinstance(page.file, io.StringIO)
    return [line.rstrip() for line in page.file.getvalue().splitlines() if line.strip()]


def test_each_step_has_a_line_and_one_bar_is_below(screen: Console) -> None:
    with Board(TITLES, screen) as board:
        board.was_done(1)
        board.begins(2)
        with parsing("tunes", quiet=False, bar=board.bar) as progress:
            assert progress is not None
            progress(3, 12)
            first, now, later, bar = picture(board)
        assert (first, later) == ("  [1/3] the corpus: done before", "  [3/3] composing a piece")
        assert now.endswith(" [2/3] training")
        assert now[0] in "-\\|/"
        assert bar.startswith("reading tunes ")
        assert bar.endswith(" 3/12")
        assert len(picture(board)) == 3, "a bar that is full goes"
        board.begins(3)
        with counting(board.bar, "composing") as count:
            count(40, None)
            assert picture(board)[1] == "  [2/3] training: done"
            assert picture(board)[3].endswith(" 40")
    assert picture(board)[2] == "  [3/3] composing a piece: done"


def test_a_step_that_fails_is_not_done(screen: Console) -> None:
    board = Board(TITLES, screen)

    def stopped() -> None:
        with board:
            board.begins(1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert picture(board) == [f"  [{n}/3] {title}" for n, title in enumerate(TITLES, 1)]


def test_a_training_moves_the_bar_of_the_display(screen: Console) -> None:
    def shown_by(bar: Progress, quiet: bool) -> None:
        progress = TrainingProgress(("symbol",), quiet, screen, bar=bar)
        with progress:
            progress.begins(Plan(epochs=2, steps_a_part=4, notes_a_step=10, patience=2), 0, 0.0)
            progress.epoch_begins(1)
            progress.batch_ends({"loss": 4.5})
            bars = picture(board)[3:]
            assert len(bars) == 1
            assert bars[0].startswith("epoch 1/2 ")
            assert bars[0].endswith("4.500 nats")
            progress.epoch_ends(1, {"loss": 4.5, "val_loss": 4.25})

    with Board(TITLES, screen) as board:
        board.begins(2)
        shown_by(board.bar, quiet=False)
        assert len(picture(board)) == 3
    assert isinstance(screen.file, io.StringIO)
    assert screen.file.getvalue().count("validation 4.250") == 1


def test_what_a_step_says_is_above_the_display(
    screen: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    with Board(TITLES, screen) as board:
        board.begins(1)
        Verbosity().say("nothing is left out")
        typer.echo("8 files")
    Verbosity().say("the end")
    out, err = capsys.readouterr()
    assert (out, err) == ("8 files\n", "the end\n"), "stdout is no terminal here"
    assert isinstance(screen.file, io.StringIO)
    text = screen.file.getvalue()
    assert text.count("nothing is left out\n") == 1
    assert text.index("nothing is left out") < text.rindex("[1/3] the corpus: done")


def test_elsewhere_it_is_a_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(TITLES, Verbosity()) as display:
        assert isinstance(display, Lines)
        display.was_done(1)
        display.begins(2)
    assert capsys.readouterr().err.splitlines() == [
        "[1/3] the corpus: done before", "[2/3] training",
    ]  # fmt: skip
