"""Writers of scores for `antiphon compose`: entry points of `antiphon.writers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError, UsageError
from antiphon.whole_file import whole_file
from antiphon_training.notation.engraving import engrave, find_engraver
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.page import Page, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.compose import Composition

    Write = Callable[[Composition], list[Path]]

MARK = "Antiphon"
"""The word over the first note that was added."""


def write_musicxml(path: Path) -> Write:
    """Return a function that writes a composition as MusicXML: .musicxml, .xml or .mxl."""
    from antiphon_training.notation.musicxml import compressed

    def write(piece: Composition) -> list[Path]:
        content = _musicxml(_page(piece), piece)
        _write(path, compressed(content) if path.suffix.lower() == ".mxl" else content)
        return [path]

    return write


def write_engraved(path: Path) -> Write:
    """Return a function that writes a composition as sheet music, .pdf or .png.

    Raises
    ------
    AntiphonError
        Neither MuseScore nor LilyPond is installed.
    """
    engraver = find_engraver(path)

    def write(piece: Composition) -> list[Path]:
        page = _page(piece)
        if engraver.reads == "ly":
            return engrave(engraver, lilypond(page, piece.title, piece.caption), path)
        return engrave(engraver, _musicxml(page, piece), path)

    return write


def _page(piece: Composition) -> Page:
    """Return the layout of a composition, with a mark where the added notes begin."""
    notes = piece.notes
    if not len(notes):
        raise UsageError("There is no note to write down; ask for more.")
    both = len(piece.given) and len(piece.added)
    marks = ((float(piece.added["onset"][0]), MARK),) if both else ()
    return lay_out(notes, marks, piece.told, piece.pedals, piece.chords)


def _musicxml(page: Page, piece: Composition) -> bytes:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    return musicxml(make_score(page, piece.title, piece.caption), page)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        with whole_file(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise AntiphonError(f"{path} cannot be written: {error.strerror or error}.") from error
