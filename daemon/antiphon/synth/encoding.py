"""WAV files as MP3 or Ogg Vorbis, by libsndfile, which the wheels of soundfile carry."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from antiphon.errors import SynthError
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {"mp3": ("MP3", "MPEG_LAYER_III"), "ogg": ("OGG", "VORBIS")}
"""The format and the coding of each suffix, by their names in soundfile."""

BLOCK_FRAMES = 1 << 14
"""Frames that are encoded at once: libsndfile's Vorbis needs its stack for them."""


def check_encoder(path: Path) -> None:
    """Check that a file of this suffix can be encoded, before anything is rendered.

    Raises
    ------
    SynthError
        soundfile is not installed, or its libsndfile knows no such format.
    """
    _soundfile(path)


def encode(wav: Path, path: Path) -> None:
    """Write a WAV file as MP3 or Ogg Vorbis; the file appears whole or not at all.

    Raises
    ------
    SynthError
        soundfile is not installed, or the file cannot be written.
    """
    soundfile = _soundfile(path)
    kind, coding = FORMATS[path.suffix.lower()[1:]]
    try:
        with whole_file(path) as unfinished, soundfile.SoundFile(wav) as sound:
            form = {"format": kind, "subtype": coding}
            try:
                with soundfile.SoundFile(
                    unfinished, "w", sound.samplerate, sound.channels, **form
                ) as out:
                    for block in sound.blocks(BLOCK_FRAMES, dtype="int16"):
                        out.write(block)
            except soundfile.SoundFileError:
                _raise_errno(unfinished)
                raise
    except (OSError, soundfile.SoundFileError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SynthError(f"{path} cannot be written: {reason}.") from error


def _raise_errno(path: Path) -> None:
    """Raise the OSError that libsndfile calls "System error", if it comes again.

    Raises
    ------
    OSError
        The file cannot be written to: the disk is full, for instance.
    """
    with path.open("ab") as file:
        file.write(bytes(1 << 20))  # more than a full disk has left


def _soundfile(path: Path) -> Any:
    kind = path.suffix.lower()[1:]
    wav = path.with_suffix(".wav").name
    try:
        soundfile: Any = import_module("soundfile")
    except (ImportError, OSError) as error:  # OSError: the wheel of another system
        raise SynthError(
            f"The package soundfile is needed to write {path.name}: pip install soundfile; "
            f"or write {wav}, which needs none."
        ) from error
    if FORMATS[kind][0] not in soundfile.available_formats():
        raise SynthError(
            f"libsndfile is too old to write {path.name}: pip install --upgrade soundfile; "
            f"or write {wav}."
        )
    return soundfile
