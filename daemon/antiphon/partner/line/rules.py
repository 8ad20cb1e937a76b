"""Musical rules, as weights on the next note, for every kind of instrument.

A rule knows no instrument. It is given a `Slate`, on which pitches and steps (the
time from one onset to the next) are weighed in musical terms; the slate turns that
into biases on the logits of a note's fields or of a word. Weights are natural
logarithms: 0 changes nothing, `FORBID` leaves no chance.

A pitch that still sounds is not ruled out: to strike it again is music, and the
schedule ends the old note first. Only the same pitch twice at once, a flam, is:
pitches are drawn before steps, so it is noticed after the draw, and the next draw
is made `Without` that pitch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from antiphon.instrument.controls import FORBID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note

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
    """

    previous: float
    earliest: float
    latest: float
    end: float = math.inf


class Slate(Protocol):
    """Where rules weigh the next note, whatever the instrument draws."""

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add weights, shape (128,), one a pitch; a chord weighs as its least pitch does."""

    def steps(
        self, weigh: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float32]]
    ) -> None:
        """Add weights to steps.

        `weigh` is given the shortest and the longest step of each class, in
        seconds, and returns a weight for each.
        """


class Rule(Protocol):
    """A musical rule."""

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Add this rule's weights to the slate; runs on the partner's thread, must not wait."""


class NotBefore:
    """Rules out steps that end before `Moment.earliest`."""

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid the steps that lie wholly in the past."""
        least = moment.earliest - moment.previous
        slate.steps(lambda low, high: _forbidden(high <= least))


class NotAfter:
    """Rules out steps that begin after `Moment.latest`, so that no wait is endless.

    The class that holds `Moment.earliest` always stays, so that with
    `NotBefore` at least one is left.
    """

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid the steps that lie wholly too far ahead."""
        most = max(moment.latest, moment.earliest) - moment.previous
        slate.steps(lambda low, high: _forbidden(low > most))


class Range:
    """Keeps to the pitches from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        pitches = np.arange(PITCHES)
        # Twice, so that no other rule can drive a note out there.
        self._weights = 2.0 * _forbidden((pitches < low) | (pitches > high))

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid the rest."""
        del moment
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


class FieldSlate:
    """Weighs the notes of an instrument of fields: see `Slate`.

    Parameters
    ----------
    pitch, step : float32 array, shape (1, classes)
        The biases of the two fields, changed in place.
    low, high : float64 array, shape (classes,)
        The shortest and the longest step of each class, in seconds.
    """

    def __init__(
        self,
        pitch: NDArray[np.float32],
        step: NDArray[np.float32],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        self._pitch, self._step, self._low, self._high = pitch[0], step[0], low, high

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add a weight to each pitch."""
        self._pitch += weights

    def steps(
        self, weigh: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float32]]
    ) -> None:
        """Add a weight to each class of steps."""
        self._step += weigh(self._low, self._high)


class WordSlate:
    """Weighs the words of an instrument of words: see `Slate`.

    A word's step is the time until the next one begins.

    Parameters
    ----------
    symbol : float32 array, shape (1, words)
        The bias of the words, changed in place.
    pitches : int array, shape (words, most)
        The pitches of each word; `PITCHES` fills the places that are left.
    lengths : float64 array, shape (words,)
        How long each word lasts, in seconds.
    """

    def __init__(
        self,
        symbol: NDArray[np.float32],
        pitches: NDArray[np.intp],
        lengths: NDArray[np.float64],
    ) -> None:
        self._symbol, self._pitches, self._lengths = symbol[0], pitches, lengths

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add to each word the weight of its least pitch; a rest has none."""
        places = np.append(weights, np.float32(np.inf))[self._pitches].min(axis=1)
        self._symbol += np.where(np.isinf(places), np.float32(0.0), places)

    def steps(
        self, weigh: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float32]]
    ) -> None:
        """Add a weight to each word by its length."""
        self._symbol += weigh(self._lengths, self._lengths)


def voice_free_at(notes: Sequence[Note], voices: int) -> float:
    """Return from when on fewer than `voices` of these notes sound."""
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
    return np.where(where, np.float32(FORBID), np.float32(0.0))
