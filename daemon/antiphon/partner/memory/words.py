"""The memory of words: all notes that begin together, without keys.

For the next word, every remembered place whose last word is the last one of now, or the same
transposed, is weighed by the length of the suffix that both have in common, in words:

    weight = length ^ 4, a quarter of it where transposed, half where the partner played what
             followed

A transposition counts from `LEAST_SHIFTED` words on, and only where the vocabulary has every
word of it. The place with the longest suffix tells how much of the next word is the memory's
(`antiphon.instrument.word_weighing`).

No graph of words takes what is remembered, so the line mixes it in after the call
(`antiphon.partner.line.mixture`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.ask import Recall
from antiphon.instrument.weighing import LONGEST
from antiphon.partner.memory.memory import Memory
from antiphon.partner.memory.weights import LEAST_SHIFTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.instrument.word_weighing import WordWeighing
    from antiphon.partner.memory.trail import Trail

FARTHEST = 11
"""Semitones of a transposition; chords know no octave."""

POWER = 4.0
"""Of the length of a suffix. A weight of its own for each length, fitted, was worth nothing."""

SHIFTED = 0.25
"""The share of its weight that a transposed place has."""

OWN = 0.5
"""The same of one where the partner played what followed."""

_SHIFTS = np.array(sorted(range(-FARTHEST, FARTHEST + 1), key=lambda shift: (-abs(shift), shift)))
"""The nearest last: where several lead from one word to another, it is the one that counts."""

_AT_PITCH = len(_SHIFTS) - 1
_NONE = -1
_NO_WORD = -2


class Transposes(Protocol):
    """What is needed of a codec of words."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of words."""

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary: index to word."""

    def transposed(self, semitones: int) -> NDArray[Any]:
        """Return each word's index so many semitones higher, -1 where there is no such word."""


@dataclass(frozen=True, slots=True, eq=False)
class WordPlaces:
    """Places before which the last words were played, one at least.

    Attributes
    ----------
    followed : int32 array, shape (places,)
        The word that followed at each, transposed.
    lengths : int array, shape (places,)
        Of the common suffix, in words.
    shifted, own : bool arrays, shape (places,)
        Whether it is transposed, and whether the partner played what followed.
    """

    followed: NDArray[np.int32]
    lengths: NDArray[np.intp]
    shifted: NDArray[np.bool_]
    own: NDArray[np.bool_]

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weight of each."""
        factors = np.where(self.shifted, SHIFTED, 1.0) * np.where(self.own, OWN, 1.0)
        weights: NDArray[np.float64] = self.lengths.astype(np.float64) ** POWER * factors
        return weights

    @property
    def longest(self) -> tuple[int, int]:
        """The longest suffix: whether it is transposed, 1 or 0, and its length."""
        index = int((2 * self.lengths - self.shifted).argmax())
        return int(self.shifted[index]), int(self.lengths[index])


class WordMemory(Memory):
    """Recalls what followed on the words that were just played; see `Memory`.

    Parameters
    ----------
    weighing : WordWeighing
        That of the instrument.
    codec : Transposes
        Its codec. Memories of one vocabulary are alike, whatever instrument they are of.
    capacity, gain
        As for any memory.
    """

    def __init__(
        self, weighing: WordWeighing, codec: Transposes, capacity: int, gain: float = 1.0
    ) -> None:
        self._share = np.array([weighing.exact, weighing.shifted])
        # Of each shift and word: the word that it becomes.
        self._moved = np.array([codec.transposed(int(shift)) for shift in _SHIFTS])
        self._back = np.array([codec.transposed(-int(shift)) for shift in _SHIFTS])
        vocabulary = hashlib.sha256("\n".join(codec.words).encode()).hexdigest()
        super().__init__(f"words-{vocabulary[:16]}", codec.sizes, 0, capacity, gain)

    def recall_each(self, trails: Sequence[Trail]) -> list[Recall | None]:
        """Return what followed on the end of each trail; weights sum to the memory's share."""
        if self.gain <= 0.0:
            return [None] * len(trails)
        return [self._recall(trail) for trail in trails]

    def places(self, trail: Trail) -> WordPlaces | None:
        """Return what followed on the last words of a trail; None where nothing did."""
        count, heard = self._count, trail.rows[:, 0].astype(np.int16)
        if not len(heard):
            return None
        words = np.concatenate((self._rows[:count, 0], heard))
        runs = np.concatenate((self._runs[:count], np.arange(1, len(heard) + 1)))
        own = np.concatenate((self._own[:count], np.ones(len(heard), dtype=np.bool_)))
        # Places are before a remembered word that followed, or one that the line has drawn.
        follows = np.concatenate((self._joins[:count], np.zeros(len(heard), dtype=np.bool_)))
        follows[count + max(len(heard) - trail.drawn, 1) :] = True
        lead = np.full(self._moved.shape[1], _NONE)
        lead[self._back[:, heard[-1]]] = np.arange(len(_SHIFTS))
        lead[-1] = _NONE  # where the words that do not exist were put
        at = np.flatnonzero(follows[1:] & (lead[words[:-1]] != _NONE))
        shifts = lead[words[at]]
        lengths = np.minimum(self._common(words, at, shifts, heard), runs[at])
        followed = self._moved[shifts, words[at + 1]]
        shifted = shifts != _AT_PITCH
        kept = (followed >= 0) & (~shifted | (lengths >= LEAST_SHIFTED))
        if not kept.any():
            return None
        return WordPlaces(followed[kept], lengths[kept], shifted[kept], own[at + 1][kept])

    def _common(
        self,
        words: NDArray[np.int16],
        at: NDArray[np.intp],
        shifts: NDArray[np.intp],
        heard: NDArray[np.int16],
    ) -> NDArray[np.intp]:
        """Return how many words up to each place are the last ones that were heard."""
        last = np.full(LONGEST, _NO_WORD)
        last[: min(len(heard), LONGEST)] = heard[::-1][:LONGEST]
        back = np.maximum(at[:, np.newaxis] - np.arange(1, LONGEST), 0)
        same = np.zeros((len(at), LONGEST), dtype=np.bool_)
        np.equal(self._moved[shifts[:, np.newaxis], words[back]], last[1:], out=same[:, :-1])
        lengths: NDArray[np.intp] = same.argmin(axis=1) + 1
        return lengths

    def _recall(self, trail: Trail) -> Recall | None:
        """Return places with their weights, which sum to the memory's share."""
        places = self.places(trail)
        if places is None:
            return None
        weights = places.weights
        share = self._share[places.longest]
        weights = np.log(weights * (max(share, 1e-30) / weights.sum()))
        return Recall(
            places.followed[:, np.newaxis],
            weights.astype(np.float32),
            places.lengths.astype(np.float32),
            self.gain,
        )

    def _make(self, capacity: int) -> None:
        """Make empty arrays."""
        super()._make(capacity)
        self._runs = np.zeros(capacity, dtype=np.intp)

    def _derive(self, first: int, last: int) -> None:
        """Count the words since the last break, up to each."""
        index = np.arange(first, last)
        begun = first - (int(self._runs[first - 1]) if first else 0)
        begins = np.where(self._joins[first:last], begun, index)
        self._runs[first:last] = index + 1 - np.maximum.accumulate(begins)
