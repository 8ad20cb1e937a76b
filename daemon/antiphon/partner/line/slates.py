"""Slates: where rules weigh the next note, by kind of instrument. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument.controls import Biases
    from antiphon.partner.line.codecs import FieldCodec
    from antiphon.partner.line.rules import Weigh

STEP, DURATION, VELOCITY = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class FieldTables:
    """What the classes of an instrument of fields mean.

    Attributes
    ----------
    step_low, step_high : float64 array, shape (classes,)
        The shortest and the longest step of each class.
    duration_low, duration_high : float64 array, shape (classes,)
        The same of durations.
    velocities : float64 array, shape (classes,)
        The middle velocity of each class; empty where none is drawn.
    """

    step_low: NDArray[np.float64]
    step_high: NDArray[np.float64]
    duration_low: NDArray[np.float64]
    duration_high: NDArray[np.float64]
    velocities: NDArray[np.float64]

    @classmethod
    def of(cls, codec: FieldCodec) -> FieldTables:
        """Return the tables of a codec.

        The codec keeps what it decodes off the edges of classes. Here each class ends
        where the next begins, so that no time falls between two; the last has no upper
        bound.
        """
        count = codec.sizes[VELOCITY] if codec.fields[VELOCITY:] == ("velocity",) else 0
        velocities = (np.arange(count, dtype=np.float64) + 0.5) * (128.0 / max(count, 1))
        return cls(*_times(codec, STEP), *_times(codec, DURATION), velocities)


class FieldSlate:
    """Weighs the notes of an instrument of fields: see `antiphon.partner.line.rules.Slate`.

    Parameters
    ----------
    biases : Biases
        Those of all lines, changed in place.
    tables : FieldTables
        What the classes mean.
    """

    joint = False
    """Pitch and time are fields of their own."""

    def __init__(self, biases: Biases, tables: FieldTables) -> None:
        self._biases, self._tables = biases, tables
        self._pitch, self._step, self._duration, *self._velocity = biases.rows

    def line(self, index: int) -> FieldSlate:
        """Return the slate of one of its lines."""
        if len(self._pitch) == 1:
            return self
        return FieldSlate(self._biases.line(index), self._tables)

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add a weight to each pitch."""
        self._pitch += weights

    def steps(self, weigh: Weigh) -> None:
        """Add a weight to each class of steps."""
        self._step += weigh(self._tables.step_low, self._tables.step_high)

    def durations(self, weigh: Weigh) -> None:
        """Add a weight to each class of durations."""
        self._duration += weigh(self._tables.duration_low, self._tables.duration_high)

    def velocities(self, weigh: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
        """Add a weight to each class of velocities, if there are any."""
        if len(self._tables.velocities):
            self._velocity[0] += weigh(self._tables.velocities)


class WordSlate:
    """Weighs the words of an instrument of words: see `antiphon.partner.line.rules.Slate`.

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

    joint = True
    """A word has its pitches and its time at once."""

    def __init__(
        self,
        symbol: NDArray[np.float32],
        pitches: NDArray[np.intp],
        lengths: NDArray[np.float64],
    ) -> None:
        self._symbol, self._pitches, self._lengths = symbol, pitches, lengths

    def line(self, index: int) -> WordSlate:
        """Return the slate itself: it has one line."""
        del index
        return self

    def pitches(self, weights: NDArray[np.float32]) -> None:
        """Add to each word the weight of its least pitch; a rest has none."""
        places = np.append(weights, np.float32(np.inf))[self._pitches].min(axis=1)
        self._symbol += np.where(np.isinf(places), np.float32(0.0), places)

    def steps(self, weigh: Weigh) -> None:
        """Add a weight to each word by its length."""
        self._symbol += weigh(self._lengths, self._lengths)

    def durations(self, weigh: Weigh) -> None:
        """Do nothing: a word lasts until the next begins, and is weighed as a step."""

    def velocities(self, weigh: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
        """Do nothing: words are as loud as the player."""


def _times(codec: FieldCodec, field: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bounds = np.array([codec.time_range(index) for index in range(codec.sizes[field])])
    edges = (bounds[:-1, 1] + bounds[1:, 0]) / 2.0
    return np.concatenate([[0.0], edges]), np.concatenate([edges, [np.inf]])
