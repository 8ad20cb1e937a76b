"""Where the player's phrase begins and ends.

A phrase begins with a key going down and ends with a pause. The pause is
measured from the last time that a key moved, up or down. It asks for all keys
up: a key that is lifted while the pedal is down is up, so a pedal alone keeps
nobody waiting. While a key is still down, the longer `held_pause` is asked for:
then the answer is given over the held note.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.partner.settings import PartnerSettings

_GAPS = 16
"""Gaps of the phrase that count: the last ones, for a player may slow down."""

_ENOUGH = 3
"""From so many gaps on a phrase speaks for itself; before, the last ones help."""


class PhraseDetector:
    """Hears keys, and says when the phrase will have ended.

    Parameters
    ----------
    settings : PartnerSettings
        `pause`, `pause_gaps`, `longest_pause`, `held_pause` and `chord_span`.
    """

    def __init__(self, settings: PartnerSettings) -> None:
        self._settings = settings
        self._gaps: deque[float] = deque(maxlen=_GAPS)
        self._before: list[float] = []
        self._begun: float | None = None
        self._chord = 0.0
        self._moved = 0.0

    @property
    def begun(self) -> bool:
        """Whether there is a phrase, finished or not."""
        return self._begun is not None

    @property
    def start(self) -> float:
        """When the phrase began; minus infinity without one."""
        return -math.inf if self._begun is None else self._begun

    @property
    def pause(self) -> float:
        """The pause that ends the phrase, all keys being up."""
        settings = self._settings
        gaps = [*self._gaps] if len(self._gaps) >= _ENOUGH else [*self._before, *self._gaps]
        own = settings.pause_gaps * median(gaps) if gaps else 0.0
        return min(max(settings.pause, own), settings.longest_pause)

    def press(self, time: float, *, resumed: bool = False) -> None:
        """Hear a key go down.

        `resumed` tells that the last phrase was taken for finished, but was not:
        this gap was one of the player's own, and he is to be given more time.
        """
        if self._begun is None:
            if resumed and 0.0 < time - self._chord <= self._settings.longest_pause:
                self._before = [*self._before, time - self._chord][-_ENOUGH:]
            self._begun = self._chord = self._moved = time
            return
        gap = time - self._chord
        if gap > self._settings.chord_span:
            self._chord = time
            if gap <= self._settings.longest_pause:
                self._gaps.append(gap)
        self._begun = min(self._begun, time)
        self._moved = max(self._moved, time)

    def lift(self, time: float) -> None:
        """Hear a key come up."""
        self._moved = max(self._moved, time)

    def end(self, held: bool) -> float | None:
        """Return when the phrase ends if no key moves any more; None without a phrase.

        `held` tells whether a key is down.
        """
        if self._begun is None:
            return None
        pause = self.pause
        return self._moved + (max(pause, self._settings.held_pause) if held else pause)

    def seconds(self, held: bool) -> float:
        """Return how long the phrase was, from its first onset until the last key came up.

        What is still held lasts until the end of the pause.
        """
        end = self.end(held)
        if self._begun is None or end is None:
            return 0.0
        return (end if held else self._moved) - self._begun

    def clear(self) -> None:
        """Forget the phrase, but not how fast the player is."""
        self._before = [*self._before, *self._gaps][-_ENOUGH:]
        self._gaps.clear()
        self._begun = None
