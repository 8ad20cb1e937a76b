"""A driver's times on the monotonic clock."""

from __future__ import annotations

SILENCE = 1.0
"""After so many seconds without a message the clock is anchored anew."""

MOST_LATE = 0.1
"""A message polled later than this after its stamp: the deltas lied, anchor anew."""

DRIFT = 0.001
"""How fast the two clocks may part, in seconds a second; a quartz keeps within a tenth."""


class DriverClock:
    """Turns the seconds between messages, as a driver counts them, into times.

    A message is polled some time after it arrived: at once, or milliseconds
    later on a busy machine. The driver's own deltas have no such error, but no
    origin. The least delay seen since the last silence is taken for none, so a
    stamp is never in the future, and as even as the driver's deltas.
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
