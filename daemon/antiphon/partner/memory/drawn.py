"""Places in what a line has drawn itself, so that it can come back to its own notes.

They are weighed as remembered places are: see `antiphon.partner.memory.memory`. What a line
has drawn is remembered only once it has sounded; until then it is found here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from antiphon.instrument.weighing import LONGEST
from antiphon.partner.memory.largest import largest
from antiphon.partner.memory.weights import AGES, LEAST_SHIFTED, NOWHERE, OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.partner.memory.trail import Trail
    from antiphon.partner.memory.weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places that are weighed, of several trails alike.

    Attributes
    ----------
    rows : int32 array, shape (trails, places, fields)
        The notes that followed, transposed.
    weights : float32 array, shape (trails, places)
        The logarithms of their weights; `NOWHERE` and less is no place.
    lengths : float32 array, shape (trails, places)
        Of the common suffixes, in notes.
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    lengths: NDArray[np.float32]

    def best(self, other: Places, count: int) -> Places:
        """Return the best of both."""
        weights = np.concatenate((self.weights, other.weights), axis=1)
        rows = np.concatenate((self.rows, other.rows), axis=1)
        lengths = np.concatenate((self.lengths, other.lengths), axis=1)
        best = largest(weights, count)
        trails = np.arange(len(weights))[:, np.newaxis]
        return Places(rows[trails, best], weights[trails, best], lengths[trails, best])


def drawn_places(
    trails: Sequence[Trail], weights: Weights, sizes: NDArray[np.int32]
) -> Places | None:
    """Return all places in what lines have drawn; None where none has drawn any note.

    Parameters
    ----------
    trails : sequence of Trail
        Those of the lines.
    weights : Weights
        How places are weighed.
    sizes : int32 array, shape (fields,)
        Classes of each field.
    """
    most = max(trail.drawn for trail in trails)
    if most == 0:
        return None
    score = np.full((len(trails), most), NOWHERE, dtype=np.float32)
    rows = np.zeros((len(trails), LONGEST + most, len(sizes)), dtype=np.int32)
    unknown = np.empty((len(trails), 1), dtype=np.intp)
    for i, trail in enumerate(trails):
        known, drawn = trail.rows[-LONGEST - most :], trail.drawn
        unknown[i] = LONGEST + most - len(known)
        rows[i, unknown[i, 0] :] = known
        score[i, most - drawn :] = trail.keys[:-1] @ (weights.theta * trail.key)
        score[i, most - drawn :] += weights.base + np.float32(OWN)
    near = min(most, AGES)
    score[:, most - near :] += weights.newer(np.zeros(1, dtype=np.intp), near)
    np.minimum(rows, sizes - 1, out=rows)
    lengths, shifts = _suffixes(rows[:, :, 0].astype(np.int16), unknown, int(sizes[0]))
    score += weights.suffix(lengths, shifts)
    followed = rows[:, LONGEST:].copy()
    followed[:, :, 0] += shifts
    return Places(followed, score, lengths.astype(np.float32))


def _suffixes(
    pitches: NDArray[np.int16], unknown: NDArray[np.intp], keys: int
) -> tuple[NDArray[np.intp], NDArray[np.int16]]:
    """Return the length of the suffix that each place has in common with the end, and the shift.

    The first `LONGEST` pitches of each line are before the first place, and so many of all
    are unknown.
    """
    steps = sliding_window_view(np.diff(pitches, axis=1), LONGEST - 1, axis=1)[:, :, ::-1]
    places = steps.shape[1] - 1
    common = np.zeros((len(pitches), places, LONGEST), dtype=np.bool_)
    np.equal(steps[:, :-1], steps[:, -1:], out=common[:, :, :-1])
    lengths = 1 + common.argmin(axis=2)
    np.minimum(lengths, np.arange(LONGEST, LONGEST + places) - unknown, out=lengths)
    shifts = pitches[:, -1:] - pitches[:, LONGEST - 1 : -1]
    moved = pitches[:, LONGEST:] + shifts
    none = ((shifts != 0) & (lengths < LEAST_SHIFTED)) | (moved < 0) | (moved >= keys)
    lengths[none] = 0
    shifts[none] = 0
    return lengths, shifts
