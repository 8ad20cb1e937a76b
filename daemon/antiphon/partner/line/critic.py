"""The critic: how good a planned line is as an answer to the player's phrase.

It adds up terms; each is a small function of the line's notes, and has a weight. A term
is at most 0, which is as good as can be, and about -1 where a listener would say that
it is not right; so the weights are what matters more and what less. docs/form.md has the
table. Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.note import NoteArray, notes_to_array
from antiphon.music.themes import repeated, taken_up
from antiphon.music.tonality import PITCH_CLASSES, tone_shares
from antiphon.partner.line.manner import Manner, manner_of, mean_length
from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import Note

NATS = 2.0
"""Lines of one phrase differ by about a nat a note: one worse by so many is an unlikely one."""

OCTAVES = 0.5
"""Of density: half as many notes again are heard as another pace."""

SEMITONES = 6.0
"""Of the mean pitch: so far away a line is in another register."""

STEPS = 12.0
"""Of the mean velocity: the step from one dynamic mark to the next is 16."""

LENGTHS = 1.0
"""Of the mean length of notes, in octaves: twice as long is another touch."""

APART = 0.5
"""Of the tones: half of a line's notes are others than those of the phrase."""

TAKEN = (0.12, 0.6)
"""An answer takes up at least and at most such a share of the phrase; real music takes up 0.12
of its last ten seconds."""

RETURNING = (0.001, 0.15, 0.4)
"""A line comes back to its own notes at least by such a share for each note that it has, and no
more than the next is asked for: of ten seconds of songs 0.05 are runs of pitches that were there
before, of twenty of piano rolls 0.16. A share over the last is too much."""

COPY = 0.7
"""A line that takes up more of the phrase than this is a copy of it."""

LONG = 1.4
"""A last note is long from so many of the line's median gaps on."""

ON_BEAT = 0.1
"""So near to a beat, in beats, a note is on it."""

LIKELY, DENSE, HIGH, LOUD, TIED, TONES, TAKES, COPIES, RETURNS, LANDS, HOME, IN_TIME = (
    0.5, 1.0, 0.5, 0.5, 0.5, 1.0, 1.0, 3.0, 1.0, 1.0, 1.5, 0.5,
)  # fmt: skip
"""The weights. The end is what is remembered, and a copy is no answer; likelihood counts little,
for the likeliest line is a dull one, and each was drawn from the instrument."""


@dataclass(frozen=True, slots=True, eq=False)
class Critic:
    """Judges lines that answer one phrase.

    Attributes
    ----------
    wished : Manner
        The manner that a line should have; NaN where it is free.
    themes : int64 array
        The runs of intervals of the phrase's top line: see `antiphon.music.themes`.
    endings : bool
        Whether a line should end like a phrase.
    beats : Beats or None
        The player's; None where they are not known.
    """

    wished: Manner
    themes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    endings: bool = True
    beats: Beats | None = None

    def judge(self, notes: Sequence[Note], nats: float, end: float, *, finished: bool) -> float:
        """Return how good a line is; the best of several has the highest number.

        Parameters
        ----------
        notes : sequence of Note
            Its notes, sorted by onset.
        nats : float
            Their mean log probability, all fields together.
        end : float
            When the line ends.
        finished : bool
            Whether these are all; the ending of others is not judged.
        """
        if not notes:
            return -math.inf
        array = notes_to_array(notes)
        manner = manner_of(array, array[:0])
        assert manner is not None  # there are notes
        line = top_line(array)
        share = taken_up(line, self.themes)
        score = (
            LIKELY * nats / NATS
            + DENSE * _off(_octaves(manner.density, self.wished.density), OCTAVES)
            + HIGH * _off(manner.pitch - self.wished.pitch, SEMITONES)
            + LOUD * _off(manner.velocity - self.wished.velocity, STEPS)
            + TIED * _off(_touch(array) - self.wished.length, LENGTHS)
            + TONES * _off(_apart(array, self.wished.tones), APART)
        )
        if len(self.themes):
            score += TAKES * theme(share) + COPIES * copied(share)
        score += RETURNS * returns(repeated(array), len(array))
        if finished and self.endings:
            score += self._ending(array, end)
        return score

    def _ending(self, notes: NoteArray, end: float) -> float:
        last = notes[notes["onset"] > notes["onset"][-1] - CHORD_SPAN]
        onset = float(last["onset"][0])
        score = LANDS * landing(notes, last, end)
        if self.wished.triad:
            score -= HOME * (int(last["pitch"].max()) % PITCH_CLASSES not in self.wished.triad)
        if self.beats is not None:
            away = (onset - self.beats.anchor) / self.beats.period
            score -= IN_TIME * (abs(away - round(away)) > ON_BEAT)
        return score


def top_line(notes: NoteArray) -> NDArray[np.int64]:
    """Return the highest pitch of each moment, shape (moments,); notes are sorted by onset."""
    starts = np.flatnonzero(np.diff(notes["onset"], prepend=-np.inf) > CHORD_SPAN)
    if not len(starts):
        return np.empty(0, dtype=np.int64)
    return np.maximum.reduceat(notes["pitch"].astype(np.int64), starts)


def theme(share: float) -> float:
    """Return 0 where a line takes up some of the phrase, down to -1 for nothing or for all."""
    least, most = TAKEN
    if share < least:
        return share / least - 1.0
    return 0.0 if share <= most else (most - share) / (1.0 - most)


def copied(share: float) -> float:
    """Return -1 for a line that is the phrase again, and 0 for others."""
    return -1.0 if share > COPY else 0.0


def returns(share: float, notes: int) -> float:
    """Return 0 where a line comes back to its own notes, down to -1 for never or for always."""
    each, enough, most = RETURNING
    least = min(each * notes, enough)
    if share < least:
        return share / least - 1.0
    return 0.0 if share <= most else (most - share) / (1.0 - most)


def landing(notes: NoteArray, last: NoteArray, end: float) -> float:
    """Return 0 where the last chord is long, -0.5 where a rest follows it, and else -1."""
    gaps = np.diff(notes["onset"])
    gaps = gaps[gaps > CHORD_SPAN]
    if not len(gaps):
        return 0.0
    long = LONG * float(np.median(gaps))
    if float(last["duration"].max()) >= long:
        return 0.0
    return -0.5 if end - float(last["onset"][0]) >= long else -1.0


def _off(difference: float, much: float) -> float:
    """Return a distance as a term; 0 where it is not known or not wished for."""
    return 0.0 if math.isnan(difference) else -abs(difference) / much


def _apart(notes: NoteArray, tones: tuple[float, ...]) -> float:
    """Return the share of what sounds whose tones are not those to expect; NaN where none are."""
    if not tones:
        return math.nan
    return 1.0 - float(np.minimum(tone_shares(notes), tones).sum())


def _touch(notes: NoteArray) -> float:
    """Return the mean length, without the last chord: that one is long or short as an ending."""
    return mean_length(notes[notes["onset"] <= notes["onset"][-1] - CHORD_SPAN])


def _octaves(one: float, other: float) -> float:
    return math.nan if math.isnan(one + other) else math.log2(one / other)
