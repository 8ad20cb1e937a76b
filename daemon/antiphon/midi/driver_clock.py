"""Convert a driver's times to the monotonic clock."""

from __future__ import annotations

SILENCE = 1.0
"""After so many seconds without a message the clock is synchronised again."""

MOST_LATE = 0.1
"""A message polled this many seconds after its stamp shows that the deltas were wrong: the
clock is synchronised again."""

DRIFT = 0.001
"""How fast the two clocks may drift apart, in seconds a second; quartz clocks stay within a
tenth of it."""


class DriverClock:
    """Turns the driver's deltas (seconds between messages) into times.

    A message is polled some time after it arrived: at once, or milliseconds later on a
    busy machine. The driver's deltas do not have this error, but they have no origin.
    The clock assumes that the message polled soonest after its arrival, since the last
    silence, was polled at once. So a stamp is never in the future, and the stamps are as
    even as the driver's deltas.
    """

    def __init__(self) -> None:
        self._driver = 0.0
        self._offset = float("inf")
        self._last = float("-inf")

    def stamp(self, delta: float, now: float) -> float:
        """Return when a message arrived, in seconds of the monotonic clock.

        Parameters
        ----------
        delta : float
            Seconds since the message before, by the driver; 0 for the first.
        now : float
            When it was polled.
        """
        self._driver += delta
        offset = now - self._driver
        self._offset = min(offset, self._offset + DRIFT * delta)
        if delta > SILENCE or offset - self._offset > MOST_LATE:
            self._offset = offset
        self._last = min(max(self._driver + self._offset, self._last), now)
        return self._last
