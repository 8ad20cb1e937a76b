"""What the names of ports say: which one is wanted, which is ours, which is a keyboard.

ALSA's names end in numbers that change with every plug ("Keystation:MIDI 1
20:0", client 20, port 0); JACK's are "client:port". Names may repeat.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError

if TYPE_CHECKING:
    from collections.abc import Iterable

VIRTUAL_INPUT = "Antiphon In"
VIRTUAL_OUTPUT = "Antiphon Out"
KEYBOARD_CLIENT = "Antiphon Keyboard"
SEND_CLIENT = "Antiphon Send"

_OURS = re.compile(r"\bAntiphon (In|Out|Keyboard|Send)\b")
_ALSA_NUMBERS = re.compile(r" (\d+):\d+$")
_BRIDGED_CLIENT = re.compile(r"\[(\d+)\]")
_LOOPBACK = re.compile(r"Midi Through|Virtual Raw MIDI|VirMIDI|IAC |loopMIDI|[Ll]oopback|^System:")

_JACK_HARDWARE = re.compile(r"^(system|a2j|alsa_midi|Midi-Bridge|bluez_midi)[:.]")

_FIRST_SOFTWARE_CLIENT = 128
"""ALSA numbers the clients of sound cards below this, programs from here on."""


def is_ours(name: str) -> bool:
    """Tell whether a port belongs to an Antiphon, this one or another."""
    return _OURS.search(name) is not None


def is_keyboard(name: str, api: str) -> bool:
    """Tell whether an input is a piece of hardware that someone may play.

    Parameters
    ----------
    name : str
        As the system gives it.
    api : {"alsa", "jack", "core", "winmm"}
        The system that gave it: each tells hardware from programs in its way.
    """
    if is_ours(name) or _LOOPBACK.search(name):
        return False
    if api == "alsa":
        numbers = _ALSA_NUMBERS.search(name)
        return numbers is not None and int(numbers[1]) < _FIRST_SOFTWARE_CLIENT
    if api == "jack":
        # a2jmidid shows every ALSA client, programs too, with its number.
        bridged = _BRIDGED_CLIENT.search(name)
        software = bridged is not None and int(bridged[1]) >= _FIRST_SOFTWARE_CLIENT
        return _JACK_HARDWARE.search(name) is not None and not software
    return True


def find_port(names: Iterable[str], wanted: str) -> str | None:
    """Return the name that is meant by `wanted`, or None where there is none.

    Matches, in this order: the whole name; the whole name but for ALSA's
    numbers; a part of the name, whatever the case.

    Raises
    ------
    AntiphonError
        Several ports fit equally well.
    """
    there = list(names)
    kinds = (
        [name for name in there if name == wanted],
        [name for name in there if _ALSA_NUMBERS.sub("", name) == wanted],
        [name for name in there if wanted.casefold() in name.casefold()],
    )
    for fits in kinds:
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise AntiphonError(
                f"Several MIDI ports fit {wanted!r} ({_listed(fits)}); give more of the name."
            )
    return None


def match_port(names: Iterable[str], wanted: str) -> str:
    """Do as `find_port`, for a port that must be there.

    Raises
    ------
    AntiphonError
        No port fits, or several do; the sentence says which there are.
    """
    there = list(names)
    name = find_port(there, wanted)
    if name is None:
        raise AntiphonError(f"There is no MIDI port {wanted!r}; there is {_listed(there)}.")
    return name


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none at all"
