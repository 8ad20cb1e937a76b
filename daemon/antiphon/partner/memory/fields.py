"""The memory of fields: notes that have sounded, each with the instrument's key before it.

For the next note, every remembered place is weighed by how alike the notes before it
were (docs/memory.md has the formula and says how it was fitted):

    log weight = theta (cosine of the keys - 1) + exact[length] or shifted[length]
               + recency log(1 + age / 16)

`length` is that of the common suffix of pitches, in notes, or of their intervals; then
what followed is transposed. The instrument mixes what followed into its own prediction.

What a line has drawn itself and has not sounded yet is recalled too, as the partner's own:
see `antiphon.partner.memory.drawn`.

The key of the place itself is known only after the call that draws the note, so keys
are compared one note earlier. Rows are classes, in the codec's order; pitch comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from antiphon.instrument.ask import Recall
from antiphon.instrument.recalled import CANDIDATES
from antiphon.instrument.weighing import LONGEST
from antiphon.partner.memory.drawn import Places, drawn_places
from antiphon.partner.memory.largest import largest
from antiphon.partner.memory.memory import Memory
from antiphon.partner.memory.weights import AGES, LEAST_SHIFTED, NOWHERE, OWN, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.weighing import Weighing
    from antiphon.partner.memory.trail import Trail

_BREAK = -128
"""The interval after a break: no two notes are that far apart."""

_PAD = LONGEST
"""Intervals before the first, so that looking back needs no bounds."""

_LED = np.dtype((np.void, LONGEST - 1))
"""The intervals that led to a note, one byte each."""


class FieldMemory(Memory):
    """Recalls the notes whose past is most like now; see `Memory`.

    Parameters
    ----------
    weighing : Weighing
        That of the instrument.
    sizes : tuple of int
        Classes of each field.
    capacity, gain
        As for any memory.
    """

    def __init__(
        self, weighing: Weighing, sizes: tuple[int, ...], capacity: int, gain: float = 1.0
    ) -> None:
        self._weights = Weights(weighing)
        super().__init__(weighing.identity, sizes, weighing.width, capacity, gain)

    def recall_each(self, trails: Sequence[Trail]) -> list[Recall | None]:
        """Return the places that are most like the end of each trail."""
        if self.gain <= 0.0:
            return [None] * len(trails)
        keys = np.array([trail.key for trail in trails], dtype=np.float32)
        keys *= self._weights.theta
        places = self._remembered(trails, keys)
        drawn = drawn_places(trails, keys, self._weights, self._sizes)
        if drawn is not None:
            places = drawn if places is None else places.joined(drawn)
        if places is None:
            return [None] * len(trails)
        return self._recalled(places.best_of(CANDIDATES))

    def _remembered(self, trails: Sequence[Trail], keys: NDArray[np.float32]) -> Places | None:
        """Return the best remembered places for each trail; None where nothing is remembered.

        `keys` are those of the trails, each times `theta`.
        """
        count = self._count - 1  # of places, each with a note that followed
        if count < 1:
            return None
        weights = self._weights
        score = np.empty((len(trails), count), dtype=np.float32)
        np.add((self._keys[:count] @ keys.T).T, self._prior[:count], out=score)
        near = min(count, AGES)
        score[:, count - near :] += weights.newer([trail.drawn for trail in trails], near)
        alike, lengths, shifts = self._suffixes(trails, count)
        flat = score.reshape(-1)
        flat[alike] += weights.suffix(lengths, shifts)
        best = largest(score, CANDIDATES)
        rows = np.empty((*best.shape, len(self._sizes) + 1), dtype=np.int32)
        rows[:, :, :-1] = self._rows.take(best + 1, axis=0)
        best += count * np.arange(len(trails))[:, np.newaxis]
        rows[:, :, -1] = 0
        if len(alike):
            found = np.minimum(alike.searchsorted(best), len(alike) - 1)
            known = alike.take(found) == best
            rows[:, :, -1] = lengths.take(found) * known
            rows[:, :, 0] += shifts.take(found) * known
        return Places(rows, flat.take(best))

    def _recalled(self, places: Places) -> list[Recall | None]:
        """Return the places of each trail that something followed on; None where there is none."""
        lengths = places.rows[:, :, -1].astype(np.float32)
        recalls = [
            Recall(*each, self.gain)
            for each in zip(places.rows[:, :, :-1], places.weights, lengths, strict=True)
        ]
        followed = places.weights > NOWHERE / 2
        if followed.all():
            return list(recalls)
        return [one.only(some) for one, some in zip(recalls, followed, strict=True)]

    def _suffixes(
        self, trails: Sequence[Trail], count: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
        """Return the places with a common suffix, its length, and its transposition.

        A place is counted on from one trail to the next: `count` are of each.
        """
        pitches = np.zeros((len(trails), LONGEST), dtype=np.int16)
        sizes = [min(len(trail.rows), LONGEST) for trail in trails]
        for row, trail, size in zip(pitches, trails, sizes, strict=True):
            row[LONGEST - size :] = trail.rows[-size:, 0]
        steps = (pitches[:, 1:] - pitches[:, :-1])[:, ::-1].astype(np.int8)  # the newest first
        first = same = self._steps[:count, 0] == steps[:, :1]
        for back in range(1, LEAST_SHIFTED - 1):
            same = same & (self._steps[:count, back] == steps[:, back : back + 1])
        if min(sizes) < LEAST_SHIFTED:
            same &= (np.array(sizes) >= LEAST_SHIFTED)[:, np.newaxis]
        same |= self._pitch[:count] == pitches[:, -1:]
        alike = same.reshape(-1).nonzero()[0]
        which, at = np.divmod(alike, count)
        # Most have no interval in common.
        more = first.reshape(-1)[alike].nonzero()[0]
        common = np.zeros((len(more), LONGEST), dtype=np.bool_)
        led = self._led.take(at[more]).view(np.int8).reshape(-1, LONGEST - 1)
        np.equal(led, steps.take(which[more], axis=0), out=common[:, :-1])
        lengths = np.ones(len(at), dtype=np.intp)
        lengths[more] += common.argmin(axis=1)
        if min(sizes) < LONGEST:
            np.minimum(lengths, np.take(sizes, which), out=lengths)
        shifts = pitches[which, -1] - self._pitch[at]
        # What followed must be on the keyboard in its new place too.
        followed = self._pitch[at + 1] + shifts
        off = followed.view(np.uint16) >= self._sizes[0]  # negative ones are large then
        if np.logical_or.reduce(off):
            lengths[off] = shifts[off] = 0
        return alike, lengths, shifts

    def _make(self, capacity: int) -> None:
        """Make empty arrays."""
        super()._make(capacity)
        self._pitch = np.zeros(capacity, dtype=np.int16)
        self._intervals = np.full(_PAD + capacity, _BREAK, dtype=np.int8)
        # Of each note the intervals that led to it, the newest first.
        self._steps = sliding_window_view(self._intervals, LONGEST - 1)[_PAD - LONGEST + 2 :, ::-1]
        # The same of a note in one piece, which is read faster.
        self._led = np.zeros(capacity, dtype=_LED)
        self._prior = np.zeros(capacity, dtype=np.float32)

    def _derive(self, first: int, last: int) -> None:
        """Set what is looked up of some notes, from their rows and whether they join."""
        part, joins = slice(first, last), self._joins[first:last]
        self._pitch[part] = self._rows[part, 0]
        before = max(first - 1, 0)
        steps = np.diff(self._pitch[before:last], prepend=self._pitch[before])[first - before :]
        self._intervals[_PAD + first : _PAD + last] = np.where(joins, steps, _BREAK)
        self._led[part] = np.ascontiguousarray(self._steps[part]).view(_LED)[:, 0]
        # The place is before a note, where it followed on the last.
        prior = self._weights.base + np.where(self._own[part], OWN, np.float32(0.0))
        prior = np.where(joins, prior, NOWHERE)
        self._prior[before : last - 1] = prior[before + 1 - first :]
