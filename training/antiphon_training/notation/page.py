"""The layout of a score: metre, key, and two staves of events, from performed notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.beats import BEAT, find_beats
from antiphon_training.notation.hands import split_hands
from antiphon_training.notation.lengths import Ruler
from antiphon_training.notation.metre import COMPOUND_SHARE, DOTTED, Metre, find_metre
from antiphon_training.notation.spelling import Key, Name, find_key, spell
from antiphon_training.notation.strokes import find_accents, find_strokes
from antiphon_training.notation.voices import Event, Sounding, find_voices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon_training.notation.beats import Beats

LONGEST_HARMONY = 2.0
"""Seconds of a note that count for the harmony at most, because a pedal keeps notes longer."""


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff.

    Attributes
    ----------
    ruler : Ruler
        The metre, and the beats that are divided in three.
    names : dict of (int, int) to Name
        The name of each pitch that begins at a tick.
    flowing, holding : tuple of Event
        Its two voices: see `voices`.
    """

    ruler: Ruler
    names: dict[tuple[int, int], Name]
    flowing: tuple[Event, ...]
    holding: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The layout of a piece.

    Attributes
    ----------
    metre : Metre
        The time signature.
    key : Key
        The key.
    tempo_bpm : float
        Beats a minute, of the beat of the metre.
    right, left : Staff
        The two staves.
    bars : int
        The number of bars.
    pickup : int
        Ticks that are missing from the first bar.
    marks : tuple of (int, str)
        Words over the staff, by tick.
    """

    metre: Metre
    key: Key
    tempo_bpm: float
    right: Staff
    left: Staff
    bars: int
    pickup: int
    marks: tuple[tuple[int, str], ...] = ()


def lay_out(notes: NoteArray, marks: tuple[tuple[float, str], ...] = ()) -> Page:
    """Return the layout of performed notes.

    Parameters
    ----------
    notes : NoteArray
        Sorted by onset, in seconds; every one has an end.
    marks : tuple of (float, str)
        Words, each over the first stroke at or after a time in seconds.

    Raises
    ------
    ValueError
        There are no notes.
    """
    strokes = find_strokes(notes)
    accents = find_accents(notes, strokes)
    beats = find_beats(strokes.times, accents)
    compound = _compound(beats)
    scale = DOTTED / BEAT if compound else 1.0
    places = _scaled(beats.ticks, scale)
    weights = np.minimum(notes["duration"], LONGEST_HARMONY) + 0.05
    harmony = np.zeros((len(strokes.times), 12))
    np.add.at(harmony, (strokes.of_note, notes["pitch"] % 12), weights)
    key = find_key(notes)
    metre, first_bar = find_metre(
        places, accents, harmony, compound=compound, seconds=beats.seconds_a_beat
    )
    shift = (metre.bar - first_bar % metre.bar) % metre.bar
    earlier = int((places[0] + shift) // metre.bar) * metre.bar  # no empty bars before the first
    places = places + shift - earlier
    starts = places[strokes.of_note]
    ends = beats.at(notes["onset"] + notes["duration"]) * scale + shift - earlier
    pitches = notes["pitch"].astype(np.int64)
    right = split_hands(starts / BEAT, ends / BEAT, pitches)
    names = spell(starts / BEAT, pitches, right, key)
    staves = [
        _staff(
            starts[side], ends[side], pitches[side], [names[n] for n in np.flatnonzero(side)], metre
        )
        for side in (right, ~right)
    ]
    last = max(event.end for staff in staves for event in (*staff.flowing, *staff.holding))
    after = [(t, text) for t, text in marks if t <= strokes.times[-1]]
    return Page(
        metre,
        key,
        60.0 / beats.seconds_a_beat,
        staves[0],
        staves[1],
        bars=max(-(-last // metre.bar), 1),
        pickup=_pickup(int(places[0]), metre),
        marks=tuple((int(places[np.searchsorted(strokes.times, t - 1e-3)]), s) for t, s in after),
    )


def _compound(beats: Beats) -> bool:
    """Return whether most beats that are divided are divided in three."""
    inside = beats.ticks % BEAT != 0
    divided: dict[int, bool] = {}
    for tick, three in zip(beats.ticks[inside].tolist(), beats.in_three[inside], strict=True):
        in_two = tick % BEAT == BEAT // 2  # against three, in another hand
        divided[tick // BEAT] = divided.get(tick // BEAT, True) and bool(three) and not in_two
    return bool(divided) and sum(divided.values()) > COMPOUND_SHARE * len(divided)


def _scaled(ticks: NDArray[np.int64], scale: float) -> NDArray[np.int64]:
    """Return ticks of a longer beat, on places that notation has, in ascending order."""
    if scale == 1.0:
        return ticks
    step = BEAT // 8
    scaled = (np.rint(ticks * scale / step) * step).astype(np.int64)
    return np.maximum.accumulate(scaled)


def _pickup(first: int, metre: Metre) -> int:
    """Return the ticks that the first bar lacks: whole beats before the first stroke."""
    return first // metre.beat * metre.beat


def _staff(
    starts: NDArray[np.int64],
    ends: NDArray[np.float64],
    pitches: NDArray[np.int64],
    names: list[Name],
    metre: Metre,
) -> Staff:
    in_three = starts[starts % (BEAT // 8) != 0] // BEAT
    ruler = Ruler(metre, frozenset(in_three.tolist()))
    notes = [
        Sounding(start, max(end, start + 1.0), pitch)
        for start, end, pitch in zip(starts.tolist(), ends.tolist(), pitches.tolist(), strict=True)
    ]
    flowing, holding = find_voices(notes, ruler)
    named = dict(zip(zip(starts.tolist(), pitches.tolist(), strict=True), names, strict=True))
    return Staff(ruler, named, tuple(flowing), tuple(holding))
