"""The sound cards of a Linux machine that can play, as ALSA lists them in /proc/asound.

ALSA's own `default` is the first card, whether or not it can play: the first card may
be a MIDI device or a screen, and the second the one with loudspeakers.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import SynthError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROC = Path("/proc/asound")

# As in: 1 [Device         ]: USB-Audio - USB Audio Device
_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]: .*? - (.*\S)", re.M)
# As in: 01-00: USB Audio : USB Audio : playback 1 : capture 1
_PLAYBACK = re.compile(r"^(\d+)-(\d+): (.*?) : .*\bplayback \d", re.M)
_SCREEN = re.compile(r"hdmi|displayport", re.I)
_OWNER = re.compile(r"owner_pid\s*: (\d+)")


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a sound card.

    Attributes
    ----------
    card : int
        The card's number; it may be another one after the next start.
    identifier : str
        ALSA's short name of the card.
    name : str
        The card's name as people know it.
    device : int
        Number of the output on its card.
    screen : bool
        Whether it leads to a screen, which seldom has loudspeakers.
    """

    card: int
    identifier: str
    name: str
    device: int
    screen: bool

    @property
    def pcm_names(self) -> tuple[str, ...]:
        """ALSA's names of the output, the one with the least delay first.

        The second shares the card with other programs, and converts to the formats that
        HDMI needs.
        """
        plain = f"plughw:CARD={self.identifier},DEV={self.device}"
        return (plain, f"sysdefault:CARD={self.identifier}") if self.device == 0 else (plain,)


def outputs(proc: Path = PROC) -> list[Output]:
    """Return all outputs, screens last, else in ALSA's order; none where there is no ALSA."""
    cards = {
        int(number): (short, name) for number, short, name in _CARD.findall(_read(proc / "cards"))
    }
    found = []
    for number, device, name in _PLAYBACK.findall(_read(proc / "pcm")):
        short, card_name = cards.get(int(number), (number, f"card {int(number)}"))
        screen = _SCREEN.search(f"{name} {card_name} {short}") is not None
        found.append(Output(int(number), short, card_name, int(device), screen))
    return sorted(found, key=lambda output: (output.screen, output.card, output.device))


def find_card(wanted: str, there: Sequence[Output]) -> list[Output]:
    """Return the outputs of the card with a number, a short name, or a part of a name.

    Raises
    ------
    SynthError
        Several cards fit equally well.
    """
    folded = wanted.casefold()
    kinds = (
        [
            out
            for out in there
            if folded in (str(out.card), out.identifier.casefold(), out.name.casefold())
        ],
        [out for out in there if folded in f"{out.name}\n{out.identifier}".casefold()],
    )
    for fits in kinds:
        if len({out.card for out in fits}) > 1:
            raise SynthError(
                f"Several sound cards fit {wanted!r} ({named(fits)}); give more of the name."
            )
        if fits:
            return fits
    return []


def named(outputs: Sequence[Output]) -> str:
    """Return the names of the cards, each once, for a sentence."""
    cards = {output.card: output for output in outputs}
    return ", ".join(
        f"{out.name}" if out.name == out.identifier else f"{out.name} [{out.identifier}]"
        for out in cards.values()
    )


def playing_card(there: Sequence[Output], proc: Path = PROC) -> Output | None:
    """Return the output that this process has open now, where the kernel tells."""
    with suppress(OSError):
        threads = {int(name) for name in os.listdir("/proc/self/task")}  # noqa: PTH208 - numbers
        for output in there:
            folder = proc / f"card{output.card}" / f"pcm{output.device}p"
            for status in sorted(folder.glob("sub*/status")):
                owner = _OWNER.search(_read(status))
                if owner is not None and int(owner[1]) in threads:
                    return output
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
