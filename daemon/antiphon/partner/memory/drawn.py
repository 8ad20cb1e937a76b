"""Places in what a line has drawn itself, so that it can come back to its own notes.

They are weighed as remembered places are: see `antiphon.partner.memory.fields`. What a line
has drawn is remembered only once it has sounded; until then it is found here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.weighing import LONGEST
from antiphon.partner.memory.largest import largest
from antiphon.partner.memory.weights import LEAST_SHIFTED, NOWHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.partner.memory.trail import Trail
    from antiphon.partner.memory.weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places that are weighed, of several trails alike.

    Attributes
    ----------
    rows : int32 array, shape (trails, places, fields + 1)
        The notes that followed, transposed; the last number is the length of the common
        suffix, in notes.
    weights : float32 array, shape (trails, places)
        The logarithms of their weights; about `NOWHERE` is no place.
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.float32]

    def joined(self, other: Places) -> Places:
        """Return the places of both."""
        return Places(
            np.concatenate((self.rows, other.rows), axis=1),
            np.concatenate((self.weights, other.weights), axis=1),
        )

    def best_of(self, count: int) -> Places:
        """Return the best places, so many at most."""
        if self.weights.shape[1] <= count:
            return self
        best = largest(self.weights, count)
        if len(best) == 1:
            return Places(self.rows[:, best[0]], self.weights[:, best[0]])
        trails = np.arange(len(best))[:, np.newaxis]
        return Places(self.rows[trails, best], self.weights[trails, best])


def drawn_places(
    trails: Sequence[Trail],
    keys: NDArray[np.float32],
    weights: Weights,
    sizes: NDArray[np.int32],
) -> Places | None:
    """Return all places in what lines have drawn; None where none has drawn any note.

    Parameters
    ----------
    trails : sequence of Trail
        Those of the lines.
    keys : float32 array, shape (trails, width)
        Their keys, each times `theta`.
    weights : Weights
        How places are weighed.
    sizes : int32 array, shape (fields,)
        Classes of each field.
    """
    most = max(trail.drawn for trail in trails)
    if most == 0:
        return None
    known = LONGEST + most
    score = np.full((len(trails), most), NOWHERE, dtype=np.float32)
    rows = np.zeros((len(trails), known, len(sizes) + 1), dtype=np.int32)
    unknown = [known - min(len(trail.rows), known) for trail in trails]
    for i, trail in enumerate(trails):
        rows[i, unknown[i] :, :-1] = trail.rows[-known:]
        np.dot(trail.keys[:-1], keys[i], out=score[i, most - trail.drawn :])
    lengths, shifts = _suffixes(rows[:, :, 0], unknown, sizes[0])
    score += weights.drawn[-most:]
    score += weights.suffix(lengths, shifts)
    followed = rows[:, LONGEST:]
    followed[:, :, 0] += shifts
    followed[:, :, -1] = lengths
    return Places(followed, score)


def _suffixes(
    pitches: NDArray[np.int32], unknown: Sequence[int], keys: np.int32
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return the length of the suffix that each place has in common with the end, and the shift.

    The first `LONGEST` pitches of each line are before the second place, and so many of all
    are unknown.
    """
    steps = pitches[:, 1:] - pitches[:, :-1]
    line, one = steps.strides
    places = steps.shape[1] - LONGEST + 1
    # The intervals that led to each note; `sliding_window_view` takes as long as all the rest.
    shape, strides = (len(steps), places + 1, LONGEST - 1), (line, one, one)
    led = np.ndarray(shape, steps.dtype, steps, 0, strides)[:, :, ::-1]
    common = np.zeros((len(steps), places, LONGEST), dtype=np.bool_)
    np.equal(led[:, :-1], led[:, -1:], out=common[:, :, :-1])
    lengths = common.argmin(axis=2)
    lengths += 1
    if any(unknown):
        before = np.array(unknown)[:, np.newaxis]
        np.minimum(lengths, np.arange(LONGEST, LONGEST + places) - before, out=lengths)
    shifts = pitches[:, -1:] - pitches[:, LONGEST - 1 : -1]
    # What followed must be on the keyboard in its new place too; negative ones are large.
    off = (pitches[:, LONGEST:] + shifts).view(np.uint32) >= keys
    off |= (lengths < LEAST_SHIFTED) & (shifts != 0)
    lengths[off] = 0
    shifts[off] = 0
    return lengths, shifts
