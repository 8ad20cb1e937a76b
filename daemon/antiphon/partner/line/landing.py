"""The landing: near its end a line is led to a long note of the tonic's triad.

Times are seconds of the session's clock, weights natural logarithms.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.tonality import PITCH_CLASSES
from antiphon.partner.line.rules import PITCHES, TogetherRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note
    from antiphon.partner.line.manner import Manner
    from antiphon.partner.line.rules import Moment, Slate

BEATS = 1.5
"""The landing takes so many of the last beats."""

SECONDS = 0.75
"""And so long where no pulse is known."""

TRIAD = 4.0
"""The weight of a tone of the triad at the very end."""

LONG = 3.0
"""The weight of a duration's logarithm at the very end."""

OVER = 5.0
"""The weight at the very end of a step that ends the line: for it after a note that a line may
end with, against it after any other."""

LONG_GAPS = 1.6
"""A last note lasts at least so many of the phrase's gaps,"""

LONG_SECONDS = (0.25, 1.5)
"""within these."""

USUAL_GAP = 0.3
"""The gap of a phrase that is too short to have one."""


class Landing(TogetherRule):
    """Leads the last notes of a line; see the module.

    Parameters
    ----------
    manner : Manner
        The phrase's key, and its gaps.
    beat : float or None
        How long a beat is; None where no pulse is known.
    """

    def __init__(self, manner: Manner, beat: float | None) -> None:
        gap = USUAL_GAP if math.isnan(manner.rate) else 1.0 / manner.rate
        self._seconds = SECONDS if beat is None else BEATS * beat
        self._gap = gap
        self._long = min(max(LONG_GAPS * gap, LONG_SECONDS[0]), LONG_SECONDS[1])
        self._triad = frozenset(manner.triad)
        tones = np.isin(np.arange(PITCHES) % PITCH_CLASSES, manner.triad)
        self._tones = np.where(tones, np.float32(TRIAD), np.float32(0.0))

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Lead the next notes, the more the nearer the end is; those far from it are free."""
        for index, moment in enumerate(moments):
            left = moment.end - moment.previous
            # The note that is drawn comes a gap later, and is the last from the next gap on.
            rise = min(1.0, 1.0 - (left - 2.0 * self._gap) / self._seconds)
            if rise > 0.0 or moment.latest > moment.end:
                self._lead(moment, left, rise, slate.line(index))

    def _lead(self, moment: Moment, left: float, rise: float, slate: Slate) -> None:
        """Lead the next note of one line, so long before the end."""
        last = moment.progress.last
        may_end = moment.latest > moment.end
        if may_end and last is not None and not slate.joint:
            over = OVER * max(rise, 0.0) if self._ends(last) else -OVER
            slate.steps(lambda low, high: _over(low, high, left, over))
        if rise <= 0.0:
            return
        slate.pitches(np.float32(rise) * self._tones)
        slate.durations(lambda low, high: (LONG * rise) * self._longer(low, high))
        if slate.joint:
            slate.steps(lambda low, high: (LONG * rise) * self._longer(low, high))

    def _ends(self, note: Note) -> bool:
        """Tell whether a line may end with a note."""
        long = note.duration is None or note.duration >= self._long
        return long and (not self._triad or note.pitch % PITCH_CLASSES in self._triad)

    def _longer(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much longer times are than a last note has to be, as a logarithm."""
        del high
        return np.clip(np.log(np.maximum(low, 1e-3) / self._long), -2.0, 0.5)


def _over(
    low: NDArray[np.float64], high: NDArray[np.float64], left: float, weight: float
) -> NDArray[np.float64]:
    """Weigh the steps that end the line; those within a chord are left as they are.

    After a note to end with, the steps between are weighed down instead, so that its
    chord may be completed.
    """
    if weight <= 0.0:
        return np.where(low > left, weight, 0.0)
    return np.where((low <= left) & (high > CHORD_SPAN), -weight, 0.0)
