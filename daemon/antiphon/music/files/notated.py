"""What is told of the notation of some notes: beats, metres, keys and hands. Beats are quarters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.grid import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.files.conductor import Sign


@dataclass(frozen=True, slots=True, eq=False)
class Notated:
    """What is told of the notation of some notes. Whatever is not told is to be guessed.

    Attributes
    ----------
    clock : BeatClock or None
        The beats; None for a performance.
    metres : tuple of TimeSignature
        The time signatures, in order; empty where none is told. The first holds
        before its beginning too.
    keys : tuple of KeySignature
        The key signatures, in order; empty where none is told.
    hands : int8 array, shape (notes,), or None
        `hands.RIGHT`, `LEFT` or `UNTOLD` for each note, in the order of the notes.
    given_until : float
        The time in seconds from which on notes were added: metre and key, where they are
        not told, are guessed from those before it, so that nothing that is added moves them.
    """

    clock: BeatClock | None = None
    metres: tuple[TimeSignature, ...] = ()
    keys: tuple[KeySignature, ...] = ()
    hands: NDArray[np.int8] | None = None
    given_until: float = math.inf

    def bar_line(self, second: float) -> float:
        """Return the beat of the last bar line that is not after a time; without bars, its beat."""
        beat = TOLERANCE + (0.0 if self.clock is None else self.clock.beat_at(second))
        before = [metre for metre in self.metres if metre.beat <= beat]
        if not before:
            return float(math.floor(beat))
        bars = math.floor((beat - before[-1].beat) / before[-1].bar)
        return before[-1].beat + bars * before[-1].bar

    def since(self, beat: float) -> Notated:
        """Return what holds from a beat on, which becomes beat 0, at 0 s."""
        if self.clock is None:
            return self
        metres = [
            replace(metre, beat=max(metre.beat - beat, 0.0)) for metre in _from(self.metres, beat)
        ]
        keys = [replace(key, beat=max(key.beat - beat, 0.0)) for key in _from(self.keys, beat)]
        return replace(self, clock=self.clock.since(beat), metres=tuple(metres), keys=tuple(keys))

    def steady_from(self, beat: float) -> Notated:
        """Return what holds if everything stays from a beat on as it is there."""
        if self.clock is None:
            return self
        return replace(
            self,
            clock=self.clock.steady_from(beat),
            metres=tuple(metre for metre in self.metres if metre.beat <= beat),
            keys=tuple(key for key in self.keys if key.beat <= beat),
        )


def _from(signs: Sequence[Sign], beat: float) -> list[Sign]:
    """Return the signatures that hold from a beat on."""
    before = [place for place, sign in enumerate(signs) if sign.beat <= beat]
    return list(signs[before[-1] if before else 0 :])
