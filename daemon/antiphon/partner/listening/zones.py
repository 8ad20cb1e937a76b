"""Zones of MPE: channels that a player's notes are spread over, one note each.

MIDI Polyphonic Expression (M1-100-UM, 2018): registered parameter 6 on channel 1 opens
a zone of so many channels from 2 upwards, on channel 16 one from 15 downwards; with 0
channels it closes it. Channels are 0 to 15 here.
"""

from __future__ import annotations

from antiphon.messages.spec import DATA_ENTRY, RPN_COARSE, RPN_FINE

_LOWER, _UPPER = 0, 15
_MPE_CONFIGURATION = (0, 6)


class Zones:
    """Follows the messages that open and close zones."""

    def __init__(self) -> None:
        self._parameter = {_LOWER: (127, 127), _UPPER: (127, 127)}
        self._members = dict.fromkeys((_LOWER, _UPPER), 0)

    def __contains__(self, channel: int) -> bool:
        """Tell whether a channel carries notes of a zone."""
        lower, upper = self._members[_LOWER], self._members[_UPPER]
        return _LOWER < channel <= lower or _UPPER - upper <= channel < _UPPER

    def control(self, channel: int, control: int, value: int) -> None:
        """Take a control change."""
        if channel not in self._parameter:
            return
        coarse, fine = self._parameter[channel]
        if control == RPN_COARSE:
            self._parameter[channel] = (value, fine)
        elif control == RPN_FINE:
            self._parameter[channel] = (coarse, value)
        elif control == DATA_ENTRY and (coarse, fine) == _MPE_CONFIGURATION:
            self._members[channel] = min(value, _UPPER)
