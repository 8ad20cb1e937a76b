"""FluidSynth as an outlet: what is sent to it sounds at once."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from antiphon.errors import SynthError
from antiphon.messages import HeldNotes, control_change
from antiphon.messages.spec import ALL_NOTES_OFF
from antiphon.midi.jack_server import JackServer, free_jack_memory, hush_jack
from antiphon.midi.quiet import quiet_stderr
from antiphon.synth.audio import open_audio, start, stop
from antiphon.synth.engine import (
    Engine,
    apply_message,
    load_soundfont,
    make_engine,
    new_engine,
    require_file,
)
from antiphon.synth.headroom import DEFAULT_GAIN, Headroom, loudest_note

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)

SAMPLE_RATE = 48_000


class FluidSynthOutlet:
    """Sounds what is sent, through the machine's audio device.

    `send` may be called from any thread; it takes some microseconds. The audio
    runs on a thread of FluidSynth's own.

    Parameters
    ----------
    soundfont : Path
        A .sf2 or .sf3 file; see `find_soundfont`.
    driver : str, optional
        FluidSynth's name of an audio driver; "auto" tries those of this system
        in turn. A JACK server is used where one runs, and never started.
    gain : float
        How loud, 0 to 10; lowered while the sound would clip (see `Headroom`).
    device : str, optional
        The driver's name of a device, or a sound card's name or a part of it;
        "auto" tries ALSA's default and then each card that plays.

    Attributes
    ----------
    driver : str
        The audio driver that was taken.
    place : str
        The device, as the end of a sentence: "on the sound card Headphones".

    Raises
    ------
    SynthError
        There is no FluidSynth, no such SoundFont, or no audio device. FluidSynth
        prints nothing.
    """

    def __init__(
        self,
        soundfont: Path,
        driver: str = "auto",
        gain: float = DEFAULT_GAIN,
        device: str = "auto",
    ) -> None:
        self._lock = threading.Lock()
        self._opening = threading.Lock()  # an engine is not deleted while its audio is opened
        self._held = HeldNotes()
        self._engine: Engine | None = None
        self._server: JackServer | None = None
        self._reopened = False
        require_file(soundfont)
        self._headroom = Headroom(gain, _loudest_note(soundfont))
        engine = new_engine(gain, SAMPLE_RATE)
        try:
            audio = open_audio(engine, driver, device)
        except SynthError:
            engine.delete()
            raise
        engine.audio_driver = audio.handle
        self._attempt, self.driver, self.place = audio.attempt, audio.attempt.driver, audio.place
        if self.driver == "jack":  # before the SoundFont takes memory of its own
            hush_jack()
            self._server = JackServer()
            free_jack_memory()
        load_soundfont(engine, soundfont)
        self._engine = engine

    def send(self, data: bytes) -> None:
        """Sound one message, now; never raises, and does nothing after `close`."""
        with self._lock:
            self._sound(data)

    def release_all(self) -> None:
        """Release all keys and pedals; the notes fade as after any note-off."""
        with self._lock:
            self._release()

    def reopen(self) -> None:
        """Open the audio again after a JACK server came back; without JACK, do nothing.

        All keys and pedals are released. Never raises; if it fails, nothing sounds. The
        device is opened before the lock is taken, so that no note waits for it.
        """
        with self._opening:
            engine = self._engine
            if engine is None or self.driver != "jack":
                return
            handle = start(engine, self._attempt)
            with self._lock:
                self._release()
                # The old driver is not deleted: that would wait for its server.
                engine.audio_driver = handle
                self._reopened = True
            if handle is not None and self._server is not None:
                self._server.close()
                self._server = JackServer()
        if handle is None:
            _log.warning("FluidSynth finds no JACK server and is silent until one comes back.")

    def close(self) -> None:
        """Release all notes and close the audio device; safe to call twice."""
        with self._opening:
            with self._lock:
                self._release()
                engine, self._engine = self._engine, None
            if engine is None:
                return
            if self._server is not None:
                if self._server.gone():
                    # libjack deletes the client of a server that has gone. On Debian 13 rtmidi
                    # shares the system's libjack, and may have caused that already.
                    engine.audio_driver = None
                self._server.close()
            with quiet_stderr():
                if self._reopened:  # the driver left behind may still play the engine
                    stop(engine)
                else:
                    engine.delete()

    def _sound(self, data: bytes) -> None:
        """Sound one message; the caller holds the lock."""
        engine = self._engine
        if engine is None:
            return
        self._held.see(data)
        gain = self._headroom.gain_for(data, time.monotonic())
        if gain is not None:
            engine.setting("synth.gain", gain)
        apply_message(engine, data)

    def _release(self) -> None:
        for data in self._held.releases():
            self._sound(data)
        for channel in self._held.channels:
            self._sound(control_change(channel, ALL_NOTES_OFF, 0))


def _loudest_note(soundfont: Path) -> float:
    """Return `loudest_note` of a SoundFont; this also checks that the file can be read."""
    engine = make_engine(soundfont, 1.0, SAMPLE_RATE)
    try:
        return loudest_note(engine, SAMPLE_RATE)
    finally:
        engine.delete()
