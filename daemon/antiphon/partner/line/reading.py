"""The reading: the state of the instrument after each row, so that no row is read twice.

Times are seconds of the session's clock. An instrument with a state reads one row
a call. The state after each row is kept, so that a window whose first rows are
still the same costs only the rows after them: usually the last note, whose
duration is known now. The rows begin at an anchor that stays where it is until
twice the window has been read; by then a second reading, begun when the first had
read a window's length, is ready to take its place. So the instrument has always
read between one window and two of them, and nothing is read in a rush.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.weighing import LONGEST
from antiphon.music.codecs.performance import row_order
from antiphon.music.note import arranged, empty_notes
from antiphon.partner.line.place import Place
from antiphon.partner.line.predictor import remembering
from antiphon.partner.line.rows import Rows
from antiphon.partner.line.words import WordImproviser
from antiphon.partner.memory.remembering import Remembering
from antiphon.partner.memory.trail import NO_KEY, Trail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.improviser import Improviser
    from antiphon.partner.listening.window import Window
    from antiphon.partner.memory.memory import Memory

TAIL = 8
"""A note that is still held after so many later ones is read as held, for good.

Else a drone would have everything after it read again at every note.
"""


def place_after(improviser: Improviser, seed: NoteArray, cue: Cue) -> tuple[Improviser, Place]:
    """Return an improviser tuned to a seed, and the place after it; reads all of it at once.

    Parameters
    ----------
    improviser : Improviser
        Whose instrument reads.
    seed : array of NOTE_DTYPE
        Sorted by onset; the duration of what is still held is NaN.
    cue : Cue
        What was heard of the player. Where it has a memory, the seed is remembered.
    """
    tuned = improviser.tuned(cue, seed)
    rows = _encoded(tuned, seed)
    remembers = remembering(tuned.predictor)
    if cue.memory is None or remembers is None or len(rows) == 1:
        if cue.memory is not None:
            for index, row in enumerate(rows[1:]):
                cue.memory.add(row, NO_KEY, joins=index > 0)
        return tuned, _primed(tuned, rows, seed)
    predictor = tuned.predictor
    read = remembers.read_with_keys(predictor.initial_state(), rows[:-1])
    for index, (row, (_, key)) in enumerate(zip(rows[1:], read, strict=True)):
        cue.memory.add(row, key, joins=index > 0)
    state, key = read[-1]
    return tuned, Place(state, rows[-1], _last_onset(seed), trail=Trail.of(rows[1:], key))


class Reading:
    """Reads the window for the line that follows it.

    Parameters
    ----------
    improviser : Improviser
        Whose instrument reads.
    window : Window
        What is read.
    memory : Memory, optional
        Where notes go that are over and have been read.
    """

    def __init__(
        self, improviser: Improviser, window: Window, memory: Memory | None = None
    ) -> None:
        self._original = self._tuned = improviser
        self._window = window
        self._streams = improviser.predictor.window is None
        self._follows = self._streams and improviser.reads_along
        self._length = (window.size, window.seconds)
        self._main = Rows(improviser.predictor, math.inf)
        self._spare: Rows | None = None
        self._place: Place | None = None
        self._onset = -math.inf
        self._followed = window.version
        self._remembering = None if memory is None else Remembering(memory)
        self._over = empty_notes()
        self._heard = self._over
        self._order: NDArray[np.intp] | None = None

    @property
    def ready(self) -> bool:
        """Whether the whole target of the last `aim` has been read."""
        return self._main.unread == 0

    @property
    def behind(self) -> bool:
        """Whether anything is left to read, for now or for later."""
        return not self.ready or (self._spare is not None and self._spare.unread > 0)

    @property
    def stale(self) -> bool:
        """Whether the window has changed since the last `follow`."""
        return self._follows and self._window.version != self._followed

    @property
    def improviser(self) -> Improviser:
        """The improviser, tuned to what it was aimed at."""
        return self._tuned

    @property
    def place(self) -> Place:
        """The place after what it was aimed at, once that is read."""
        if self._place is not None:
            return self._place
        place = self._main.place(self._onset)
        if isinstance(self._tuned, WordImproviser):
            read = np.array(self._main.wanted[-1 - LONGEST :], dtype=np.int32)
            return replace(place, trail=Trail.of(read[1:]))
        return place

    def follow(self, now: float) -> None:
        """Aim at the notes that are over: what is read of them stays read.

        Nothing happens where the instrument cannot read along.
        """
        if not self.stale:
            return
        self._followed = self._window.version
        self._move(now)
        notes = self._in_rows(self._window.since(self._main.anchor, now))
        self._over = self._follow_from(self._main, notes)
        if self._spare is not None:  # begun later
            first = int(np.searchsorted(notes["onset"], self._spare.anchor))
            self._follow_from(self._spare, notes[first:])

    def _follow_from(self, rows: Rows, notes: NoteArray) -> NoteArray:
        """Aim at those of the notes that are over, and return them."""
        over = notes[: _over(notes)]
        wanted = _encoded(self._original, notes)[: 1 + len(over)]
        rows.aim(wanted, _long_held(notes), whole=True)
        return over

    def aim(self, at: float, cue: Cue) -> None:
        """Aim at the window as it is at a time, what is held included.

        Parameters
        ----------
        at : float
            When the line is to begin.
        cue : Cue
            What was heard of the player.
        """
        if not self._streams:  # reading a window takes no call
            seed = self._window.snapshot(at)
            self._tuned = self._original.tuned(cue, seed)
            rows = _encoded(self._tuned, seed)
            self._place = _primed(self._tuned, rows, seed)
            self._remember_words(seed, rows)
            return
        self._move(at)
        notes = self._in_rows(self._window.since(self._main.anchor, at))
        self._tuned = self._original.tuned(cue, notes)
        rows = _encoded(self._tuned, notes)
        self._main.aim(rows, _long_held(notes))
        self._onset = _last_onset(notes)
        if isinstance(self._tuned, WordImproviser):
            self._remember_words(notes, rows)
        else:
            self._over = notes[: _over(notes)]

    def forget(self, now: float) -> None:
        """Never remember what has begun by now and is not in the memory yet."""
        if self._remembering is not None:
            self._remembering.skip(now)

    def read(self, calls: int) -> int:
        """Read on, by so many calls of the instrument at most; return the calls left."""
        calls = self._main.read(calls)
        if self._remembering is not None and len(self._over):
            main = self._main
            self._remembering.take(self._over, self._sides, main.wanted, main.keys)
            if len(main.keys) >= len(self._over):
                self._over = empty_notes()
        return calls if self._spare is None else self._spare.read(calls)

    def _sides(self, part: slice) -> NDArray[np.bool_]:
        """Return which of the notes that are over are the partner's."""
        heard = self._heard if self._order is None else self._heard[self._order]
        return self._window.sides(heard[part])

    def _in_rows(self, notes: NoteArray) -> NoteArray:
        """Return what is read in the order of its rows."""
        self._heard, self._order = notes, row_order(self._original.codec, notes)
        return arranged(notes, self._order)

    def _remember_words(self, notes: NoteArray, rows: NDArray[np.int32]) -> None:
        """Remember the words of notes that are over, where there is a memory of words."""
        tuned = self._tuned
        if self._remembering is None or not isinstance(tuned, WordImproviser):
            return
        own = self._window.sides(notes)
        self._remembering.take_words(notes, tuned.codec.firsts(notes), own, rows)

    def _move(self, now: float) -> None:
        """Move the anchor on, once twice the window lies behind it.

        A window that has been given another length is read anew.
        """
        window, main, spare = self._window, self._main, self._spare
        if self._length != (window.size, window.seconds):
            self._length = (window.size, window.seconds)
            self._main, self._spare = self._from(window.oldest(now)), None
            return
        earliest = now - 2.0 * window.seconds
        count = window.count(main.anchor, now)
        if count == 0 or main.anchor < earliest or count > 2 * window.size:
            ready = spare is not None and spare.anchor >= earliest
            self._main = spare if spare is not None and ready else self._from(window.oldest(now))
            self._spare = None
        elif spare is None and count > window.size:
            self._spare = self._from(window.newest(now))

    def _from(self, anchor: float) -> Rows:
        return Rows(self._original.predictor, anchor)


def _primed(tuned: Improviser, rows: NDArray[np.int32], seed: NoteArray) -> Place:
    """Return the place after rows, which are read at once."""
    state = tuned.predictor.prime(tuned.predictor.initial_state(), rows[:-1])
    trail = Trail.of(rows[1:]) if isinstance(tuned, WordImproviser) else None
    return Place(state, rows[-1], _last_onset(seed), trail=trail)


def _encoded(improviser: Improviser, notes: NoteArray) -> NDArray[np.int32]:
    """Return the rows of notes, after the row that begins a piece."""
    codec = improviser.codec
    start = np.array([codec.start], dtype=np.int32)
    return np.concatenate([start, codec.encode(notes)])


def _over(notes: NoteArray) -> int:
    """Return how many of the first notes are over, or are held for so long that they count so."""
    held = np.flatnonzero(np.isnan(notes["duration"]))
    recent = held[held >= len(notes) - TAIL]
    return int(recent[0]) if len(recent) else len(notes)


def _long_held(notes: NoteArray) -> set[int]:
    """Return the rows of the notes that are held and have `TAIL` notes after them."""
    held = np.flatnonzero(np.isnan(notes["duration"][: max(len(notes) - TAIL, 0)]))
    return set((held + 1).tolist())  # the first row is that before the piece


def _last_onset(notes: NoteArray) -> float:
    return float(notes["onset"][-1]) if len(notes) else -math.inf
