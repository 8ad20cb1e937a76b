"""What a file says of its own notation, so far as its notes bear it out.

A performance that was recorded without a click has a tempo too, the nominal one of
the program that recorded it. Its onsets lie anywhere in the beats of the file, those of
notated music on the sixteenths, thirty-seconds and thirds of a beat (`GRID`). The
share of onsets that lie there tells which of both a file is, after what falls there by
chance is taken off (`BORNE_OUT`). Beats are quarters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.files.beat_clock import BeatClock
    from antiphon.music.files.conductor import KeySignature, TimeSignature

RIGHT, LEFT, UNTOLD = 1, 0, -1
"""The hands of `Notated.hands`."""


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
        `RIGHT`, `LEFT` or `UNTOLD` for each note, in the order of the notes.
    """

    clock: BeatClock | None = None
    metres: tuple[TimeSignature, ...] = ()
    keys: tuple[KeySignature, ...] = ()
    hands: NDArray[np.int8] | None = None
