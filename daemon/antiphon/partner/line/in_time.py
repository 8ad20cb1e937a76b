"""Steps and onsets by the player's groove.

A note has two onsets. The sounding one is placed by the groove's density, and so has the
player's own deviations from the beat. The nominal one is the groove's nearest peak; steps
are counted from it and read back by it, so that deviations do not add up from note to
note. Times are seconds of the session's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.note import Note
from antiphon.partner.line.rules import TogetherRule, column
from antiphon.partner.line.slates import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.partner.line.drawing import Draft
    from antiphon.partner.line.predictor import Prediction
    from antiphon.partner.line.rules import Moment, Slate
    from antiphon.partner.line.slates import FieldTables
    from antiphon.partner.listening.groove import Groove

CHORD = 0.005
"""A shorter step is within a chord, and no groove's matter."""
SPREAD = 0.025
"""A shorter one is within a chord that is spread by hands."""
EVEN = 0.002
"""Chords are spread by so much more than the player's, for a few notes tell it."""
WIDEST = 2.0
"""A note of a chord comes after the one before it within so many times the player's mean."""
LONGEST = 3.0
"""Steps of the last class, which is open, are taken for at most so much longer."""
LEAST = 1e-3
END_REACH, END_SHARE = 0.03, 0.05
"""An end is moved by so many seconds at most, and so much of the note's length: the width
of a class of durations."""


class InTime(TogetherRule):
    """A rule that weighs steps by where they lead to in the groove.

    Parameters
    ----------
    groove : Groove
        Where the player's notes fall.
    tables : FieldTables
        What the classes of steps mean.
    """

    def __init__(self, groove: Groove, tables: FieldTables) -> None:
        self.groove = groove
        self._low, self._high = tables.step_low, tables.step_high
        self._edges = np.append(self._low, self._low[-1] + LONGEST)
        self._per_width = groove.beats.period / np.diff(self._edges)
        within = self._high <= SPREAD + LEAST
        middle = np.where(self._low > 0.0, 0.5 * (self._low + self._high), 0.0)[within]
        # Of a chord, what counts is how spread the player's chords are.
        self._chord = -0.5 * (middle / (1.2 * groove.spread + EVEN)) ** 2

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Add the logarithm of the mean density over what is allowed of each step."""
        slate.steps(lambda low, high: self._weights(moments))

    def _weights(self, moments: Sequence[Moment]) -> NDArray[np.float64]:
        at = column(moment.previous for moment in moments) + self._edges
        np.minimum(at, column(max(one.latest, one.earliest) for one in moments), out=at)
        np.maximum(at, column(moment.earliest for moment in moments), out=at)
        density = np.diff(self.groove.before(at)) * self._per_width
        weights: NDArray[np.float64] = np.log(np.maximum(density, LEAST))
        weights[:, : len(self._chord)] = self._chord
        return weights

    def timed(self, note: Note, draft: Draft, prediction: Prediction) -> tuple[Note, float]:
        """Return a drawn note with its sounding onset, and its nominal onset."""
        place, moment = draft.place, draft.moment
        step = int(prediction.classes[STEP])
        low, high = float(self._low[step]), float(self._high[step])
        if high <= CHORD + LEAST and moment.earliest <= place.sounded:
            return self._ended(note, place.sounded), place.onset
        if high > SPREAD + LEAST:
            onset = self._placed(moment, low, high, float(prediction.within[STEP]))
        else:  # of a chord
            widest = place.sounded + WIDEST * self.groove.spread
            onset = min(note.onset, max(widest, moment.earliest))
        onset = max(onset, place.sounded)
        return self._ended(note, onset), self.groove.nearest(onset)

    def _ended(self, note: Note, onset: float) -> Note:
        """Return a note at an onset; it ends where the player's notes end, if that is near."""
        ends, duration = self.groove.ends, note.duration
        if ends is not None and duration is not None:
            reach = END_REACH + END_SHARE * duration
            duration = ends.nearest(onset + duration, min(reach, duration / 3.0)) - onset
        return Note(note.pitch, onset, duration, note.velocity)

    def _placed(self, moment: Moment, low: float, high: float, within: float) -> float:
        """Return the sounding onset of a note whose step lies between two steps."""
        latest = max(moment.latest, moment.earliest)
        begin = min(max(moment.previous + low, moment.earliest), latest)
        end = min(moment.previous + min(high, low + LONGEST), latest)
        return self.groove.within(begin, max(begin, end), within)
