"""FluidSynth as an outlet: what is sent to it sounds at once."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from antiphon.errors import SynthError
from antiphon.messages import HeldNotes, control_change
from antiphon.messages.spec import ALL_NOTES_OFF
from antiphon.midi.jack_server import JackServer, free_jack_memory, hush_jack
from antiphon.midi.quiet import quiet_stderr
from antiphon.synth.engine import (
    Engine,
    apply_message,
    load_library,
    load_soundfont,
    new_engine,
    require_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)

SAMPLE_RATE = 48_000
PERIOD_FRAMES = 128
PERIODS = 4
"""Four periods of 128 frames: 10.7 ms from message to sound, where the driver obeys."""

LINUX_DRIVERS = ("pipewire", "pulseaudio", "jack", "alsa")
MAC_DRIVERS = ("coreaudio", "jack")


class FluidSynthOutlet:
    """Sounds what is sent, through the machine's audio device.

    `send` may be called from any thread; it takes some microseconds. The audio
    runs on a thread of FluidSynth's own.

    Parameters
    ----------
    soundfont : Path
        A .sf2 or .sf3 file; see `find_soundfont`.
    driver : str, optional
        FluidSynth's name of an audio driver; None or "auto" tries those of this
        system in turn. A JACK server is used where one runs, never started.
    gain : float
        How loud, 0 to 10; at 0.6 ten loud notes at once do not clip.
    programs : mapping of int to int, optional
        General MIDI program (0 to 127) by channel (0 to 15); pianos by default.

    Raises
    ------
    SynthError
        There is no FluidSynth, no such SoundFont, or no audio device. Nothing is
        printed in any case.
    """

    def __init__(
        self,
        soundfont: Path,
        driver: str | None = None,
        gain: float = 0.6,
        programs: Mapping[int, int] | None = None,
    ) -> None:
        # Re-entrant, since a signal handler may release while its thread sends.
        self._lock = threading.RLock()
        self._held = HeldNotes()
        self._engine: Engine | None = None
        require_file(soundfont)
        engine = new_engine(gain, SAMPLE_RATE)
        try:
            self.driver = _start_audio(engine, driver)
        except SynthError:
            engine.delete()
            raise
        self._server: JackServer | None = None
        if self.driver == "jack":  # before the SoundFont takes memory of its own
            hush_jack()
            self._server = JackServer()
            free_jack_memory()
        load_soundfont(engine, soundfont)
        for channel, program in (programs or {}).items():
            engine.program_change(channel, program)
        self._engine = engine

    def send(self, data: bytes) -> None:
        """Sound one message, now; never raises, and does nothing after `close`."""
        with self._lock:
            if self._engine is not None:
                self._held.see(data)
                apply_message(self._engine, data)

    def release_all(self) -> None:
        """Let go of all that sounds: keys and pedals; what rings out rings out."""
        with self._lock:
            for data in self._held.releases():
                self.send(data)
            for channel in self._held.channels:
                self.send(control_change(channel, ALL_NOTES_OFF, 0))

    def open_anew(self) -> None:
        """Sound again, after the server that took the audio has gone and come back.

        What sounded then is released. Never raises; where it fails, nothing sounds.
        """
        with self._lock:
            if self._engine is None:
                return
            self.release_all()
            # To delete the old one would wait for its server.
            self._engine.audio_driver = None
            try:
                _start_audio(self._engine, self.driver)
            except SynthError as error:
                _log.warning("%s", error)
                return
            if self._server is not None:
                self._server.close()
                self._server = JackServer()

    def close(self) -> None:
        """Release all and let the audio device go; safe to call twice."""
        with self._lock:
            self.release_all()
            engine, self._engine = self._engine, None
        if engine is None:
            return
        if self._server is not None:
            if self._server.gone():
                # Its client is libjack's to delete, and deleted already where rtmidi, which
                # shares the system's libjack on Debian 13, has looked for a server since.
                engine.audio_driver = None
            self._server.close()
        with quiet_stderr():
            engine.delete()


def _start_audio(engine: Engine, wanted: str | None) -> str:
    """Open an audio device; return the driver that did."""
    automatic = wanted is None or wanted == "auto"
    system = MAC_DRIVERS if sys.platform == "darwin" else LINUX_DRIVERS
    names = system if automatic else (str(wanted),)
    fluidsynth: Any = load_library()
    engine.setting("audio.period-size", PERIOD_FRAMES)
    engine.setting("audio.periods", PERIODS)
    engine.setting("audio.jack.autoconnect", 1)
    engine.setting("audio.jack.id", "Antiphon")
    with quiet_stderr(), _no_jack_server_started():
        for name in names:
            engine.setting("audio.driver", name)
            # Not Synth.start: that opens MIDI ports of FluidSynth's own as well.
            engine.audio_driver = fluidsynth.new_fluid_audio_driver(engine.settings, engine.synth)
            if engine.audio_driver:
                return name
    if automatic:
        raise SynthError(
            f"No audio device answers (tried {', '.join(names)}), so nothing sounds here; "
            "connect one, or listen through the MIDI port."
        )
    raise SynthError(
        f"The audio driver {wanted!r} finds no device here; "
        f"choose another ({', '.join(system)}) or leave it at auto."
    )


@contextmanager
def _no_jack_server_started() -> Iterator[None]:
    """Keep libjack from starting a server where none runs: that takes 6 s, and fails."""
    name = "JACK_NO_START_SERVER"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
