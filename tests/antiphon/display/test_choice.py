"""A display fits the terminal that it is shown on."""

from __future__ import annotations

import io
import os
import pty
from typing import TYPE_CHECKING

import pytest

from antiphon.display import make_display
from antiphon.display.choice import can_roll
from antiphon.display.feed import NoDisplay
from antiphon.display.lines import Lines
from antiphon.display.roll import Roll

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


def terminal(columns: int, rows: int, encoding: str = "utf-8") -> Iterator[TextIO]:
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    with os.fdopen(follower, "w", encoding=encoding) as stream:
        yield stream
    os.close(leader)


@pytest.mark.parametrize(
    ("columns", "rows", "encoding", "term", "rolls"),
    [
        (80, 24, "utf-8", "xterm-256color", True),
        (80, 24, "utf-8", "dumb", False),
        (80, 24, "ascii", "xterm", False),
        (30, 24, "utf-8", "xterm", False),
        (80, 8, "utf-8", "xterm", False),
    ],
)
def test_a_roll_needs_a_terminal_that_can_show_it(
    columns: int, rows: int, encoding: str, term: str, rolls: bool
) -> None:
    for stream in terminal(columns, rows, encoding):
        assert can_roll(stream, {"TERM": term}) is rolls


def test_a_file_gets_lines() -> None:
    assert not can_roll(io.StringIO(), {"TERM": "xterm"})
    assert isinstance(make_display("auto", io.StringIO()), Lines)


def test_a_way_can_be_demanded() -> None:
    assert isinstance(make_display("roll", io.StringIO()), Roll)
    assert isinstance(make_display("lines", io.StringIO()), Lines)
    silent = make_display("none", io.StringIO())
    assert isinstance(silent, NoDisplay)
    silent.player(b"\x90\x40\x40", 0.0)
    silent.partner(b"\x90\x40\x40", 0.0)
    silent.status("unseen")
    assert silent.draw(0.0) > 0.0
    silent.close()


def test_where_stderr_was_closed_nothing_is_shown() -> None:
    assert isinstance(make_display("auto", None), NoDisplay)
