"""The memory: what has sounded of both sides, up to a number of notes or words.

How places are weighed, and what an instrument makes of them, depends on its codec: see
`antiphon.partner.memory.fields` and `antiphon.partner.memory.words`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.memory.remembered import Remembered, newest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.ask import Recall
    from antiphon.partner.memory.trail import Trail

_DROPPED = 16
"""Where it is full, a share of one in so many is forgotten at once."""


class Memory(ABC):
    """Remembers rows up to a number, and recalls what followed where the music was as now.

    Parameters
    ----------
    identity : str
        Only memories of the same one can be compared.
    sizes : tuple of int
        Classes of each field.
    width : int
        Numbers in a key.
    capacity : int
        How many notes are kept. Where there are more, the partner's oldest are
        forgotten first, then the oldest.
    gain : float
        See the attribute.

    Attributes
    ----------
    identity : str
        As given.
    gain : float
        How much the memory counts: 0 not at all, 1 as fitted.
    version : int
        Differs after each change.
    changing : bool
        Whether many notes are being replaced; a thread that copies `notes` must look
        before and after.
    """

    def __init__(
        self, identity: str, sizes: tuple[int, ...], width: int, capacity: int, gain: float
    ) -> None:
        self.identity = identity
        self.gain = gain
        self.changing = False
        self.version = 0
        self._sizes = np.array(sizes, dtype=np.int32)
        self._width = width
        self._count = 0
        self._make(capacity)

    def __len__(self) -> int:
        """Return how many notes are remembered."""
        return self._count

    @property
    def notes(self) -> Remembered:
        """What is remembered, as copies."""
        held = Remembered(self._rows, self._keys, self._own, self._joins, self._begins)
        return held[: self._count]

    def resize(self, capacity: int) -> None:
        """Keep so many notes from now on."""
        if capacity != self._capacity:
            notes = newest(self.notes, capacity)
            self._make(capacity)
            self._fill(notes)

    def load(self, notes: Remembered) -> None:
        """Remember these notes and no others, the newest where they are too many."""
        self._fill(newest(notes, self._capacity))

    def add(
        self,
        row: NDArray[np.int32],
        key: NDArray[np.float32],
        *,
        own: bool = False,
        joins: bool = True,
        begins: bool = False,
    ) -> None:
        """Remember one note.

        Parameters
        ----------
        row : int32 array, shape (fields,)
            Its classes; one that is read but never predicted becomes the nearest.
        key : float32 array, shape (width,)
            The instrument's key before it.
        own, joins, begins : bool
            As in `Remembered`.
        """
        if self._count == self._capacity:
            most = max(self._capacity // _DROPPED, 1)
            self._fill(newest(self.notes, self._capacity - most))
        at = self._count
        self._rows[at] = np.minimum(row, self._sizes - 1)
        self._keys[at] = key
        self._own[at], self._joins[at], self._begins[at] = own, joins and at > 0, begins
        self._derive(at, at + 1)
        self._count = at + 1
        self.version += 1

    def forget_phrase(self) -> None:
        """Forget the player's last phrase, and what was played after it."""
        begun = np.flatnonzero(self._begins[: self._count])
        self._count = int(begun[-1]) if len(begun) else 0
        self.version += 1

    def forget_all(self) -> None:
        """Forget everything."""
        self._count = 0
        self.version += 1

    def recall(self, trail: Trail) -> Recall | None:
        """Return what followed at the places that are most like the end of a trail.

        None where nothing is remembered, or nothing is wanted of it.
        """
        return self.recall_each([trail])[0]

    @abstractmethod
    def recall_each(self, trails: Sequence[Trail]) -> list[Recall | None]:
        """Return what `recall` does, for several trails at once."""

    def _make(self, capacity: int) -> None:
        """Make empty arrays."""
        self._capacity = capacity
        self._rows = np.zeros((capacity, len(self._sizes)), dtype=np.int16)
        self._keys = np.zeros((capacity, self._width), dtype=np.float32)
        self._own, self._joins, self._begins = np.zeros((3, capacity), dtype=np.bool_)
        self._count = 0

    def _fill(self, notes: Remembered) -> None:
        """Hold these notes and no others."""
        self.changing = True
        self._count = count = len(notes)
        self._rows[:count], self._keys[:count] = notes.rows, notes.keys
        self._own[:count], self._joins[:count] = notes.own, notes.joins
        self._begins[:count] = notes.begins
        self._derive(0, count)
        self.version += 1
        self.changing = False

    @abstractmethod
    def _derive(self, first: int, last: int) -> None:
        """Set what is looked up of some rows, from these and from whether they join."""
