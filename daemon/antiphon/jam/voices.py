"""The outlets of a jam, and which of them each side's messages go to."""

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
"""Channels inside the synthesizer: one each, so that no note-off ends the other's note."""


@dataclass(frozen=True, slots=True)
class OnChannel:
    """An outlet that moves all messages to one channel; `close` leaves the inner one open."""

    outlet: Outlet
    channel: int

    def send(self, data: bytes) -> None:
        """Send one channel message on the channel."""
        self.outlet.send(bytes((data[0] & 0xF0 | self.channel, *data[1:])))

    def close(self) -> None:
        """Do nothing: the owner of the inner outlet closes it."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An outlet that calls a function with each message and the time."""

    tell: Callable[[bytes, float], None]

    def send(self, data: bytes) -> None:
        """Call the function."""
        self.tell(data, time.monotonic())

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class Voices:
    """The outlets of a jam.

    Attributes
    ----------
    ports : list of PortOutlet
        MIDI ports; the partner plays there, and the player too where thru is on.
    synth : FluidSynthOutlet or None
        The synthesizer.
    """

    def __init__(self) -> None:
        self.ports: list[PortOutlet] = []
        self.synth: FluidSynthOutlet | None = None

    def partner(self, *listeners: Outlet) -> Fanout:
        """Return the outlet of the partner's messages; on each port it has its own part."""
        synth = [OnChannel(self.synth, PARTNER_SYNTH_CHANNEL)] if self.synth else []
        return Fanout([*(port.part() for port in self.ports), *synth, *listeners])

    def player(self, *, thru: bool, sound: bool) -> Thru | None:
        """Return the outlet of the player's messages, or None where they go nowhere."""
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
        """Silence every device: note-offs first, then the panic."""
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
    """Return a function that delivers what is heard: to the partner first, then to the others.

    Messages on another channel than `channel` are dropped; with None all channels pass.
    Clock messages have no channel: the partner gets them, but they are neither recorded
    nor shown.
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
