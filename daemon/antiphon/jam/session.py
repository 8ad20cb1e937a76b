"""One jam, from start to end: the start reads as a list, and its mirror undoes it."""

from __future__ import annotations

import logging
import math
import sys
import time
from typing import TYPE_CHECKING

from antiphon.display import make_display
from antiphon.instrument import Predictor
from antiphon.jam.mind import Mind
from antiphon.jam.player_part import GRACE, PlayerPart, load_part, room_after
from antiphon.jam.voices import Listener, OnChannel, ear
from antiphon.messages import program_change
from antiphon.midi.inlet import Inlet
from antiphon.midi.scheduler import Scheduler
from antiphon.midi.watch import PortWatch
from antiphon.partner import Partner
from antiphon.recorder import SessionRecorder

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable

    from antiphon.display import Display
    from antiphon.jam.opening import Stage
    from antiphon.jam.stopping import StopRequest
    from antiphon.midi.echo import EchoGuard
    from antiphon.midi.outlet import Outlet
    from antiphon.midi.ports import MidiSystem
    from antiphon.sections import Settings

_log = logging.getLogger(__name__)

LOOK_INTERVAL = 0.05
"""The main thread looks this often for a reason to end."""

LAST_NOTES = 0.5
"""Seconds to let ring after the last note of a file's last answer."""

_CONNECT = "To play yourself, connect a keyboard: see `antiphon ports`."


class Jam:
    """Everything that runs while two play.

    Parameters
    ----------
    settings : Settings
        All settings.
    say : callable
        Tells the musician something, in one line.
    stage : Stage
        The ports and the synthesizer.
    ending : contextlib.ExitStack
        Told how to undo each thing that is opened, as soon as it is.

    Raises
    ------
    AntiphonError
        It cannot begin; what was opened is left to `ending`.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None],
        stage: Stage,
        ending: contextlib.ExitStack,
    ) -> None:
        self._settings = settings
        self._say = say
        self.voices = stage.voices
        self._system = stage.system
        self._returns = 0
        partner = _partner(settings)
        self.recorder = _recorder(settings, ending)
        self._display = make_display(settings.jam.display, sys.stderr)
        ending.callback(self._display.close)
        scheduler = Scheduler(
            self.voices.partner(*_listeners(settings, self._display, self.recorder)),
            guard=stage.guard,
        )
        ending.callback(scheduler.stop)
        self._mind = Mind(partner, scheduler, settings.midi.wire_channel, self.voices.release_all)
        ending.callback(self._mind.stop)
        self._part, self._file_name = self._player_part(stage.guard)
        ending.callback(self._part.stop)
        self._inlet: Inlet | None = None
        if stage.system is not None:
            self._inlet = self._listen(stage.system, stage.guard, ending)
        self._set_programs()
        scheduler.start()
        self._mind.start()

    def play(self, stop: StopRequest) -> None:
        """Let it happen, until somebody or something asks for the end.

        Raises
        ------
        Exception
            What ended the partner's thread, if anything did.
        """
        began = time.monotonic()
        ends = began + self._settings.jam.duration if self._settings.jam.duration else math.inf
        part_begins = began + (GRACE if self._may_wait else 0.0)
        self._say_hello()
        while not stop.asked and self._mind.failure is None:
            now = time.monotonic()
            if now >= ends or self._over(now):
                break
            if self._part.waiting and now >= part_begins:
                self._begin_part()
            wait = min(self._display.draw(now), LOOK_INTERVAL, ends - now)
            time.sleep(max(wait, 0.0))
        if self._mind.failure is not None:
            raise self._mind.failure

    @property
    def _may_wait(self) -> bool:
        """Whether a person may come to play, so that no file's end is the jam's."""
        return self._inlet is not None and self._settings.jam.player in ("auto", "none")

    def _player_part(self, guard: EchoGuard) -> tuple[PlayerPart, str | None]:
        settings, partner = self._settings, self._settings.partner
        messages, name = load_part(
            settings.jam.player,
            room=lambda phrase: room_after(phrase, partner.shortest, partner.longest),
        )
        channel = settings.midi.wire_hear_channel
        part = PlayerPart(
            messages,
            thru=self.voices.player(thru=settings.midi.thru, sound=settings.synth.player),
            deliver=ear(self._mind.hear, channel, self.recorder, self._display),
            guard=guard,
            yields=settings.jam.player == "auto",
        )
        return part, name

    def _listen(self, system: MidiSystem, guard: EchoGuard, ending: contextlib.ExitStack) -> Inlet:
        """Open the ways in, and watch ports come and go."""
        midi, synth = self._settings.midi, self._settings.synth
        inlet = Inlet(
            system,
            thru=self.voices.player(thru=midi.thru, sound=synth.player),
            deliver=self._part.person,
            guard=guard,
            connect=() if midi.input == "none" else (midi.input,),
            on_connected=self._tell_keyboards,
        )
        ending.callback(inlet.stop)
        inlet.start()
        ports = (port.ports_changed for port in self.voices.ports)
        watch = PortWatch(system, inlet.ports_changed, *ports, self._sound_again)
        ending.callback(watch.stop)
        watch.start()
        return inlet

    def _sound_again(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Let the synthesizer follow a JACK server that came back; called by `PortWatch`."""
        del inputs, outputs
        system, synth = self._system, self.voices.synth
        if system is not None and synth is not None and system.returns > self._returns:
            self._returns = system.returns
            synth.open_anew()

    def _set_programs(self) -> None:
        """Choose the sounds, in the session's file too: it may be rendered."""
        midi, synth = self._settings.midi, self._settings.synth
        player, partner = synth.wire_player_program, synth.wire_partner_program
        self.voices.set_programs(player, partner)
        if self.recorder is not None:
            now = time.monotonic()
            self.recorder.player(program_change(midi.wire_hear_channel or 0, player), now)
            self.recorder.partner(program_change(midi.written_channel, partner), now)

    def _begin_part(self) -> None:
        """Let the file play; the hello has told of one that did not have to wait."""
        if self._part.begin() and self._may_wait:
            self._display.status(f"{self._file_name} plays the player's part. {_CONNECT}")

    def _over(self, now: float) -> bool:
        """Tell whether a file has ended and was answered, and nobody else is meant to play."""
        return self._part.ended and not self._may_wait and self._mind.quiet(now - LAST_NOTES)

    def _tell_keyboards(self, names: tuple[str, ...]) -> None:
        if names:
            self._part.leave_to_person()
        self._display.status(f"Listening to {', '.join(names)}." if names else _CONNECT)

    def _say_hello(self) -> None:
        keyboards = self._inlet.connected if self._inlet is not None else ()
        if keyboards:
            self._say(f"Play: I listen to {', '.join(keyboards)}, and answer when you pause.")
        elif not self._part.waiting:
            self._say(f"Play: I answer when you pause. {_CONNECT}")
        elif self._may_wait:
            self._say(
                f"Play: I answer when you pause. If nobody does, {self._file_name} begins soon."
            )
        else:
            self._say(f"{self._file_name} plays the player's part; I answer. {_CONNECT}")


def _partner(settings: Settings) -> Partner:
    predictor = Predictor(settings.instrument.file)
    seed = settings.partner.seed_number()
    _log.info("the seed of this jam is %d", seed)
    return Partner(predictor, predictor.codec, settings.partner, seed=seed)


def _recorder(settings: Settings, ending: contextlib.ExitStack) -> SessionRecorder | None:
    if not settings.recorder.enabled:
        return None
    recorder = SessionRecorder(settings.recorder.folder)
    ending.callback(recorder.close)
    return recorder


def _listeners(
    settings: Settings, display: Display, recorder: SessionRecorder | None
) -> list[Outlet]:
    listeners: list[Outlet] = [Listener(display.partner)]
    if recorder is not None:
        listeners.append(OnChannel(Listener(recorder.partner), settings.midi.written_channel))
    return listeners
