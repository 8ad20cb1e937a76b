"""Detect where the player's phrase begins and ends.

A phrase begins with a key going down and ends with a pause, measured from the
last time that a key moved, up or down. Keys must be up. While a key is still down, the
longer `held_pause` is asked for, and the answer is given over the held note. A key that
is down for long is a drone and does not count. A sustain pedal that is down says that
the phrase goes on: the pause is longer, and when the pedal is lifted the player has a
moment for the next key. Where the beat is sure, the pauses of held keys and of the pedal
last until a bar is over, and no player is so slow that all keys must be up for longer than a
bar. A silence that was to be expected of the music is no pause either; whoever knows that
tells `expect`. None of this is waited for longer than a few of the plain pauses.

The pauses grow with the patience that is learned of the player: see `Patience`.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from antiphon.partner.listening.patience import Patience

if TYPE_CHECKING:
    from antiphon.partner.settings import PartnerSettings

_GAPS = 16
"""Gaps of the phrase that count: the last ones, for a player may slow down."""

_ENOUGH = 3
"""A phrase with fewer gaps says too little of the player's speed: gaps before it count too."""

_LONE_GAP = 0.75
"""The time after a lone note is a gap, and not a rest, up to this share of `longest_pause`."""

_EXPECTED = 4.0
"""An expected silence is waited for, up to so many pauses."""

_PEDAL, _LIFTED = 4.0, 0.3
"""While the pedal is down the phrase ends after so many pauses; once it is up, no sooner than
so many seconds later. In 60 songs of pop909's training set there are 18 interruptions with 2.5
pauses, 17 with 3, and 12 with 4; in 20 piano rolls 60, 56 and 54."""

_BARS = 2.0
"""What is held is waited for until a bar is over, up to so many times the plain pause for it."""

BAR_BEATS, LATE_BEATS = 4.0, 0.25
"""A bar, and how much later than at its end the next chord may come."""

_ON_TO_BAR = 8.0
"""A plain pause that goes on after the end of a bar grows by so many times what it goes on by,
until the next bar is over. A beat that is heard a little longer or shorter so changes the pause a
little, and never by a bar."""


class PhraseDetector:
    """Follows keys, and says when the phrase ends.

    Parameters
    ----------
    settings : PartnerSettings
        `pause`, `pause_gaps`, `longest_pause`, `held_pause` and `chord_span`.

    Attributes
    ----------
    beat : float
        How long a beat is; 0 where it is not sure.
    """

    def __init__(self, settings: PartnerSettings) -> None:
        self.settings = settings
        self._patience = Patience()
        self._gaps: deque[float] = deque(maxlen=_GAPS)
        self._before: list[float] = []
        self._begun: float | None = None
        self._chord = 0.0
        self._moved = 0.0
        self._quiet_since = 0.0
        self._expected: float | None = None
        self.beat = 0.0
        self._lone = True
        self._was_lone = False

    @property
    def start(self) -> float:
        """When the phrase began; minus infinity without one."""
        return -math.inf if self._begun is None else self._begun

    @property
    def pause(self) -> float:
        """The pause that ends the phrase, all keys being up."""
        settings = self.settings
        enough = len(self._gaps) >= _ENOUGH
        gaps = [*self._gaps] if enough else [*self._before, *self._gaps]
        gap = median(gaps) if gaps else 0.0
        own = settings.pause_gaps * gap
        if enough and self.beat:
            own = min(own, max(gap, (BAR_BEATS + LATE_BEATS) * self.beat))
        return min(max(settings.pause * self._longer, own), settings.longest_pause)

    def press(self, time: float, *, resumed: bool = False) -> None:
        """Hear a key go down.

        `resumed` means that the last phrase was answered before the player had finished it.
        Then this gap counts as one of the player's own, and they get more time.
        """
        if self._begun is None:
            soon = resumed and time - self._chord <= self.settings.longest_pause
            self._patience.went_on(time, resumed=soon)
            self._learn(time - self._chord, resumed)
            self._begun = self._chord = self._moved = self._quiet_since = time
            self._expected = None
            self._lone = True
            return
        gap = time - self._chord
        if gap > self.settings.chord_span:
            self._chord = time
            self._lone = False
            if gap <= self.settings.longest_pause:
                self._gaps.append(gap)
        self._begun = min(self._begun, time)
        self._move(time)

    def lift(self, time: float) -> None:
        """Hear a key come up."""
        self._move(time)

    @property
    def judged(self) -> bool:
        """Whether `expect` was told how long the silence may last since a key has moved."""
        return self._expected is not None

    def expect(self, until: float) -> None:
        """Take a silence until a time for no pause, unless it is many times as long as one."""
        self._expected = until

    def end(self, held_until: float = -math.inf, pedal_until: float = -math.inf) -> float | None:
        """Return when the phrase ends if no key moves any more; None without a phrase.

        What a key holds most often ends where the next bar begins: the phrase ends once it
        has not. A pedal says less, since many keep it down all the time.

        Parameters
        ----------
        held_until : float
            When the last key that is down stops counting: see `Hands.held_until`.
        pedal_until : float
            When the sustain pedal was lifted, infinity while it is down: see
            `Hands.pedal_until`.
        """
        if self._begun is None:
            return None
        pause, quiet = self.pause, self._quiet_since
        longest = self.settings.longest_pause
        expected = -math.inf if self._expected is None else self._expected
        up = max(
            quiet + pause,
            min(expected, quiet + min(_EXPECTED * pause, longest)),
            min(pedal_until + _LIFTED, quiet + min(_PEDAL * pause, longest)),
        )
        held = max(up, quiet + self._until_bar(self._held_pause))
        return up if held_until <= up else min(held, held_until)

    def seconds(self, held_until: float = -math.inf, pedal_until: float = -math.inf) -> float:
        """Return how long the phrase was, from its first onset until the last key came up.

        What is still held lasts until the end of the pause; parameters are those of `end`.
        """
        end = self.end(held_until, pedal_until)
        if self._begun is None or end is None:
            return 0.0
        return (end if held_until > end else self._moved) - self._begun

    def put_off(self, time: float) -> None:
        """Measure the pause from now on: something other than a key has moved."""
        self._expected = None
        self._quiet_since = max(self._quiet_since, time)

    def resume(self, begun: float, time: float) -> None:
        """Wait for the end of a phrase that was answered already: its answer was broken off."""
        self._begun = begun
        self.put_off(time)

    def clear(
        self,
        answered: float | None = None,
        held_until: float = -math.inf,
        pedal_until: float = -math.inf,
    ) -> None:
        """Forget the phrase, but not how fast the player is.

        Parameters
        ----------
        answered : float, optional
            When its answer has begun; not given where there is none.
        held_until, pedal_until : float
            As for `end`.
        """
        seconds = self.seconds(held_until, pedal_until)
        self._before = [*self._before, *self._gaps][-_ENOUGH:]
        self._gaps.clear()
        self._was_lone = self._begun is not None and self._lone
        if self._begun is None or answered is None:
            self._patience.forget()
        else:
            settings = self.settings
            seconds = min(max(seconds, settings.shortest), settings.longest)
            self._patience.answered(answered, seconds)
        self._begun = None

    @property
    def _longer(self) -> float:
        """What patience multiplies the pauses by."""
        return self._patience.times(self.settings.patience)

    @property
    def _held_pause(self) -> float:
        """The pause that ends the phrase while keys are held."""
        plain = self.settings.held_pause
        return max(plain, min(plain * self._longer, self.settings.longest_pause))

    def _until_bar(self, pause: float) -> float:
        """Return a pause until a bar is over, where the beat is sure."""
        if not self.beat:
            return pause
        bar = BAR_BEATS * self.beat
        longest = max(pause, min(_BARS * pause, self.settings.longest_pause))
        since = pause - LATE_BEATS * self.beat
        bars = max(math.floor(since / bar), 0)
        since -= bars * bar
        more = min(_ON_TO_BAR * since, bar - since) if bars else bar - since
        return min(pause + more, longest)

    def _learn(self, gap: float, resumed: bool) -> None:
        """Learn from the gap between two phrases, if it may have been a gap within a slow one."""
        longest = self.settings.longest_pause
        if self._was_lone and 0.0 < gap <= _LONE_GAP * longest:
            self._before = [gap]  # one note after another: this is how fast they play
        elif resumed and 0.0 < gap <= longest:
            self._before = [*self._before, gap][-_ENOUGH:]

    def _move(self, time: float) -> None:
        self._moved = max(self._moved, time)
        self.put_off(time)
