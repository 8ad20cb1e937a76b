"""One jam, from start to end: the start reads as a list, and its mirror undoes it."""

from __future__ import annotations

import contextlib
import gc
import logging
import math
import sys
import time
from typing import TYPE_CHECKING

from antiphon.display import make_display
from antiphon.errors import NoMidiSystemError, SynthError
from antiphon.instrument import Predictor
from antiphon.jam.memory import peak_memory
from antiphon.jam.mind import Mind
from antiphon.jam.player_part import GRACE, PlayerPart, load_part, room_after
from antiphon.jam.stopping import StopRequest
from antiphon.jam.voices import Listener, Voices, ear
from antiphon.midi.echo import EchoGuard
from antiphon.midi.inlet import Inlet
from antiphon.midi.jack_server import free_jack_memory
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem
from antiphon.midi.scheduler import Scheduler
from antiphon.midi.watch import PortWatch
from antiphon.partner import Partner
from antiphon.recorder import SessionRecorder
from antiphon.settings import sessions_folder
from antiphon.settings.parts import instrument_file, partner_settings, seed_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.settings import Settings

_log = logging.getLogger(__name__)

SWITCH_INTERVAL = 0.0005
"""Seconds after which a busy Python thread lets another run; the default is ten times that."""

LOOK_INTERVAL = 0.05
"""The main thread looks this often for a reason to end."""

LAST_NOTES = 0.5
"""Seconds to let ring after the last note of a file's last answer."""

_CONNECT = "To play yourself, connect a keyboard: see `antiphon ports`."


class Jam:
    """Everything that runs while two play; `run` is its whole life.

    Parameters
    ----------
    settings : Settings
        All settings.
    say : callable
        Tells the musician something, in one line.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._stop = StopRequest()
        self._voices = Voices()
        self._sounds: str | None = None
        self._recorder: SessionRecorder | None = None
        self._inlet: Inlet | None = None

    def run(self) -> int:
        """Play until the end; return the exit code."""
        started = time.monotonic()
        with self._stop.signals(), contextlib.ExitStack() as ending:
            self._start(ending)
            # What lives now lives to the end: the collector need not look at it again.
            gc.collect()
            gc.freeze()
            _log.info("ready after %.2f s", time.monotonic() - started)
            self._play()
        _log.info("peak memory %.1f MiB", peak_memory() / 2**20)
        self._keep()
        if self._mind.failure is not None:
            raise self._mind.failure
        return 0

    def _start(self, ending: contextlib.ExitStack) -> None:
        settings = self._settings
        # Ports and sound first: JACK's share of the memory peaks as they open.
        system = self._midi_system()
        if system is not None:
            ending.callback(system.close)
        ending.callback(self._voices.close)
        self._open_ports(system)
        self._open_synth()
        predictor = Predictor(instrument_file(settings.instrument))
        seed = seed_number(settings.partner)
        _log.info("the seed of this jam is %d", seed)
        partner = Partner(predictor, predictor.codec, partner_settings(settings.partner), seed=seed)
        if settings.recorder.enabled:
            self._recorder = SessionRecorder(sessions_folder(settings.recorder.sessions))
            ending.callback(self._recorder.close)
        self._display = make_display(settings.jam.display, sys.stderr)
        ending.callback(self._display.close)
        guard = EchoGuard(self._probe)
        listeners = [Listener(self._display.partner)]
        if self._recorder is not None:
            listeners.append(Listener(self._recorder.partner))
        scheduler = Scheduler(self._voices.partner(*listeners), guard=guard)
        ending.callback(scheduler.stop)
        scheduler.start()
        self._mind = Mind(partner, scheduler, settings.midi.wire_channel)
        ending.callback(self._mind.stop)
        self._mind.start()
        self._listen(system, guard, ending)

    def _listen(
        self, system: MidiSystem | None, guard: EchoGuard, ending: contextlib.ExitStack
    ) -> None:
        """Open the ways in: ports, and a file where no person plays."""
        midi, partner = self._settings.midi, self._settings.partner
        thru = self._voices.player(thru=midi.thru, sound=self._settings.synth.player)
        deliver = ear(self._mind.hear, midi.wire_hear_channel, self._recorder, self._display)
        messages, name = load_part(
            self._settings.jam.player,
            keyboard=lambda: system is not None and bool(_keyboards(system, midi.input)),
            room=lambda phrase: room_after(phrase, partner.shortest, partner.longest),
        )
        demonstrates = self._settings.jam.player == "auto"
        self._part = PlayerPart(
            messages, thru=thru, deliver=deliver, guard=guard, yields=demonstrates
        )
        ending.callback(self._part.stop)
        if system is not None:
            self._inlet = Inlet(
                system,
                thru=thru,
                deliver=self._part.person,
                guard=guard,
                connect=() if midi.input == "none" else (midi.input,),
                on_connected=self._tell_keyboards,
            )
            ending.callback(self._inlet.stop)
            self._inlet.start()
            ports = [outlet for outlet in self._voices.ports if isinstance(outlet, PortOutlet)]
            watch = PortWatch(
                system, self._inlet.ports_changed, *(port.ports_changed for port in ports)
            )
            ending.callback(watch.stop)
            watch.start()
        self._file_name = name
        self._may_wait = demonstrates and system is not None

    def _play(self) -> None:
        """Let it happen, until somebody or something asks for the end."""
        began = time.monotonic()
        ends = began + self._settings.jam.duration if self._settings.jam.duration else math.inf
        part_begins = began + (GRACE if self._may_wait else 0.0)
        self._say_hello()
        while not self._stop.asked and self._mind.failure is None:
            now = time.monotonic()
            if now >= ends or self._over(now):
                return
            if self._part.waiting and now >= part_begins:
                self._begin_part()
            wait = min(self._display.draw(now), LOOK_INTERVAL, ends - now)
            time.sleep(max(wait, 0.0))

    def _begin_part(self) -> None:
        """Let the file play; the hello has told of one that did not have to wait."""
        if self._part.begin() and self._may_wait:
            self._display.status(f"{self._file_name} plays the player's part. {_CONNECT}")

    def _over(self, now: float) -> bool:
        """Tell whether a file has played to its end and was answered, and nobody else can play."""
        return self._part.ended and not self._may_wait and self._mind.quiet(now - LAST_NOTES)

    def _keep(self) -> None:
        """Tell where the session is, and render it where it could not be heard."""
        session = self._recorder.path if self._recorder is not None else None
        if session is None:
            return
        self._say(f"The session is in {session}.")
        wanted = self._settings.synth.render
        if wanted == "off" or (wanted == "auto" and self._voices.synth is not None):
            return
        from antiphon.synth import find_soundfont, render_midi_to_wav

        wav = session.with_suffix(".wav")
        try:
            soundfont = find_soundfont(self._settings.synth.soundfont)
            render_midi_to_wav(session, wav, soundfont, gain=self._settings.synth.gain)
        except SynthError as error:
            if wanted == "on":
                raise
            _log.info("the session is not rendered: %s", error)
        else:
            self._say(f"It sounds in {wav}.")

    def _midi_system(self) -> MidiSystem | None:
        midi = self._settings.midi
        try:
            return MidiSystem(midi.api)
        except NoMidiSystemError as error:
            demanded = midi.api != "auto" or midi.input not in ("auto", "none")
            if demanded or midi.output != "none" or self._settings.jam.player == "none":
                raise
            self._say(str(error))
            return None

    def _open_ports(self, system: MidiSystem | None) -> None:
        if system is None:
            return
        self._voices.ports.append(PortOutlet(system))
        if self._settings.midi.output != "none":
            self._voices.ports.append(PortOutlet(system, self._settings.midi.output))
        self._say(
            f"Antiphon listens on the port Antiphon In and plays on Antiphon Out ({system.api})."
        )

    def _open_synth(self) -> None:
        synth = self._settings.synth
        if synth.enabled == "off":
            return
        from antiphon.synth import FluidSynthOutlet, find_soundfont

        try:
            soundfont = find_soundfont(synth.soundfont)
            driver = None if synth.driver == "auto" else synth.driver
            sound = FluidSynthOutlet(soundfont, driver, synth.gain)
        except SynthError as error:
            if synth.enabled == "on":
                raise
            self._say(str(error))
            return
        self._voices.synth = sound
        if sound.driver == "jack":
            free_jack_memory()
        self._voices.set_programs(synth.wire_player_program, synth.wire_partner_program)
        self._say(f"You hear it through FluidSynth with {soundfont.name}.")

    def _probe(self, data: bytes) -> None:
        for port in self._voices.ports:
            port.send(data)

    def _tell_keyboards(self, names: tuple[str, ...]) -> None:
        self._display.status(f"Listening to {', '.join(names)}." if names else _CONNECT)

    def _say_hello(self) -> None:
        keyboards = self._inlet.connected if self._inlet is not None else ()
        if keyboards:
            self._say(f"Play: I listen to {', '.join(keyboards)}, and answer when you pause.")
        elif self._part.waiting and self._may_wait:
            self._say(
                f"Play: I answer when you pause. If nobody does, {self._file_name} begins soon."
            )
        elif self._part.waiting:
            self._say(f"{self._file_name} plays the player's part; I answer. {_CONNECT}")
        else:
            self._say(f"Play: I answer when you pause. {_CONNECT}")


def run(settings: Settings) -> int:
    """Play a jam, and return the process's exit code.

    Raises
    ------
    AntiphonError
        It cannot begin; the sentence says what to do.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)

    def say(sentence: str) -> None:
        if settings.jam.display != "none":
            print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - the musician's terminal

    return Jam(settings, say).run()


def _keyboards(system: MidiSystem, wanted: str) -> list[str]:
    """Return the keyboards that are there, as far as the setting wants them."""
    if wanted == "none":
        return []
    return system.keyboards() if wanted == "auto" else [n for n in system.inputs() if wanted in n]
