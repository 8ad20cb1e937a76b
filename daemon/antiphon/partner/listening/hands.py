"""The player's hands and feet: which keys and pedals are down, and what they hold.

Times are seconds, channels 0 to 15. Keyboards send rubbish at times: a key that
comes up without having gone down is nothing, and one that goes down twice came
up in between. One stroke may be heard twice: from two channels, two cables, or a
contact that bounces.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.messages.spec import PEDAL_DOWN

if TYPE_CHECKING:
    from antiphon.music.pedal import Pedal
    from antiphon.partner.listening.window import Struck, Window

PEDAL_READY = 32
"""A pedal that came down to this value or below can be pressed on purpose again.

A worn or a half-pressed one hovers around 64, and bounces above it as it is lifted.
"""

Key = tuple[int, int]


class Hands:
    """Follows keys and pedals, and writes the player's notes into the window.

    Parameters
    ----------
    window : Window
        Where the player's notes go.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or lasts while the sustain pedal is
        down, until the pedal lifts or the key is struck again. The instrument's
        codec says which it learned from.
    drone_after : float
        A key that is down for longer is a drone, or has lost its note-off: it
        holds up no answer.
    same_within : float
        Two strokes of one pitch that are so close are one, heard twice.
    """

    def __init__(
        self, window: Window, pedal: Pedal, *, drone_after: float, same_within: float
    ) -> None:
        self.drone_after = drone_after
        self.same_within = same_within
        self._window = window
        self._lasting = pedal == "sustain"
        self._down: dict[Key, Struck] = {}
        self._ringing: dict[Key, Struck] = {}
        self._latest: dict[int, Struck] = {}
        self._sustained: set[int] = set()
        self._ready: dict[int, bool] = {}
        self._pedal_lifted = -math.inf

    @property
    def held_until(self) -> float:
        """When the last key that is down becomes a drone; minus infinity where none is down.

        A pedal alone holds no key.
        """
        latest = max((struck.onset for struck in self._down.values()), default=-math.inf)
        return latest + self.drone_after

    @property
    def pedal_until(self) -> float:
        """When the last sustain pedal was lifted; infinity while one is down."""
        return math.inf if self._sustained else self._pedal_lifted

    def heard(self, time: float, pitch: int) -> Struck | None:
        """Return the stroke that a stroke now would be, if it was heard before."""
        latest = self._latest.get(pitch)
        if latest is None or abs(time - latest.onset) >= self.same_within:
            return None
        return latest

    def is_down(self, struck: Struck) -> bool:
        """Tell whether a key holds a stroke."""
        return any(struck is other for other in self._down.values())

    def press(self, time: float, key: Key, velocity: int) -> tuple[Struck | None, Struck | None]:
        """Put a key, (channel, pitch), down.

        Returns
        -------
        tuple of Struck or None
            The stroke that this one ended because its key was still down, and
            the new one; none where the stroke was heard before.
        """
        pitch = key[1]
        before = self._down.pop(key, None)
        latest = self.heard(time, pitch)
        if latest is not None:
            for ringing in [other for other, held in self._ringing.items() if held is latest]:
                del self._ringing[ringing]
            self._down[key] = latest
            self._window.press_again(latest, velocity)
            if before is None or self.is_down(before):
                return None, None
            self._end(before, time)  # another key of this pitch has taken its place
            return before, None
        for struck in (before, self._ringing.pop(key, None)):
            if struck is not None:
                self._end(struck, time)
        new = self._latest[pitch] = self._down[key] = self._window.press(pitch, time, velocity)
        return before, new

    def lift(self, time: float, key: Key) -> Struck | None:
        """Let a key up; return its stroke, unless it was up or another key holds it too."""
        struck = self._down.pop(key, None)
        if struck is None or self.is_down(struck):
            return None
        if self._lasting and key[0] in self._sustained:
            self._ringing[key] = struck
        else:
            self._end(struck, time)
        return struck

    def tread(self, time: float, channel: int, value: int) -> bool:
        """Move the sustain pedal, and tell whether it was pressed on purpose.

        What it holds follows MIDI's threshold, as the sound does. A press is a
        rise to it from a pedal that was up.
        """
        if value >= PEDAL_DOWN:
            self._sustained.add(channel)
            pressed = self._ready.get(channel, True)
            self._ready[channel] = False
            return pressed
        if value <= PEDAL_READY:
            self._ready[channel] = True
        else:
            self._ready.setdefault(channel, False)  # first heard of while it hovers
        if channel in self._sustained:
            self._sustained.remove(channel)
            self._pedal_lifted = time
        self._damp(time, channel)
        return False

    def release(self, time: float, channel: int) -> list[Struck]:
        """Let up all keys of a channel, and its pedal; return the strokes that ended."""
        ended = [self.lift(time, key) for key in [*self._down] if key[0] == channel]
        self.tread(time, channel, 0)
        return [struck for struck in ended if struck is not None]

    def let_go(self, time: float) -> None:
        """Let everything up."""
        for struck in (*self._down.values(), *self._ringing.values()):
            self._end(struck, time)
        self._down.clear()
        self._ringing.clear()
        self._sustained.clear()
        self._ready.clear()

    def _damp(self, time: float, channel: int) -> None:
        """End what the sustain pedal of a channel kept."""
        for key in [key for key in self._ringing if key[0] == channel]:
            self._end(self._ringing.pop(key), time)

    def _end(self, struck: Struck, time: float) -> None:
        if struck.end is None:
            self._window.release(struck, time)
