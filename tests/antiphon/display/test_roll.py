"""The piano roll as rich writes it, in simulated time."""

from __future__ import annotations

import io
import re

from rich.console import Console

from antiphon.display.feed import MOST_WAITING
from antiphon.display.roll import FASTEST, Roll
from antiphon.messages import note_off, note_on


class Screen:
    """A roll on a terminal that is a string."""

    def __init__(self, *, coloured: bool = True, width: int = 64, height: int = 20) -> None:
        self.stream = io.StringIO()
        self.console = Console(
            file=self.stream,
            force_terminal=True,
            width=width,
            height=height,
            color_system="256" if coloured else None,
            no_color=not coloured,
        )
        self.roll = Roll(self.stream, self.console)

    def written(self) -> str:
        """Return what was written since the last look."""
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return text

    def lines(self) -> list[str]:
        """Return the frame drawn since the last look, without control characters."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.written()).replace("\r", "").split("\n")


def test_both_sides_are_told_apart_by_colour_and_by_glyph() -> None:
    for coloured in (True, False):
        screen = Screen(coloured=coloured)
        screen.roll.player(note_on(0, 60, 80), 99.0)
        screen.roll.partner(note_on(0, 67, 80), 99.5)
        screen.roll.status("performance.mid plays")
        screen.roll.draw(100.0)
        text = screen.written()
        assert "♪ C4" in text
        assert "♪ G4" in text
        assert "performance.mid plays" in text
        assert re.search("[▀▄]{4}", text)
        assert re.search("[⠛⣤]{2}", text)
        assert ("\x1b[96m▄" in text or "\x1b[96m▀" in text) is coloured
        screen.roll.close()


def test_no_line_is_wider_than_the_terminal_and_the_frame_fits() -> None:
    screen = Screen(width=41, height=12)
    for pitch in range(30, 100, 7):
        screen.roll.player(note_on(0, pitch, 80), 99.0)
    screen.roll.status("a long line " * 10)
    screen.roll.draw(100.0)
    lines = screen.lines()
    assert max(len(line) for line in lines) <= 41
    assert len(lines) < 12
    assert "…" in lines[0]
    assert lines[-1].endswith("…")


def test_time_runs_to_the_left() -> None:
    screen = Screen()
    screen.roll.player(note_on(0, 60, 80), 99.0)
    screen.roll.player(note_off(0, 60), 99.5)
    screen.roll.draw(100.0)
    [early] = [line.rstrip() for line in screen.lines()[1:] if re.search("[▀▄]", line)]
    screen.roll.draw(103.0)
    [late] = [line.rstrip() for line in screen.lines()[1:] if re.search("[▀▄]", line)]
    assert re.search("[▀▄]", early)
    assert early.index("▄" if "▄" in early else "▀") - 18 == late.index("▄" if "▄" in late else "▀")


def test_nothing_is_written_while_nothing_moves() -> None:
    screen = Screen()
    screen.roll.player(note_on(0, 60, 80), 100.0)
    screen.roll.player(note_off(0, 60), 100.5)
    now = 100.5
    while now < 115.0:
        now += screen.roll.draw(now)
    screen.written()
    for _ in range(20):
        wait = screen.roll.draw(now)
        assert wait >= 0.5
        now += wait
    assert screen.written() == ""
    screen.roll.status("still here")
    screen.roll.draw(now)
    assert "still here" in screen.written()


def test_a_note_is_seen_at_once_but_frames_keep_a_distance() -> None:
    screen = Screen()
    screen.roll.draw(100.0)
    screen.written()
    screen.roll.player(note_on(0, 60, 80), 100.01)
    assert 0.0 < screen.roll.draw(100.02) < FASTEST
    assert screen.written() == ""
    screen.roll.draw(100.0 + FASTEST)
    assert "♪ C4" in screen.written()


def test_a_flood_is_dropped_and_does_not_block() -> None:
    screen = Screen()
    for step in range(3 * MOST_WAITING):
        screen.roll.partner(note_on(0, step % 128, 80), 100.0 + step * 1e-5)
    screen.roll.draw(101.0)
    assert "Antiphon ♪" in screen.written()


def test_the_roll_fits_a_terminal_that_changes() -> None:
    screen = Screen(width=80)
    screen.roll.player(note_on(0, 60, 80), 99.0)
    screen.roll.draw(100.0)
    screen.written()
    screen.console.width = 50
    screen.roll.draw(100.5)
    assert max(len(line) for line in screen.lines()) <= 50


def test_closing_twice_and_drawing_after_it_do_no_harm() -> None:
    screen = Screen()
    screen.roll.close()
    screen.roll.draw(100.0)
    screen = Screen()
    screen.roll.draw(100.0)
    screen.roll.close()
    assert "\x1b[?25h" in screen.written()
    screen.roll.close()
    screen.roll.player(note_on(0, 60, 80), 101.0)
    assert screen.roll.draw(101.0) > 0.0
    assert screen.written() == ""


def test_a_terminal_that_is_gone_ends_the_roll_and_nothing_else() -> None:
    screen = Screen()
    screen.roll.draw(100.0)
    screen.stream.close()
    screen.roll.player(note_on(0, 60, 80), 101.0)
    screen.roll.draw(102.0)
    assert screen.roll.draw(103.0) > 0.0
    screen.roll.close()
