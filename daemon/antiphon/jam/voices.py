"""Where both players sound: ports, synthesizer, recorder, terminal, put together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.messages import Control, Heard, NoteOff, NoteOn, OtherMessage, program_change
from antiphon.midi.outlet import Fanout, Outlet

if TYPE_CHECKING:
    from antiphon.display import Display
    from antiphon.midi.intake import Thru
    from antiphon.midi.outlet import PortOutlet
    from antiphon.recorder import SessionRecorder
    from antiphon.synth import FluidSynthOutlet

PLAYER_SYNTH_CHANNEL = 0
PARTNER_SYNTH_CHANNEL = 1
"""Channels inside the synthesizer: there, nobody's note-off ends the other's note."""


@dataclass(frozen=True, slots=True)
class OnChannel:
    """An outlet that puts all messages on one channel; `close` leaves the real one open."""

    outlet: Outlet
    channel: int

    def send(self, data: bytes) -> None:
        """Send one channel message on the channel."""
        self.outlet.send(bytes((data[0] & 0xF0 | self.channel, *data[1:])))

    def close(self) -> None:
        """Do nothing: another closes the outlet."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An outlet for those who only watch or write down, told the time as well."""

    tell: Callable[[bytes, float], None]

    def send(self, data: bytes) -> None:
        """Pass one message on."""
        self.tell(data, time.monotonic())

    def close(self) -> None:
        """Do nothing: another closes it."""


class Voices:
    """The outlets of a jam, and who sounds where.

    Attributes
    ----------
    ports : list of PortOutlet
        MIDI ports; the partner plays there, and the player where thru is on.
    synth : FluidSynthOutlet or None
        The synthesizer.
    """

    def __init__(self) -> None:
        self.ports: list[PortOutlet] = []
        self.synth: FluidSynthOutlet | None = None

    def partner(self, *listeners: Outlet) -> Fanout:
        """Return where the partner plays; on the ports it is a part of its own."""
        synth = [OnChannel(self.synth, PARTNER_SYNTH_CHANNEL)] if self.synth else []
        return Fanout([*(port.part() for port in self.ports), *synth, *listeners])

    def player(self, *, thru: bool, sound: bool) -> Thru | None:
        """Return where the player's messages go at once, or None for nowhere."""
        outlets: list[Outlet] = [port.part() for port in self.ports] if thru else []
        if sound and self.synth:
            outlets.append(OnChannel(self.synth, PLAYER_SYNTH_CHANNEL))
        return Fanout(outlets).send if outlets else None

    def set_programs(self, player: int, partner: int) -> None:
        """Choose the synthesizer's sounds, 0 to 127 each."""
        if self.synth is not None:
            self.synth.send(program_change(PLAYER_SYNTH_CHANNEL, player))
            self.synth.send(program_change(PARTNER_SYNTH_CHANNEL, partner))

    def send_to_ports(self, data: bytes) -> None:
        """Send one message to the ports alone."""
        for port in self.ports:
            port.send(data)

    def release_all(self) -> None:
        """Silence every device by all means: own note-offs first, then the panic."""
        for outlet in self._all():
            outlet.release_all()

    def close(self) -> None:
        """Release and close all of them."""
        Fanout(self._all()).close()

    def _all(self) -> list[PortOutlet | FluidSynthOutlet]:
        return [*self.ports, *([self.synth] if self.synth else [])]


def ear(
    hear: Callable[[Heard], None],
    channel: int | None,
    recorder: SessionRecorder | None,
    display: Display,
) -> Callable[[Heard], None]:
    """Return what everything that is heard is delivered to: partner first, then the rest.

    What is on another `channel` (None: all are meant) is neither heard nor kept. A
    clock has no channel; it is heard, but neither kept nor shown.
    """

    def deliver(heard: Heard) -> None:
        match heard.event:
            case NoteOn() | NoteOff() | Control() | OtherMessage() as event:
                if channel is not None and event.channel != channel:
                    return
                hear(heard)
                if recorder is not None:
                    recorder.player(heard.data, heard.time)
                display.player(heard.data, heard.time)
            case _:
                hear(heard)

    return deliver
