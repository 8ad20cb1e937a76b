"""Swung music as it is written: straight, under the mark "Swing".

Beats are quarters. Music in a compound metre is never swung: a long and a short note are a
quarter and an eighth there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.swing import ON_BEAT, Level, Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WORDS: dict[Level, str] = {"eighths": "Swing", "sixteenths": "Swing 16ths"}
"""The mark over the first bar."""


def told_swing(onsets: Array, strokes: NDArray[np.int64]) -> Swing | None:
    """Return the swing of notes; arguments as for `straightened`."""
    return Swing.told(onsets[np.unique(strokes, return_index=True)[1]])


def straightened(
    onsets: Array, ends: Array, strokes: NDArray[np.int64], swing: Swing
) -> tuple[Array, Array]:
    """Return when notes begin and end if they are played straight.

    Parameters
    ----------
    onsets, ends : float64 array, shape (notes,)
        When they begin and end, in beats.
    strokes : int array, shape (notes,)
        Which stroke each is of, from 0, ascending; a stroke begins at one place.
    swing : Swing
        How they are swung.
    """
    first = np.unique(strokes, return_index=True)[1]
    moments = onsets[first]
    by = swing.straight(moments) - moments
    moved = onsets + by[strokes]
    return moved, np.maximum(_ends(ends, moments, by, swing), moved)


def _ends(ends: Array, moments: Array, by: Array, swing: Swing) -> Array:
    """Return where notes end: at the offbeat of a pair in which it is moved, or that has none."""
    pair = swing.pair
    numbers = np.floor((moments - swing.anchor) / pair + ON_BEAT)
    inside = (moments - swing.anchor) / pair - numbers > ON_BEAT
    kept = np.setdiff1d(numbers[inside], numbers[by != 0.0])
    place = (ends - swing.anchor) / pair
    number = np.floor(place)
    place = place - number
    offbeat = swing.offbeat
    bent = np.where(place < offbeat, place / (2 * offbeat), 1 - (1 - place) / (2 - 2 * offbeat))
    place = np.where(np.isin(number, kept), place, bent)
    return swing.anchor + (number + place) * pair
