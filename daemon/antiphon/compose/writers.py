"""The files of a composition: each suffix has its writer.

MIDI and WAV are written here; scores by what training adds (see `extras`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from antiphon.compose import extras
from antiphon.errors import UsageError
from antiphon.music.files.writing import write_midi

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.compose.piece import Composition

    Write = Callable[[Composition], list[Path]]
    """Writes a composition, and returns the files."""


class Writer(Protocol):
    """What an entry point of `extras.WRITERS` is."""

    def __call__(self, path: Path) -> Write:
        """Return what writes `path`.

        Raises
        ------
        AntiphonError
            It cannot be written here, whatever the music: a program is missing.
        """


def open_writer(path: Path) -> Write:
    """Return what writes a file of this suffix, before there is anything to write.

    Raises
    ------
    AntiphonError
        There is no such writer, or it lacks something.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} to.")
    if suffix in ("mid", "midi"):
        return _midi(path)
    if suffix == "wav":
        return _wav(path)
    writer: Writer | None = extras.load(extras.WRITERS, suffix, f"to write {path.name}")
    if writer is None:
        known = ", ".join(f".{name}" for name in ("mid", "wav", *extras.names(extras.WRITERS)))
        raise UsageError(f"What {path.name} shall be cannot be told; end it in one of {known}.")
    return writer(path)


def _midi(path: Path) -> Write:
    def write(piece: Composition) -> list[Path]:
        write_midi(path, piece.parts)
        return [path]

    return write


def _wav(path: Path) -> Write:
    from antiphon.synth import find_soundfont, render_midi_to_wav

    def write(piece: Composition) -> list[Path]:
        soundfont = find_soundfont(piece.soundfont)
        with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
            midi = Path(folder) / "piece.mid"
            write_midi(midi, piece.parts)
            render_midi_to_wav(midi, path, soundfont, piece.gain)
        return [path]

    return write
