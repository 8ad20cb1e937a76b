"""Patience: how much longer a player's pauses are waited for, learned from how they take answers.

Who goes on soon after an answer has begun had not finished their phrase; who listens to it had.
Times are seconds.
"""

from __future__ import annotations

MOST = 3
"""The pauses become longer so many times in a row, at most."""

SOON, LISTENED = 0.25, 0.5
"""Who goes on within the first of these shares of an answer had not finished; who lets the
second share of it pass has listened. To go on in between says neither."""


class Patience:
    """Grows with each answer that was broken off soon, and fades with each one listened to."""

    def __init__(self) -> None:
        self._steps = 0
        self._answer: tuple[float, float] | None = None

    def times(self, growth: float) -> float:
        """Return what pauses are multiplied by, if each step multiplies them by `growth`."""
        return growth**self._steps

    def answered(self, begun: float, seconds: float) -> None:
        """Hear that an answer has begun, and how long it is to be."""
        self._answer = begun, seconds

    def forget(self) -> None:
        """Learn nothing from what comes next: there was no answer."""
        self._answer = None

    def went_on(self, time: float, *, resumed: bool) -> None:
        """Learn from when the player went on; `resumed` tells that it was soon."""
        if self._answer is None:
            return
        begun, seconds = self._answer
        passed = (time - begun) / seconds
        if resumed or passed < SOON:
            self._steps = min(self._steps + 1, MOST)
        elif passed >= LISTENED:
            self._steps = max(self._steps - 1, 0)
        self._answer = None
