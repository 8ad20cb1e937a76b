"""Open the ports that a jam plays to, and say in sentences which they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import NoVirtualPortsError
from antiphon.midi.outlet import PortOutlet

if TYPE_CHECKING:
    from antiphon.midi.echo import EchoGuard
    from antiphon.midi.ports import MidiSystem
    from antiphon.midi.settings import MidiSection

_INPUTS = {
    "auto": "the keyboards that are plugged in",
    "all": "every port that is there",
    "none": "no port",
}


def open_outlets(
    system: MidiSystem, midi: MidiSection, guard: EchoGuard
) -> tuple[list[PortOutlet], list[str]]:
    """Open `Antiphon Out` and the output that the settings name.

    Where the MIDI system does not let a program open ports of its own, as on Windows, or
    where the settings forbid it, only the named output is opened, if there is one.

    Parameters
    ----------
    system : MidiSystem
        Where the ports are.
    midi : MidiSection
        The settings.
    guard : EchoGuard
        Remembers what the ports send of their own accord.

    Returns
    -------
    outlets : list of PortOutlet
        The ports.
    sentences : list of str
        Sentences about the ports, for the musician.

    Raises
    ------
    AntiphonError
        The name fits several ports.
    """
    outlets, sentences = list[PortOutlet](), list[str]()
    refusal = "Antiphon opens no ports of its own (midi.own_ports is off)."
    if midi.own_ports:
        try:
            outlets.append(PortOutlet(system, guard=guard))
            ports = "the port Antiphon In and plays on Antiphon Out"
            sentences.append(f"Antiphon listens on {ports} ({system.api}).")
        except NoVirtualPortsError as error:
            refusal = str(error)
    if not outlets:
        sentences.append(_without_own_ports(refusal, midi))
    if midi.output != "none":
        outlets.append(PortOutlet(system, midi.output, guard=guard))
    shared = _shared_channel(midi)
    if outlets and shared is not None:
        sentences.append(shared)
    return outlets, sentences


def _without_own_ports(refusal: str, midi: MidiSection) -> str:
    """Return a sentence about the ports that are left, or about how to name some."""
    if midi.output == "none":
        return (
            f"{refusal[:-1]}: name a port to play to, such as one end of a loopMIDI cable, "
            "with --output NAME; `antiphon ports` lists them."
        )
    heard = _INPUTS.get(midi.input, midi.input)
    return f"{refusal[:-1]}: it listens to {heard} and plays to {midi.output}."


def _shared_channel(midi: MidiSection) -> str | None:
    """Return a sentence if thru and the partner play on the same channel, else None."""
    if not midi.thru or midi.hear_channel not in ("all", midi.channel):
        return None
    return (
        f"Thru and the partner share channel {midi.channel}: a note that both hold ends when "
        "both have let go. The setting midi.channel gives the partner another channel."
    )
