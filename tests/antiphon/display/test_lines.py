"""Plain lines, as a log or a pipe gets them."""

from __future__ import annotations

import io
import subprocess
import sys

from antiphon.display.lines import Lines
from antiphon.messages import note_off, note_on


def two_phrases(lines: Lines) -> None:
    lines.status("Listening to a keyboard.")
    for step, pitch in enumerate((60, 64, 67)):
        lines.player(note_on(0, pitch, 80), 101.0 + step)
        lines.player(note_off(0, pitch), 101.9 + step)
    lines.partner(note_on(1, 72, 80), 104.6)
    lines.partner(b"\xfe", 104.7)
    lines.partner(note_off(1, 72), 105.0)


def test_a_line_a_phrase() -> None:
    stream = io.StringIO()
    lines = Lines(stream, origin=100.0)
    two_phrases(lines)
    assert lines.draw(105.1) > 0.0
    lines.draw(106.0)
    lines.close()
    lines.close()
    assert stream.getvalue().replace("\N{EN DASH}", "-").splitlines() == [
        "Listening to a keyboard.",
        "     1.0 s  player      3 notes  C4-G4      2.9 s",
        "     4.6 s  partner     1 note   C5-C5      0.4 s",
    ]


def test_the_last_phrase_is_told_at_the_end() -> None:
    stream = io.StringIO()
    lines = Lines(stream, origin=100.0)
    two_phrases(lines)
    lines.close()
    assert "partner" in stream.getvalue()


def test_a_terminal_of_few_letters_gets_what_it_can_show() -> None:
    raw = io.BytesIO()
    lines = Lines(io.TextIOWrapper(raw, encoding="ascii"), origin=100.0)
    lines.status("Größe")
    two_phrases(lines)
    lines.draw(106.0)
    assert raw.getvalue().isascii()
    assert b"C4-G4" in raw.getvalue()


def test_a_broken_stream_ends_the_lines_and_nothing_else() -> None:
    stream = io.StringIO()
    lines = Lines(stream, origin=0.0)
    stream.close()
    two_phrases(lines)
    assert lines.draw(110.0) > 0.0
    lines.close()


def test_rich_is_not_loaded_for_lines() -> None:
    code = (
        "import io, sys; from antiphon.display import make_display; "
        "make_display('auto', io.StringIO()).draw(0.0); sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
