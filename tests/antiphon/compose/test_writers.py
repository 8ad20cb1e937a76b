"""What is said of the files that a composition is written to."""

from __future__ import annotations

from pathlib import Path

from antiphon.compose.writers import tell_pages


def test_numbered_pages_are_named_in_one_sentence() -> None:
    said: list[str] = []
    written = [Path("piece.mid"), Path("piece-1.png"), Path("piece-2.png")]
    tell_pages(written, [Path("piece.mid"), Path("piece.png")], said.append)
    assert said == ["The pages are in piece-1.png, piece-2.png."]


def test_files_that_were_asked_for_need_no_word() -> None:
    said: list[str] = []
    tell_pages([Path("piece.mid")], [Path("piece.mid")], said.append)
    assert not said
