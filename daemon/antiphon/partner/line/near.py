"""Rules that keep a line near the player's phrase, or lead it away on purpose.

Each compares what the line has played so far with the phrase, and tilts the logits of
the next note so that the difference goes back to nothing. Some of the phrase is counted
as if the line had played it, so that the first notes are free. Times are seconds of the
session's clock, weights natural logarithms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.tonality import PITCH_CLASSES
from antiphon.partner.line.manner import HELD, SHORTEST
from antiphon.partner.line.rules import PITCHES, TogetherRule, column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.partner.line.manner import Manner
    from antiphon.partner.line.place import Progress
    from antiphon.partner.line.rules import Moment, Slate

PRIOR_SECONDS = 1.0
"""A line is off by as much as it lacks or has too much of what the phrase has in this time."""

PRIOR_NOTES = 4.0
"""So many of the phrase's mean notes are counted as played."""

MOST_NOTES = 8
"""No more than so many of the line's own notes are."""

RATE_GAIN = 3.0
"""Of the logarithm of a step, where the line is off by one."""

CHORD_GAIN = 2.5
"""Of a note that is struck together with the last, likewise."""

PITCH_GAIN = 0.1 / 6.0
"""Of a semitone, for each semitone that the line lies too high."""

VELOCITY_GAIN = 0.1 / 30.0
"""Of a step of velocity, for each step that the line is too loud."""

LENGTH_GAIN = 1.0
"""Of an octave of duration, for each octave that the line's notes are too long."""

TONE_GAIN = 0.5
"""Of the share by which a tone is too frequent, over the root of its usual share. It costs 0.006
nats a note of real music, 1 costs 0.02 to 0.03: little is forbidden that music does."""

RARE = 0.02
"""Added to all shares: no tone is out of the question."""

PRIOR_TONES, MOST_TONES = 8.0, 16
"""As `PRIOR_NOTES` and `MOST_NOTES`: twelve tones need more notes than a mean."""

MOST_TILT = 4.0
"""No tilt of steps or chords is steeper."""

_TONE = np.arange(PITCHES) % PITCH_CLASSES


class Density(TogetherRule):
    """Keeps the rate of moments and the share of chords.

    Parameters
    ----------
    manner : Manner
        What the line keeps to; its rate is known.
    """

    def __init__(self, manner: Manner) -> None:
        self._rate = manner.rate
        self._chords = manner.chords
        self._tilt = _Tilt(1.0 / self._rate)

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead steps to the rate."""
        tilts = np.array([self._tilts(moment) for moment in moments])
        slate.steps(lambda low, high: self._tilt.of(low, high, tilts[:, :1], tilts[:, 1:]))

    def _tilts(self, moment: Moment) -> tuple[float, float]:
        """Return what a step's logarithm is multiplied by, and the weight of a chord's notes."""
        progress, played = moment.progress, moment.progress.moments
        due = self._rate * max(moment.previous - progress.begin, 0.0) + min(played, 1)
        steep = RATE_GAIN * (played - due) / (1.0 + self._rate * PRIOR_SECONDS)
        steep = min(max(steep, -MOST_TILT), MOST_TILT)
        joined = progress.notes - played
        usual = self._chords / (1.0 - self._chords)
        few = CHORD_GAIN * (due * usual - joined) / (1.0 + self._rate * usual * PRIOR_SECONDS)
        return steep, min(max(few, -MOST_TILT), MOST_TILT)


class Register(TogetherRule):
    """Keeps the mean pitch.

    Parameters
    ----------
    manner : Manner
        What the line keeps to.
    """

    def __init__(self, manner: Manner) -> None:
        self._pitch = manner.pitch
        self._tilt = (PITCH_GAIN * (np.arange(PITCHES) - self._pitch)).astype(np.float32)

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead pitches to the mean."""
        off = column(self._off(moment.progress) for moment in moments)
        slate.pitches((-off).astype(np.float32) * self._tilt)

    def _off(self, progress: Progress) -> float:
        return _off(progress.pitches - progress.notes * self._pitch, progress.notes)


class Loudness(TogetherRule):
    """Keeps the mean velocity.

    Parameters
    ----------
    manner : Manner
        What the line keeps to.
    """

    def __init__(self, manner: Manner) -> None:
        self._velocity = manner.velocity

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead velocities to the mean."""
        gain = column(-VELOCITY_GAIN * self._off(moment.progress) for moment in moments)
        slate.velocities(lambda velocities: gain * (velocities - self._velocity))

    def _off(self, progress: Progress) -> float:
        return _off(progress.velocities - progress.notes * self._velocity, progress.notes)


class Articulation(TogetherRule):
    """Keeps the mean length of notes, so that what is tied stays tied and what is short short.

    Parameters
    ----------
    manner : Manner
        What the line keeps to.
    """

    def __init__(self, manner: Manner) -> None:
        self._length = manner.length
        self._low: NDArray[np.float64] | None = None
        self._longer = np.empty(0)

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead durations to the mean."""
        gain = column(-LENGTH_GAIN * self._off(moment.progress) for moment in moments)
        slate.durations(lambda low, high: gain * self._octaves(low, high))

    def _off(self, progress: Progress) -> float:
        return _off(progress.lengths - progress.notes * self._length, progress.notes)

    def _octaves(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much longer than the mean each class is; kept, as `_Tilt` keeps its own."""
        if low is not self._low:
            self._low = low
            self._longer = np.log2(np.clip(_middle(low, high), SHORTEST, HELD)) - self._length
        return self._longer


class Key(TogetherRule):
    """Keeps the share of each tone, as it is in the phrase and in its key.

    A bias that is always there would sharpen what the instrument does already: it is in key
    for a while, and wanders off note by note.

    Parameters
    ----------
    manner : Manner
        What the line keeps to; its tones are known.
    """

    def __init__(self, manner: Manner) -> None:
        self._tones = np.array(manner.tones)
        # A count is as uncertain as the root of what is expected.
        self._scale = -TONE_GAIN / np.sqrt(self._tones + RARE)

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead pitches to the tones that there were too few of."""
        played = np.array([moment.progress.tones for moment in moments])
        total = np.add.reduce(played, axis=1, keepdims=True)
        if not total.any():
            return
        notes = column(moment.progress.notes for moment in moments)
        notes[total == 0.0] = 0.0  # nothing has sounded, nothing is too few
        total[total == 0.0] = 1.0
        off = played * (notes / total) - notes * self._tones
        off /= np.minimum(notes, MOST_TONES) + PRIOR_TONES
        slate.pitches((self._scale * off).astype(np.float32).take(_TONE, axis=1))


class _Tilt:
    """The logarithm of each step beside the mean one; kept, for most slates have one table."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._low: NDArray[np.float64] | None = None
        self._logs = np.empty(0)
        self._together = np.empty(0)

    def of(
        self,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        steep: NDArray[np.float64],
        chord: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return `steep` times the logarithm, or `chord` for what is struck at once.

        Both are given for each line, shape (lines, 1).
        """
        if low is not self._low:
            middle = _middle(low, high)
            together = middle <= CHORD_SPAN
            self._low, self._together = low, together.astype(np.float64)
            self._logs = np.where(together, 0.0, np.log(np.maximum(middle, 1e-3) / self._step))
        return steep * self._logs + chord * self._together


def _middle(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middle of each class of times; the last has no end."""
    middle: NDArray[np.float64] = (low + np.where(np.isinf(high), low, high)) / 2.0
    return middle


def _off(total: float, notes: int) -> float:
    """Return how far off a line is on average, of what it is off in all.

    Of a long line more notes than there are count as few: it is led back as soon as a
    short one, and not only by its end.
    """
    return total / (min(notes, MOST_NOTES) + PRIOR_NOTES)
