"""Zones of MPE: channels that one keyboard spreads its notes over, as it says itself.

An MPE Configuration Message opens a zone: the registered parameter 6 on channel 0 (the
lower zone, channels 1 to n) or on channel 15 (the upper zone, channels 14 down to 15 - n).
Channels run from 0 to 15. Sources that are heard together share the zones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.messages.spec import (
    CHANNELS,
    DATA_ENTRY,
    MPE_CONFIGURATION,
    NRPN,
    RPN_HIGH,
    RPN_LOW,
)

if TYPE_CHECKING:
    from antiphon.messages import Control

LOWER, UPPER = CHANNELS[0], CHANNELS[-1]
"""The channels of the messages that configure a zone."""

MOST_MEMBERS = 15
BETWEEN = 14
"""Channels that two zones can share out, besides those that configure them."""


class Zones:
    """Follows the configuration of both zones.

    Attributes
    ----------
    channels : frozenset of int
        The channels on which the notes of a zone come.
    """

    def __init__(self) -> None:
        self.channels: frozenset[int] = frozenset()
        self._members = {LOWER: 0, UPPER: 0}
        self._parameter: dict[int, tuple[int | None, int | None]] = {}

    def hear(self, event: Control) -> None:
        """Follow a controller; the others say nothing of zones."""
        if event.channel not in self._members:
            return
        high, low = self._parameter.get(event.channel, (None, None))
        match event.control:
            case control if control == RPN_HIGH:
                self._parameter[event.channel] = (event.value, low)
            case control if control == RPN_LOW:
                self._parameter[event.channel] = (high, event.value)
            case control if control in NRPN:  # data is for another kind of parameter now
                self._parameter[event.channel] = (None, None)
            case control if control == DATA_ENTRY and (high, low) == MPE_CONFIGURATION:
                self._configure(event.channel, event.value)

    def _configure(self, channel: int, members: int) -> None:
        """Give a zone so many members; where both want a channel, the latest has it."""
        if members > MOST_MEMBERS:
            return  # reserved
        self._members[channel] = members
        other = UPPER if channel == LOWER else LOWER
        if members:
            self._members[other] = min(self._members[other], max(BETWEEN - members, 0))
        lower, upper = self._members[LOWER], self._members[UPPER]
        self.channels = frozenset((*range(1, 1 + lower), *range(15 - upper, 15)))
