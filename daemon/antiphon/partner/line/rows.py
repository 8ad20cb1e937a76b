"""Rows that an instrument reads one after another, and the state after each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.partner.line.place import Place
from antiphon.partner.line.predictor import remembering
from antiphon.partner.memory.trail import Trail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.partner.line.predictor import NextNote, State

_DURATION = 2


class Rows:
    """Rows from an anchor on: those that are wanted, and those that have been read.

    A step reads its last row itself, so that one is read only where more will follow it.
    """

    def __init__(self, predictor: NextNote, anchor: float) -> None:
        self.anchor = anchor
        self._predictor = predictor
        self._initial = predictor.initial_state()
        self._wanted: list[list[int]] = []
        self._read: list[list[int]] = []
        self._states: list[State] = []
        self._remembers = remembering(predictor)
        self.keys: list[Any] = []
        self._to_read = 0
        self._long_held: set[int] = set()

    @property
    def wanted(self) -> list[list[int]]:
        """The rows that are wanted."""
        return self._wanted

    @property
    def unread(self) -> int:
        """How many rows are wanted and not read."""
        return max(self._to_read - len(self._read), 0)

    def aim(self, rows: NDArray[np.int32], long_held: set[int], *, whole: bool = False) -> None:
        """Want other rows, shape (rows, fields); what was read of the same ones stays read.

        `long_held` are the rows of notes that count as held from now on. The last row
        is to be read too if the rows are wanted `whole`.
        """
        wanted: list[list[int]] = rows.tolist()
        read = self._read
        for index in self._long_held:
            if index < min(len(wanted), len(read)):
                wanted[index][_DURATION] = read[index][_DURATION]
        common = min(len(wanted), len(read))
        if wanted[:common] != read[:common]:
            same = next(i for i in range(common) if wanted[i] != read[i])
            del self._read[same:], self._states[same:], self.keys[same:]
            self._long_held = {index for index in self._long_held if index < same}
        self._long_held |= {index for index in long_held if index < len(self._read)}
        self._wanted = wanted
        self._to_read = len(wanted) if whole else len(wanted) - 1

    def read(self, calls: int) -> int:
        """Read on, and return the calls left."""
        first = len(self._read)
        rows = self._wanted[first : min(first + calls, self._to_read)]
        if rows:
            state = self._states[-1] if self._states else self._initial
            one = np.array(rows, dtype=np.int32)
            if self._remembers is None:
                self._states += self._predictor.read(state, one)
            else:
                for after, key in self._remembers.read_with_keys(state, one):
                    self._states.append(after)
                    self.keys.append(key)
            self._read += rows
        return calls - len(rows)

    def place(self, onset: float) -> Place:
        """Return the place after the wanted rows."""
        before = len(self._wanted) - 1
        state = self._states[before - 1] if before > 0 else self._initial
        row = np.array(self._wanted[-1], dtype=np.int32)
        trail = None
        if before > 0 and self._remembers is not None:
            trail = Trail.of(self._wanted[1:], self.keys[before - 1])
        return Place(state, row, onset, trail=trail)
