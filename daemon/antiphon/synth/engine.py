"""FluidSynth's library: loaded when it is needed, its log silenced, its calls with types.

Samples are loaded when a program is first chosen, so that even a SoundFont of 150 MB
takes a few MB for each program in use. The chorus is off, because a piano has none.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
from typing import TYPE_CHECKING, Any, Protocol, cast

from antiphon.errors import SynthError
from antiphon.messages import is_channel_message
from antiphon.messages.spec import (
    CHANNELS,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM_CHANGE,
)
from antiphon.midi.quiet import quiet_stderr

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

FAILED = -1
LOG_LEVELS = 5
BEND_CENTRE = 8192


class Engine(Protocol):
    """The part of pyfluidsynth's synthesizer that is used here."""

    settings: object
    synth: object
    audio_driver: object | None

    def setting(self, name: str, value: str | float, /) -> None:
        """Change one of FluidSynth's settings."""

    def get_setting(self, name: str, /) -> str | float | None:
        """Return one of FluidSynth's settings, or None where it does not exist."""

    def sfload(self, filename: str, update_midi_preset: int, /) -> int:
        """Load a SoundFont; return its number, or FAILED."""

    def noteon(self, channel: int, pitch: int, velocity: int, /) -> int:
        """Start a note."""

    def noteoff(self, channel: int, pitch: int, /) -> int:
        """End a note."""

    def cc(self, channel: int, control: int, value: int, /) -> int:
        """Move a controller."""

    def program_change(self, channel: int, program: int, /) -> int:
        """Choose a program by its General MIDI number."""

    def pitch_bend(self, channel: int, value: int, /) -> int:
        """Set the pitch bend, -8192 to 8191."""

    def get_samples(self, frames: int, /) -> NDArray[np.int16]:
        """Return the next frames, left and right in turn."""

    def delete(self) -> None:
        """Stop the audio and free everything; the engine is unusable afterwards."""


def load_library() -> Any:
    """Return the module `fluidsynth`, with its library's own log silenced.

    Raises
    ------
    SynthError
        libfluidsynth, or pyfluidsynth, is not installed.
    """
    try:
        # pyfluidsynth prints where it found the library when CI is set.
        with contextlib.redirect_stdout(io.StringIO()):
            import fluidsynth
    except (ImportError, OSError) as error:
        raise SynthError(
            "FluidSynth is not installed, so there is no sound here; "
            "install it: apt install libfluidsynth3 (macOS: brew install fluid-synth)."
        ) from error
    # Without a log function nothing is printed; failures come back as values.
    library = ctypes.CDLL(fluidsynth.lib)
    library.fluid_set_log_function.restype = ctypes.c_void_p
    library.fluid_set_log_function.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    for level in range(LOG_LEVELS):
        library.fluid_set_log_function(level, None, None)
    return fluidsynth


def make_engine(soundfont: Path, gain: float, sample_rate: int) -> Engine:
    """Return a synthesizer with a SoundFont; see `new_engine` and `load_soundfont`."""
    engine = new_engine(gain, sample_rate)
    load_soundfont(engine, soundfont)
    return engine


def new_engine(gain: float, sample_rate: int) -> Engine:
    """Return a synthesizer of 16 channels, not yet sounding, without a SoundFont.

    Raises
    ------
    SynthError
        There is no FluidSynth here.
    """
    fluidsynth = load_library()
    options = {"synth.dynamic-sample-loading": 1, "synth.chorus.active": 0}
    return cast(
        "Engine",
        fluidsynth.Synth(gain, float(sample_rate), channels=len(CHANNELS), **options),
    )


def require_file(soundfont: Path) -> None:
    """Raise SynthError where there is no such SoundFont, before anything is opened."""
    if not soundfont.is_file():
        raise SynthError(f"{soundfont} cannot be loaded; choose another SoundFont.")


def load_soundfont(engine: Engine, soundfont: Path) -> None:
    """Load a SoundFont into a synthesizer, which is deleted where that fails.

    Raises
    ------
    SynthError
        The SoundFont cannot be read.
    """
    # For some broken fonts a loader prints to stderr, past the log function.
    with quiet_stderr():
        loaded = engine.sfload(str(soundfont), 1) != FAILED
    if not loaded:
        engine.delete()
        raise SynthError(f"{soundfont} cannot be loaded; choose another SoundFont.")


def apply_message(engine: Engine, data: bytes) -> None:
    """Let the synthesizer play one message; a message that it does not know is ignored."""
    if not is_channel_message(data):
        return
    kind, channel = data[0] & 0xF0, data[0] & 0x0F
    if kind == NOTE_ON and data[2] > 0:
        engine.noteon(channel, data[1], data[2])
    elif kind in (NOTE_ON, NOTE_OFF):
        engine.noteoff(channel, data[1])
    elif kind == CONTROL_CHANGE:
        engine.cc(channel, data[1], data[2])
    elif kind == PROGRAM_CHANGE:
        engine.program_change(channel, data[1])
    elif kind == PITCH_BEND:
        engine.pitch_bend(channel, (data[1] | data[2] << 7) - BEND_CENTRE)
