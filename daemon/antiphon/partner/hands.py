"""The player's hands and feet: which keys and pedals are down, and what they hold.

Times are seconds, channels 0 to 15. Keyboards send rubbish at times: a key that
comes up without having gone down is nothing, and one that goes down twice came
up in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.messages.spec import PEDAL_DOWN, SOFT, SOSTENUTO, SUSTAIN

if TYPE_CHECKING:
    from antiphon.music.pedal import Pedal
    from antiphon.partner.window import Struck, Window

PEDALS = (SUSTAIN, SOSTENUTO, SOFT)
Key = tuple[int, int]


class Hands:
    """Follows keys and pedals, and writes the player's notes into the window.

    Parameters
    ----------
    window : Window
        Where his notes go.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or lasts while the sustain pedal is
        down, until the pedal lifts or the key is struck again. The instrument's
        codec says which it learned from.
    patience : float
        A key that is down for longer has lost its note-off: it holds up no one.
    """

    def __init__(self, window: Window, pedal: Pedal, patience: float) -> None:
        self._window = window
        self._lasting = pedal == "sustain"
        self._patience = patience
        self._down: dict[Key, Struck] = {}
        self._ringing: dict[Key, Struck] = {}
        self._pedals: set[Key] = set()

    def hold(self, now: float) -> bool:
        """Tell whether any key is down; a pedal alone holds no key."""
        return any(struck.onset > now - self._patience for struck in self._down.values())

    def press(self, time: float, key: Key, velocity: int) -> None:
        """Put a key, (channel, pitch), down."""
        for holding in (self._down, self._ringing):
            before = holding.pop(key, None)
            if before is not None:
                self._window.release(before, time)
        self._down[key] = self._window.press(key[1], time, velocity)

    def lift(self, time: float, key: Key) -> bool:
        """Let a key up, and tell whether it was down."""
        struck = self._down.pop(key, None)
        if struck is None:
            return False
        if self._lasting and (key[0], SUSTAIN) in self._pedals:
            self._ringing[key] = struck
        else:
            self._window.release(struck, time)
        return True

    def tread(self, time: float, channel: int, pedal: int, value: int) -> bool:
        """Move a pedal, and tell whether it went down."""
        foot = (channel, pedal)
        if value >= PEDAL_DOWN:
            pressed = foot not in self._pedals
            self._pedals.add(foot)
            return pressed
        self._pedals.discard(foot)
        if pedal == SUSTAIN:
            self._damp(time, channel)
        return False

    def let_go(self, time: float) -> None:
        """Let everything up."""
        for struck in (*self._down.values(), *self._ringing.values()):
            self._window.release(struck, time)
        self._down.clear()
        self._ringing.clear()
        self._pedals.clear()

    def _damp(self, time: float, channel: int) -> None:
        """End what the sustain pedal of a channel kept."""
        for key in [key for key in self._ringing if key[0] == channel]:
            self._window.release(self._ringing.pop(key), time)
