"""Names of ports: a name that lasts, the port that a name means, Antiphon's own ports.

ALSA's names end in numbers that change with every plug ("Keystation:MIDI 1 20:0" is
client 20, port 0), a2jmidid's have them in brackets, and on Windows RtMidi adds a port's
place in the list; JACK's names are "client:port". Antiphon shows and accepts names
without these numbers. Several ports may share such a name, as two keyboards of one make
do: in the driver's order, the second is "NAME #2", the third "NAME #3".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError
from antiphon.midi.port_kinds import (
    ALSA_NUMBERS,
    BRIDGED_CLIENT,
    WINDOWS_INDEX,
    PortKind,
    port_kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VIRTUAL_INPUT = "Antiphon In"
VIRTUAL_OUTPUT = "Antiphon Out"
KEYBOARD_CLIENT = "Antiphon Keyboard"
SEND_CLIENT = "Antiphon Send"

_OURS = re.compile(r"\bAntiphon (In|Out|Keyboard|Send)\b")


@dataclass(frozen=True, slots=True)
class ListedPort:
    """A port of the driver's list.

    Two values are equal if they are the same port. If one of several ports with the same
    driver's name goes, no system says which one; then those that are left equal none of
    the former.

    Attributes
    ----------
    listed : str
        The driver's name of the port.
    place : int
        How many ports with that name come before it in the list.
    among : int
        How many ports with that name are in the list, itself included.
    name : str
        Antiphon's name of the port, which no other port of the list has.
    kind : {"keys", "controls", "loopback", "program"}
        What is behind it; see `port_kind`.
    """

    listed: str
    place: int
    among: int
    name: str = field(compare=False)
    kind: PortKind = field(compare=False)


def is_ours(name: str) -> bool:
    """Tell whether a port belongs to an Antiphon, this one or another."""
    return _OURS.search(name) is not None


def list_ports(listed: Sequence[str], api: str) -> list[ListedPort]:
    """Return the ports of a driver's list, those of an Antiphon left out.

    Parameters
    ----------
    listed : sequence of str
        All names, in the driver's order.
    api : {"alsa", "jack", "core", "winmm"}
        The system that gave them.
    """
    among = Counter(listed)
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    ports = []
    for name in listed:
        if not is_ours(name):
            called = _free_name(_lasting(name, api), taken)
            kind = port_kind(name, api)
            ports.append(ListedPort(name, seen[name], among[name], called, kind))
            taken.add(called)
        seen[name] += 1
    return ports


def find_port(ports: Iterable[ListedPort], wanted: str) -> ListedPort | None:
    """Return the port that `wanted` means, or None where there is none.

    Matches, in this order: Antiphon's name; the driver's name; a part of either, in any
    case. If a part fits the keys and the controls of a device, it means the keys.

    Raises
    ------
    AntiphonError
        Several ports fit equally well.
    """
    there = list(ports)
    part = wanted.casefold()
    fits = [port for port in there if part in f"{port.name}\n{port.listed}".casefold()]
    kinds = (
        [port for port in there if port.name == wanted],
        [port for port in there if port.listed == wanted],
        fits if len(fits) == 1 else [port for port in fits if port.kind != "controls"] or fits,
    )
    for matches in kinds:
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(repr(port.name) for port in matches)
            raise AntiphonError(f"Several MIDI ports fit {wanted!r} ({names}); give a whole name.")
    return None


def _lasting(name: str, api: str) -> str:
    """Return a name without the numbers that change, and without unprintable characters."""
    if api == "alsa":
        name = ALSA_NUMBERS.sub("", name)
    elif api == "jack" and name.startswith("a2j"):
        name = BRIDGED_CLIENT.sub("", name)
    elif api == "winmm":
        name = WINDOWS_INDEX.sub("", name)
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, or "NAME #2" and so on where it is taken."""
    called, number = name, 1
    while called in taken:
        number += 1
        called = f"{name} #{number}"
    return called
