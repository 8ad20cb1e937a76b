"""The places of notes in their bars: as a file tells them, or as they are heard.

Places are ticks, `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.files.conductor import counted_from
from antiphon.music.files.grid import on_grid
from antiphon.music.swing import Swing
from antiphon_training.notation.beats import BEAT, find_beats
from antiphon_training.notation.metre import COMPOUND_SHARE, find_metre
from antiphon_training.notation.metres import DOTTED, EIGHTH, QUARTER, Metre, Metres
from antiphon_training.notation.strokes import Strokes, find_accents, find_strokes, together
from antiphon_training.notation.swung import straightened, told_swing
from antiphon_training.notation.tuplets import Tuplet, find_tuplets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.files.beat_clock import BeatClock
    from antiphon.music.files.conductor import TimeSignature
    from antiphon.music.files.notated import Notated
    from antiphon.music.note import NoteArray
    from antiphon_training.notation.beats import Beats

    Ticks = NDArray[np.int64]

LONGEST_HARMONY = 2.0
"""Seconds of a note that count for the harmony at most, because a pedal keeps notes longer."""

FEWEST = 8
"""Fewer strokes tell no metre."""

OPENING = 16.0
"""Beats from the first note on whose tempo is the tempo of a score."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where notes begin and end.

    Attributes
    ----------
    starts : int array, shape (notes,)
        The place of each note, ascending; the bar of the first one begins at 0.
    ends : float array, shape (notes,)
        Where each note ends as it was played.
    metres : Metres
        The bars.
    seconds_a_quarter : float
        The tempo.
    pickup : int
        Ticks that are missing from the first bar.
    swing : Swing or None
        How what is written straight was played.
    tuplets : tuple of Tuplet
        The tuplets of either hand, by their start, longer ones first; none where beats are not
        told. Those of one hand do not overlap.
    """

    starts: Ticks
    ends: NDArray[np.float64]
    metres: Metres
    seconds_a_quarter: float
    pickup: int = 0
    swing: Swing | None = None
    tuplets: tuple[Tuplet, ...] = ()


def find_grid(notes: NoteArray, until: float = math.inf) -> Grid:
    """Return the grid of performed notes.

    Parameters
    ----------
    notes : NoteArray
        Sorted by onset, in seconds.
    until : float
        The notes before this time tell the metre and the bars.

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
    harmony = _harmony(notes, strokes.of_note, len(places))
    tell = _telling(strokes.times, until)
    metre, first_bar = find_metre(
        places[tell], accents[tell], harmony[tell], compound=compound, seconds=beats.seconds_a_beat
    )
    shift = _shift(int(places[0]), metre, first_bar)
    ends = beats.at(notes["onset"] + notes["duration"]) * scale + shift
    starts = (places + shift)[strokes.of_note]
    pickup = int(starts[0]) // metre.beat * metre.beat  # whole beats before the first stroke
    return Grid(starts, ends, Metres.only(metre), beats.seconds_a_beat / scale, pickup)


def told_grid(notes: NoteArray, notated: Notated, clock: BeatClock) -> tuple[Grid, int]:
    """Return the grid of notes whose beats are told, and the tick of the clock's beat 0.

    Where no metre is told, it is found on these beats.
    """
    beats = clock.beats_at(notes["onset"])
    ends = clock.beats_at(notes["onset"] + notes["duration"])
    strokes = together(notes).of_note
    swing = None if _in_three(notated.metres) else told_swing(beats, strokes)
    if swing is not None:
        beats, ends = straightened(beats, ends, strokes, swing)
    since = counted_from(notated.metres, beats)
    starts = _told_places(notes, beats, since)
    tuplets = _told_tuplets(notated, beats, since, starts)
    first = int(starts.min())
    told = _told_metres(notated.metres, first)
    if told is None:
        metre, first_bar = _heard_metre(notes, starts, clock, notated.given_until)
        shift = _shift(first, metre, first_bar)
        metres = Metres.only(metre)
    else:
        metres, shift = told
    length = clock.length_before(float(beats[0]) + OPENING)
    pickup = _told_pickup(first + shift, metres.first.bar)
    ends = ends * BEAT + shift
    moved = tuple(replace(t, start=t.start + shift, end=t.end + shift) for t in tuplets)
    return Grid(starts + shift, ends, metres, length, pickup, swing, moved), shift


def _in_three(told: Sequence[TimeSignature]) -> bool:
    """Return whether beats of some metre are dotted: it has no eighths to be swung."""
    metres = [Metre.of(sign.count, sign.unit) for sign in told]
    return any(metre is not None and metre.beat == DOTTED for metre in metres)


def _told_tuplets(
    notated: Notated, beats: NDArray[np.float64], since: NDArray[np.float64], starts: Ticks
) -> list[Tuplet]:
    """Return the tuplets of each hand, in order, and move its notes to their places."""
    found: list[Tuplet] = []
    hands = np.zeros(len(beats), np.int8) if notated.hands is None else notated.hands
    lasts = [*(round(sign.beat * BEAT) for sign in notated.metres[1:]), math.inf]
    signs = zip(notated.metres, lasts, strict=False)
    for (sign, last), hand in itertools.product(signs, np.unique(hands).tolist()):
        metre = Metre.of(sign.count, sign.unit)
        mine = np.flatnonzero((hands == hand) & (since == sign.beat))
        if metre is None or not len(mine):
            continue
        line, places = round(sign.beat * BEAT), (beats[mine] - sign.beat) * BEAT
        for each in find_tuplets(places, metre.bar, compound=metre.compound):
            tuplet = replace(each, start=each.start + line, end=each.end + line)
            if tuplet.end > last:  # the next signature cuts the bar short
                continue
            inside = mine[(places > each.start - BESIDE) & (places < each.end - BESIDE)]
            starts[inside] = [tuplet.nearest(BEAT * beat) for beat in beats[inside].tolist()]
            found.append(tuplet)
    return sorted(set(found), key=lambda tuplet: (tuplet.start, -tuplet.end))


def _told_pickup(first: int, bar: int) -> int:
    """Return the ticks before the first stroke if it comes late in its bar; else it has rests."""
    return first // EIGHTH * EIGHTH if 2 * first >= bar else 0


def _told_places(notes: NoteArray, beats: NDArray[np.float64], since: NDArray[np.float64]) -> Ticks:
    """Return the ticks of notes; one beside the grid goes with those it begins together with.

    Beats are counted from `since`, which is where bars begin.
    """
    places = np.rint(since * BEAT) + np.rint(on_grid(beats - since) * BEAT)
    places = places.astype(np.int64)
    beside = np.abs(beats * BEAT - places) > BESIDE
    if beside.any():
        of_note = together(notes).of_note
        for stroke in np.unique(of_note[beside]).tolist():
            mine = np.flatnonzero(of_note == stroke)
            sure = places[mine][~beside[mine]]
            chosen = Counter((sure if len(sure) else places[mine]).tolist()).most_common(1)[0][0]
            places[mine[beside[mine]]] = chosen
    return places


BESIDE = 0.5
"""Ticks from the grid from which on a note is beside it."""


def _heard_metre(
    notes: NoteArray, starts: Ticks, clock: BeatClock, until: float
) -> tuple[Metre, int]:
    """Return the metre of notes on told beats, and the tick of a bar's beginning."""
    places, of_note = np.unique(starts, return_inverse=True)
    strokes = Strokes.of(notes, of_note)
    accents = find_accents(notes, strokes)
    harmony = _harmony(notes, of_note, len(places))
    earlier = int(places[0]) // QUARTER * QUARTER
    tell = _telling(strokes.times, until)
    seconds = clock.length_before(float(places[tell][-1]) / BEAT)
    metre, first = find_metre(
        (places - earlier)[tell], accents[tell], harmony[tell], compound=False, seconds=seconds
    )
    return metre, first + earlier


def _telling(times: NDArray[np.float64], until: float) -> slice:
    """Return the strokes that tell the metre: those before a time, or all if they are few."""
    count = int(np.searchsorted(times, until))
    return slice(count if count >= FEWEST else None)


def _told_metres(told: Sequence[TimeSignature], first: int) -> tuple[Metres, int] | None:
    """Return the metres, and how far to move places, so that the bar of `first` begins at 0.

    A first bar that is short by itself, before the metre of the piece, is a pickup: it
    gets the metre that follows.
    """
    changes: list[tuple[int, Metre]] = []
    for sign in told:
        metre = Metre.of(sign.count, sign.unit)
        if metre is None:
            return None
        changes.append((round(sign.beat * BEAT), metre))
    if not changes:
        return None
    if len(changes) > 1:
        (start, short), (after, metre) = changes[:2]
        if after - start == short.bar < metre.bar:
            changes[:2] = [(after - metre.bar, metre)]
    metres = Metres(tuple(_whole(changes)))
    start, _ = metres.bar_of(first)
    now = metres.at(first)
    rest = [(tick - start, metre) for tick, metre in metres.changes if tick > start]
    return Metres(((0, now), *rest)), -start


def _whole(changes: Sequence[tuple[int, Metre]]) -> list[tuple[int, Metre]]:
    """Return changes of metre with a metre of its own for a bar that one of them cuts short."""
    out: list[tuple[int, Metre]] = []
    for tick, metre in changes:
        if out:
            start, before = out[-1]
            over = (tick - start) % before.bar
            short = Metre.of(over // EIGHTH, 8) if over % EIGHTH == 0 else None
            if over and over % QUARTER == 0:
                short = Metre.of(over // QUARTER, 4)
            if over and short is not None:
                bars = [(tick - over, short)]
                out[-1:] = bars if tick - over == start else [(start, before), *bars]
        out.append((tick, metre))
    return out


def _shift(first: int, metre: Metre, first_bar: int) -> int:
    """Return how far to move places, so that the bar of the first one begins at 0."""
    return -((first - first_bar) // metre.bar * metre.bar + first_bar)


def _harmony(notes: NoteArray, of_note: Ticks, strokes: int) -> NDArray[np.float64]:
    """Return how long each pitch class sounds that begins with a stroke, [stroke, 12]."""
    weights = np.minimum(notes["duration"], LONGEST_HARMONY) + 0.05
    harmony = np.zeros((strokes, 12))
    np.add.at(harmony, (of_note, notes["pitch"] % 12), weights)
    return harmony


def _compound(beats: Beats) -> bool:
    """Return whether most beats that are divided are divided in three."""
    inside = beats.ticks % BEAT != 0
    divided: dict[int, bool] = {}
    for tick, three in zip(beats.ticks[inside].tolist(), beats.in_three[inside], strict=True):
        in_two = tick % BEAT == BEAT // 2  # against three, in another hand
        divided[tick // BEAT] = divided.get(tick // BEAT, True) and bool(three) and not in_two
    return bool(divided) and sum(divided.values()) > COMPOUND_SHARE * len(divided)


def _scaled(ticks: Ticks, scale: float) -> Ticks:
    """Return ticks of a longer beat, on places that notation has, in ascending order."""
    if scale == 1.0:
        return ticks
    step = BEAT // 8
    scaled = (np.rint(ticks * scale / step) * step).astype(np.int64)
    return np.maximum.accumulate(scaled)
