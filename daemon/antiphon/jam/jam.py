"""One jam, from start to end: a list of parts that start in order and stop in reverse."""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from antiphon.display import make_display
from antiphon.instrument import Predictor
from antiphon.jam.command_reader import CommandReader, command_descriptor
from antiphon.jam.partner_thread import PartnerThread
from antiphon.jam.parts import Part, Parts
from antiphon.jam.player_part import GRACE, PlayerPart, load_part, room_after
from antiphon.jam.schedule_thread import ScheduleThread
from antiphon.jam.voices import Listener, OnChannel, ear
from antiphon.messages import program_change
from antiphon.midi.inlet import Inlet
from antiphon.midi.watch import PortWatch
from antiphon.partner import MODES, Partner, PartnerSections
from antiphon.recorder import LogFile, MemoryKeeper, SessionRecorder
from antiphon.replay.header import log_header
from antiphon.settings import sections_of
from antiphon.stage import Stage
from antiphon.stage.log import StageLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antiphon.jam.opening import Wiring
    from antiphon.jam.stopping import StopRequest
    from antiphon.midi.outlet import Outlet
    from antiphon.partner import Report
    from antiphon.sections import Settings

_log = logging.getLogger(__name__)

LOOK_INTERVAL = 0.05
"""Seconds between two looks of the main thread for a reason to end."""

LAST_NOTES = 0.5
"""Seconds between the last answer to a file and the end of the jam."""

_CONNECT = "To play yourself, connect a keyboard: see `antiphon ports`."


class Jam:
    """All that runs during a jam; nothing runs before `start`.

    Parameters
    ----------
    settings : Settings
        All settings.
    say : callable
        Shows the musician one line.
    wiring : Wiring
        The ports and the synthesizer; the caller opens and closes them.

    Raises
    ------
    AntiphonError
        The jam cannot begin.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None], wiring: Wiring) -> None:
        self._settings = settings
        self._say = say
        self._wiring = wiring
        self.voices = wiring.voices
        self._returns = 0
        self._idle_since: float | None = None
        self._seed = settings.partner.seed_number()
        self._sections = partner_sections(settings)
        self._log = StageLog()
        self._keeper: MemoryKeeper | None = None
        self.recorder = self._make_recorder()
        self._display = make_display(settings.jam.display, sys.stderr)
        condition = threading.Condition()
        self._stage = self._make_stage(condition)
        self._partner = PartnerThread(self._stage)
        self._schedule = ScheduleThread(self._stage, condition)
        self._player, self._file_name = self._make_player()
        self._inlet = self._make_inlet()
        self._parts = Parts(self._list_parts())

    def _list_parts(self) -> Iterator[Part]:
        """Yield the parts in the order in which they start."""
        yield Part("the display", stop=self._display.close)
        if self.recorder is not None:
            yield Part("the recorder", self.recorder.start, self.recorder.close)
        if self._keeper is not None:
            yield Part("the memory", self._keeper.start, self._keeper.stop)
        yield Part("the programs", self._set_programs)
        yield Part("the schedule", self._schedule.start, self._schedule.stop)
        yield Part("the partner", self._partner.start, self._partner.stop)
        yield Part("the player's file", stop=self._player.stop)
        if self._inlet is not None and self._wiring.system is not None:
            ports = (port.ports_changed for port in self.voices.ports)
            watch = PortWatch(
                self._wiring.system, self._inlet.ports_changed, *ports, self._sound_again
            )
            yield Part("the inlet", self._inlet.start, self._inlet.stop)
            yield Part("the watch", watch.start, watch.stop)
        descriptor = command_descriptor()
        if descriptor is not None:
            reader = CommandReader(self._partner.hear, self._display.status, descriptor)
            yield Part("the commands", reader.start, reader.stop)

    def start(self) -> None:
        """Start every part."""
        self._parts.start()

    def stop(self) -> None:
        """Stop every part and release everything; safe to call twice."""
        self._parts.stop()

    def play(self, stop: StopRequest) -> None:
        """Run until a signal, the given duration, or the end of a file stops the jam.

        Raises
        ------
        Exception
            The exception that ended the partner's thread, if one did.
        """
        began = time.monotonic()
        ends = began + self._settings.jam.duration if self._settings.jam.duration else math.inf
        part_begins = began + (GRACE if self._may_wait else 0.0)
        self._say_hello()
        while not stop.asked and self._partner.failure is None:
            now = time.monotonic()
            if now >= ends or self._over(now):
                break
            if self._player.waiting and now >= part_begins:
                self._begin_part()
            wait = min(self._display.draw(now), LOOK_INTERVAL, ends - now)
            time.sleep(max(wait, 0.0))
        if self._partner.failure is not None:
            raise self._partner.failure

    @property
    def _may_wait(self) -> bool:
        """Whether a person may still play, so that the end of the file is not the jam's."""
        return self._inlet is not None and self._settings.jam.player in ("auto", "none")

    def _make_stage(self, condition: threading.Condition) -> Stage:
        settings = self._settings
        predictor = Predictor(settings.instrument.file)
        self._instrument_name = predictor.card.name
        _log.info("the seed of this jam is %d", self._seed)
        partner = Partner(predictor, predictor.codec, self._sections, seed=self._seed)
        memory, path = partner.ensemble.memory, settings.memory.path
        if memory is not None and path is not None:
            sizes = predictor.codec.sizes
            self._keeper = MemoryKeeper(memory, path, sizes, self._instrument_name, self._say)
        return Stage(
            partner,
            self.voices.partner(*self._listeners()),
            settings.midi.wire_channel,
            leaving=self._wiring.guard.played,
            panic=self.voices.release_all,
            report=self._reported,
            observers=(self._log,) if self.recorder is not None and self._keeps_log else (),
            lock=condition,
            changed=condition.notify,
        )

    def _make_recorder(self) -> SessionRecorder | None:
        settings = self._settings
        if not settings.recorder.enabled:
            return None
        log = LogFile(self._log, self._log_header) if self._keeps_log else None
        return SessionRecorder(settings.recorder.folder, log=log)

    @property
    def _keeps_log(self) -> bool:
        return self._settings.recorder.journal

    def _log_header(self) -> dict[str, Any]:
        """Return what the log begins with; called on the recorder's thread, as it starts."""
        return log_header(
            self._sections,
            self._seed,
            self._settings.instrument.file,
            name=self._instrument_name,
            channel=self._settings.midi.channel,
            memory=b"" if self._keeper is None else self._keeper.loaded,
        )

    def _listeners(self) -> list[Outlet]:
        listeners: list[Outlet] = [Listener(self._display.partner)]
        if self.recorder is not None:
            written = self._settings.midi.written_channel
            listeners.append(OnChannel(Listener(self.recorder.partner), written))
        return listeners

    def _make_player(self) -> tuple[PlayerPart, str | None]:
        settings, partner = self._settings, self._settings.partner
        messages, name = load_part(
            settings.jam.player,
            room=lambda phrase: room_after(phrase, partner.shortest, partner.longest),
        )
        channel = settings.midi.wire_hear_channel
        player = PlayerPart(
            messages,
            thru=self.voices.player(thru=settings.midi.thru, sound=settings.synth.player),
            deliver=ear(self._partner.hear, channel, self.recorder, self._display),
            guard=self._wiring.guard,
            yields=settings.jam.player == "auto",
        )
        return player, name

    def _make_inlet(self) -> Inlet | None:
        midi, system = self._settings.midi, self._wiring.system
        if system is None:
            return None
        return Inlet(
            system,
            thru=self.voices.player(thru=midi.thru, sound=self._settings.synth.player),
            deliver=self._player.person,
            guard=self._wiring.guard,
            connect=() if midi.input == "none" else (midi.input,),
            virtual=midi.own_ports,
            on_connected=self._tell_keyboards,
        )

    def _reported(self, report: Report) -> None:
        """Show the sentence of a report; called on the partner's thread."""
        if report.sentence:
            self._display.status(report.sentence)

    def _sound_again(self, *lists: object) -> None:
        """Open the synthesizer's audio again after a JACK server came back; see `PortWatch`."""
        del lists
        system, synth = self._wiring.system, self.voices.synth
        if system is not None and synth is not None and system.returns > self._returns:
            self._returns = system.returns
            synth.reopen()

    def _set_programs(self) -> None:
        """Choose the sounds of both, in the session's file too, since it may be rendered."""
        midi, synth = self._settings.midi, self._settings.synth
        player, partner = synth.wire_player_program, synth.wire_partner_program
        self.voices.set_programs(player, partner)
        if self.recorder is not None:
            now = time.monotonic()
            self.recorder.player(program_change(midi.wire_hear_channel or 0, player), now)
            self.recorder.partner(program_change(midi.written_channel, partner), now)

    def _begin_part(self) -> None:
        """Start the file; say so, unless the hello has said it already."""
        if self._player.begin() and self._may_wait:
            self._display.status(f"{self._file_name} plays the player's part. {_CONNECT}")

    def _over(self, now: float) -> bool:
        """Tell whether the file has ended, its last answer too, and no person is expected."""
        if not self._player.ended or self._may_wait or not self._partner.idle:
            self._idle_since = None
            return False
        if self._idle_since is None:
            self._idle_since = now
        return now - self._idle_since > LAST_NOTES

    def _tell_keyboards(self, names: tuple[str, ...]) -> None:
        if names:
            self._player.leave_to_person()
        self._display.status(f"Listening to {', '.join(names)}." if names else _CONNECT)

    def _say_hello(self) -> None:
        hello = MODES[self._settings.partner.mode].hello
        keyboards = self._inlet.connected if self._inlet is not None else ()
        if keyboards:
            self._say(f"Play: {hello}. I listen to {', '.join(keyboards)}.")
        elif not self._player.waiting:
            self._say(f"Play: {hello}. {_CONNECT}")
        elif self._may_wait:
            self._say(f"Play: {hello}. If nobody plays, {self._file_name} begins soon.")
        else:
            self._say(f"{self._file_name} plays the player's part; {hello}. {_CONNECT}")


def partner_sections(settings: Settings) -> PartnerSections:
    """Return the partner's settings.

    The drums' channel is ignored only where all channels are heard. If
    `midi.hear_channel` names a channel, that channel is heard in any case.
    """
    sections = PartnerSections.made_of(
        {name: settings.of(kind) for name, kind in sections_of(PartnerSections).items()}
    )
    if settings.midi.wire_hear_channel is None:
        return sections
    heard = replace(sections.partner, ignored_channels=())
    return replace(sections, partner=heard)
