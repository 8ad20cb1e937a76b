"""Training data for networks of windows: every row with the window of rows before it.

Windows overlap: each row of each piece is predicted once a pass, from the `length` rows
before it; rows before the piece are "nothing yet". The order of a pass depends on the seed
and the number of the pass alone, so a resumed run sees the same data as one that never
stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Batch = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Windows (batch, length, fields) as class + 1, and the rows that follow, (batch, fields)."""


class Windows:
    """All windows of some pieces.

    Parameters
    ----------
    pieces : sequence of int32 arrays, shape (rows, fields)
        Classes, as a codec encodes them.
    length : int
        Rows of a window.
    """

    def __init__(self, pieces: Sequence[NDArray[np.int32]], length: int) -> None:
        self._length = length
        fields = pieces[0].shape[1] if pieces else 1
        nothing = np.zeros((length, fields), dtype=np.int32)
        parts: list[NDArray[np.int32]] = []
        targets: list[NDArray[np.int64]] = []
        have = 0
        for piece in pieces:
            parts += [nothing, piece + 1]
            targets.append(np.arange(len(piece), dtype=np.int64) + have + length)
            have += length + len(piece)
        self._rows = np.concatenate(parts) if parts else nothing
        self._targets = np.concatenate(targets) if targets else np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._targets)

    def at(self, indices: NDArray[np.int64]) -> Batch:
        """Return the windows of these numbers, and the row after each."""
        targets = self._targets[indices]
        window = self._rows[targets[:, None] + np.arange(-self._length, 0)]
        return window, self._rows[targets] - 1

    def evenly(self, most: int) -> Batch:
        """Return at most so many windows, evenly spread over all pieces."""
        count = min(most, len(self))
        return self.at(np.linspace(0, len(self) - 1, count).astype(np.int64))

    def part(self, index: int, batches: int, batch: int, seed: int) -> Iterator[Batch]:
        """Yield the batches of one part of an endless series of passes.

        Parameters
        ----------
        index : int
            Number of the part; the parts follow each other without gaps.
        batches, batch : int
            Batches a part, windows a batch.
        seed : int
            The seed of the order of each pass.
        """
        size = batches * batch
        first = index * size
        numbers = np.arange(first, first + size)
        turn, place = np.divmod(numbers, len(self))
        chosen = np.empty(size, dtype=np.int64)
        for one in np.unique(turn):
            order = np.random.default_rng([seed, int(one)]).permutation(len(self))
            chosen[turn == one] = order[place[turn == one]]
        for start in range(0, size, batch):
            yield self.at(chosen[start : start + batch])
