"""Write a composition: each suffix has its writer.

This module writes MIDI and sound; `antiphon[train]` adds the writers of scores (see
`extras`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from antiphon.compose import extras
from antiphon.errors import UsageError
from antiphon.music.files.writing import write_midi

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.compose.piece import Composition
    from antiphon.music.note import NoteArray

    Write = Callable[[Composition], list[Path]]
    """Writes a composition and returns the files."""


SOUNDS = ("wav", "mp3", "ogg")


class Writer(Protocol):
    """The function of an entry point of `extras.WRITERS`."""

    def __call__(self, path: Path) -> Write:
        """Return a function that writes `path`.

        Raises
        ------
        AntiphonError
            A program is missing without which no such file can be written.
        """


def open_writer(path: Path, soundfont: str = "auto") -> Write:
    """Return a function that writes a file of this suffix, before anything is composed.

    Parameters
    ----------
    path : Path
        The file.
    soundfont : str
        The SoundFont of what is sound: a file, or "auto".

    Raises
    ------
    AntiphonError
        There is no such writer, or it lacks a program, a package or a SoundFont.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix in SOUNDS:
        return _sound(path, soundfont)
    check_folder(path)
    if suffix in ("mid", "midi"):
        return _midi(path)
    writer: Writer | None = extras.load(extras.WRITERS, suffix, f"to write {path.name}")
    if writer is None:
        known = ", ".join(f".{name}" for name in ("mid", *SOUNDS, *extras.names(extras.WRITERS)))
        raise UsageError(f"{path.name} cannot be written; end its name in one of {known}.")
    return writer(path)


def check_out(paths: Sequence[Path]) -> None:
    """Check that files have names of their own.

    Raises
    ------
    UsageError
        The same file is given twice.
    """
    if len(set(paths)) < len(paths):
        raise UsageError("The same file is given twice; give each --out a name of its own.")


def check_folder(path: Path) -> None:
    """Check that a file can be written where its name says.

    Raises
    ------
    UsageError
        There is no such folder, it cannot be written in, or the name is a folder's.
    """
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} to.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"Nothing can be written in {path.parent}; name another --out file.")


def check_length(paths: Sequence[Path], source: str, beginning: NoteArray) -> None:
    """Check that a WAV file can hold a beginning, before anything is added to it.

    Parameters
    ----------
    paths : sequence of Path
        The files to write.
    source : str
        Where the beginning comes from, for the error.
    beginning : array of NOTE_DTYPE
        Its notes; every note has an end.

    Raises
    ------
    UsageError
        The beginning is too long.
    """
    seconds = float((beginning["onset"] + beginning["duration"]).max(initial=0.0))
    sound = next((path for path in paths if path.suffix.lower()[1:] in SOUNDS), None)
    if sound is None:
        return
    from antiphon.synth.render import LONGEST_WAV

    if seconds > LONGEST_WAV:
        raise UsageError(
            f"{source} lasts {seconds / 3600:.0f} hours, which is too long for a WAV file (6 h "
            f"45 min); write {sound.with_suffix('.mid').name}, or only what is added: --added-only."
        )


def _midi(path: Path) -> Write:
    def write(piece: Composition) -> list[Path]:
        write_midi(path, piece.parts, notated=piece.notated, caption=piece.caption)
        return [path]

    return write


def _sound(path: Path, soundfont: str) -> Write:
    write_sound = open_sound(path, soundfont)

    def write(piece: Composition) -> list[Path]:
        from antiphon.music.files.reading import read_performance

        with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
            midi = Path(folder) / "piece.mid"
            write_midi(midi, piece.parts, notated=piece.notated)
            messages = read_performance(midi, drums=True).messages()
        write_sound(messages, piece.gain)
        return [path]

    return write


def open_sound(
    path: Path, soundfont: str
) -> Callable[[Sequence[tuple[float, bytes]], float], None]:
    """Return a function that renders messages, at a gain, to a file.

    Parameters
    ----------
    path : Path
        Its suffix is one of `SOUNDS`.
    soundfont : str
        The SoundFont: a file, or "auto".

    Raises
    ------
    AntiphonError
        There is no such folder, no FluidSynth or SoundFont, or the encoder of this suffix is
        not installed.
    """
    check_folder(path)
    from antiphon.synth import encode, find_soundfont, render_messages_to_wav
    from antiphon.synth.encoding import check_encoder
    from antiphon.synth.engine import load_library

    load_library()
    found = find_soundfont(soundfont)
    wav = path.suffix.lower() == ".wav"
    if not wav:
        check_encoder(path)

    def write(messages: Sequence[tuple[float, bytes]], gain: float) -> None:
        if wav:
            render_messages_to_wav(messages, path, found, gain)
            return
        with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
            sound = Path(folder) / "sound.wav"
            render_messages_to_wav(messages, sound, found, gain)
            encode(sound, path)

    return write


def tell_pages(written: Sequence[Path], out: Sequence[Path], say: Callable[[str], None]) -> None:
    """Say where the pages are of a score that became several numbered files.

    Parameters
    ----------
    written : sequence of Path
        The files that were written.
    out : sequence of Path
        The files that were asked for; those among `written` need no word.
    """
    pages = [str(path) for path in written if path not in out]
    if pages:
        say(f"The pages are in {', '.join(pages)}.")
