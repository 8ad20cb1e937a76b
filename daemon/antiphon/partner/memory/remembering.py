"""Remembering: notes or words that are over and have been read go into the memory, each once.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.partner.memory.trail import NO_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon.partner.memory.memory import Memory

PHRASE_GAP = 1.0
"""After a silence of so many seconds, or a note of the partner's, the player begins a phrase;
and with what is remembered first, after `forget all` in the middle of one."""

BREATH = 10.0
"""A note that comes later after the last one than this does not follow on it."""

_AFTER_ALL = 128


def word_notes(notes: NoteArray, firsts: NDArray[np.intp]) -> NoteArray:
    """Return the first note of each word, which lasts as long as any note of the word."""
    words = notes[firsts]
    ends = notes["onset"] + np.nan_to_num(notes["duration"])
    words["duration"] = np.maximum.reduceat(ends, firsts) - words["onset"]
    return words


class Remembering:
    """Gives a memory what was played and read.

    Parameters
    ----------
    memory : Memory
        Where notes go.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._last = (-math.inf, _AFTER_ALL)
        self._ends = -math.inf
        self._own = False
        self._broken = True

    def skip(self, time: float) -> None:
        """Never remember what has begun by now and was not remembered yet."""
        self._last = max(self._last, (time, _AFTER_ALL))
        self._broken = True

    def take(
        self,
        notes: NoteArray,
        sides: Callable[[slice], NDArray[np.bool_]],
        rows: Sequence[Sequence[int]],
        keys: Sequence[Any],
    ) -> None:
        """Remember the notes that were not remembered yet.

        Parameters
        ----------
        notes : array of NOTE_DTYPE
            What is over, sorted by onset: notes, or words as `word_notes` gives them.
        sides : callable
            Returns which of some of them are the partner's.
        rows : sequence of rows
            Their classes, after the row before the first.
        keys : sequence of float32 arrays
            The key after each row, as far as they are read.
        """
        first = int(np.searchsorted(notes["onset"], self._last[0]))
        last = min(len(notes), len(keys))
        if first >= last:
            return
        own = sides(slice(first, last))
        for index in range(first, last):
            onset, pitch = float(notes["onset"][index]), int(notes["pitch"][index])
            if (onset, pitch) > self._last:
                row = np.array(rows[index + 1], dtype=np.int32)
                self._add(onset, row, keys[index], own=bool(own[index - first]), first=index == 0)
                self._last = onset, pitch
                duration = float(notes["duration"][index])
                end = onset if math.isnan(duration) else onset + duration
                self._ends = max(self._ends, end)
                self._own = bool(own[index - first])

    def take_words(
        self,
        notes: NoteArray,
        firsts: NDArray[np.intp],
        own: NDArray[np.bool_],
        rows: NDArray[np.int32],
    ) -> None:
        """Remember the words that were not remembered yet; the last one is not over.

        Parameters
        ----------
        notes : array of NOTE_DTYPE
            What was read, sorted by onset.
        firsts : int array, shape (words,)
            The first note of each word.
        own : bool array, shape (notes,)
            Which notes are the partner's.
        rows : int32 array, shape (1 + words, 1)
            The words, after the row before the first.
        """
        if len(firsts) < 2:
            return
        mine = np.logical_and.reduceat(own, firsts)
        over = word_notes(notes, firsts)[:-1]
        self.take(over, lambda part: mine[part], rows.tolist(), [NO_KEY] * len(over))

    def _add(
        self, onset: float, row: NDArray[np.int32], key: Any, *, own: bool, first: bool
    ) -> None:
        """Remember one note."""
        paused = self._own or onset - self._ends >= PHRASE_GAP
        begins = not own and (paused or not len(self._memory))
        joins = not (first or self._broken) and onset - self._last[0] <= BREATH
        self._broken = False
        self._memory.add(row, key, own=own, joins=joins, begins=begins)
