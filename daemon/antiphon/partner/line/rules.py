"""Musical rules, as weights on the next note, for every kind of instrument.

A rule knows no instrument. It is given a `Slate`, on which pitches and steps (the
time from one onset to the next) are weighed in musical terms; the slate turns that
into biases on the logits of a note's fields or of a word. Weights are natural
logarithms: 0 changes nothing, `FORBID` leaves no chance.

Lines that are planned together are weighed together, on one slate with a row for each:
that takes little longer than for one (`TogetherRule`).

A pitch that still sounds is not ruled out: to strike it again is music, and the
schedule ends the old note first. Only the same pitch twice at once, a flam, is:
pitches are drawn before steps, so it is noticed after the draw, and the next draw
is made `Without` that pitch.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from antiphon.instrument.controls import FORBID
from antiphon.partner.line.place import NOTHING_YET, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note

    Weigh = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]
    """Returns a weight for each class, given the shortest and the longest time of each; of shape
    (classes,), or (lines, classes)."""

PITCHES = 128


@dataclass(frozen=True, slots=True)
class Moment:
    """What a rule may look at, in seconds of the session's clock.

    Attributes
    ----------
    previous : float
        The onset that the step is counted from.
    earliest, latest : float
        When the note may start.
    end : float
        When the line ends.
    progress : Progress
        What the line has played so far.
    """

    previous: float
    earliest: float
    latest: float
    end: float = math.inf
    progress: Progress = NOTHING_YET


class Slate(Protocol):
    """Where rules weigh the next note, whatever the instrument draws.

    Attributes
    ----------
    joint : bool
        Whether the step that is weighed leads from the notes that are weighed to the
        next ones, as in a word, and not to them from the last.
    """

    joint: bool

    def line(self, index: int) -> Slate:
        """Return the slate of one line, of those that are weighed together."""

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add weights, one a pitch; a chord weighs as its least pitch does.

        Their shape is (128,), or (lines, 128).
        """

    def steps(self, weigh: Weigh) -> None:
        """Add weights to steps.

        `weigh` is given the shortest and the longest step of each class, in
        seconds, and returns a weight for each.
        """

    def durations(self, weigh: Weigh) -> None:
        """Add weights to durations, as `steps` does; nothing happens to words."""

    def velocities(self, weigh: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
        """Add weights to velocities; nothing happens where none is drawn.

        `weigh` is given the middle velocity of each class, and returns a weight for each.
        """


class Rule(Protocol):
    """A musical rule."""

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Add this rule's weights to the slate; runs on the partner's thread, must not wait."""


class TogetherRule(ABC):
    """A rule that weighs the next notes of several lines at once."""

    @abstractmethod
    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Add this rule's weights to the slate, which has as many lines as there are moments."""

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Do the same for one line."""
        self.weigh_each((moment,), slate)


def weigh_all(rules: Sequence[Rule], moments: Sequence[Moment], slate: Slate) -> None:
    """Weigh the next notes of several lines by all rules, one rule after the other."""
    for rule in rules:
        if isinstance(rule, TogetherRule):
            rule.weigh_each(moments, slate)
        else:
            for index, moment in enumerate(moments):
                rule.weigh(moment, slate.line(index))


def column(numbers: Iterable[float]) -> NDArray[np.float64]:
    """Return one number a line as an array, shape (lines, 1)."""
    return np.array(list(numbers), dtype=np.float64)[:, np.newaxis]


class NotBefore(TogetherRule):
    """Rules out steps that end before `Moment.earliest`."""

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Forbid the steps that lie wholly in the past."""
        least = [moment.earliest - moment.previous for moment in moments]
        if max(least) > 0.0:  # no step is shorter
            past = column(least)
            slate.steps(lambda low, high: _forbidden(high <= past))


class NotAfter(TogetherRule):
    """Rules out steps that begin after `Moment.latest`, so that no wait is endless.

    The class that holds `Moment.earliest` always stays, so that with
    `NotBefore` at least one is left.
    """

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Forbid the steps that lie wholly too far ahead."""
        most = column(max(one.latest, one.earliest) - one.previous for one in moments)
        slate.steps(lambda low, high: _forbidden(low > most))


class Range(TogetherRule):
    """Keeps to the pitches from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        pitches = np.arange(PITCHES)
        # Twice, so that no other rule can drive a note out there.
        self._weights = 2.0 * _forbidden((pitches < low) | (pitches > high))

    def weigh_each(self, moments: Sequence[Moment], slate: Slate) -> None:
        """Forbid the rest."""
        del moments
        slate.pitches(self._weights)


class Without:
    """Rules out some pitches."""

    def __init__(self, pitches: Sequence[int]) -> None:
        self._weights = np.zeros(PITCHES, dtype=np.float32)
        self._weights[list(set(pitches))] = FORBID

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid them."""
        del moment
        slate.pitches(self._weights)


def voice_free_at(notes: Sequence[Note], voices: int) -> float:
    """Return from when on fewer than `voices` of these notes sound."""
    if len(notes) < voices:
        return -math.inf
    ends = sorted((note.end for note in notes if note.end is not None), reverse=True)
    return ends[voices - 1] if len(ends) >= voices else -math.inf


def thin_enough_at(notes: Sequence[Note], per_second: int) -> float:
    """Return when the next note may start, at most `per_second` of them a second.

    A quarter of a second's share may come at once, as a chord; so the wait after
    a crowd is never longer than that. `notes` are sorted by onset.
    """
    at_once = math.ceil(per_second / 4)
    if len(notes) < at_once:
        return -math.inf
    return notes[-at_once].onset + at_once / per_second


def _forbidden(where: NDArray[np.bool_]) -> NDArray[np.float32]:
    return where * np.float32(FORBID)
