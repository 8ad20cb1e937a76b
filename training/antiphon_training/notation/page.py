"""The layout of a score: metre, key, and two staves of events, from performed notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chord_symbols import ChordSymbol
from antiphon.music.files.hands import RIGHT, UNTOLD
from antiphon.music.files.notated import Notated
from antiphon.music.swing import Swing
from antiphon_training.harmony.symbols import find_chord_symbols
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.dynamics import Hairpin, find_dynamics
from antiphon_training.notation.grid import find_grid, told_grid
from antiphon_training.notation.hands import split_hands
from antiphon_training.notation.keys import heard_keys, names_in, told_keys, with_modes
from antiphon_training.notation.lengths import Ruler
from antiphon_training.notation.metres import EIGHTH, Metres
from antiphon_training.notation.ornaments import take_ornaments
from antiphon_training.notation.pedals import pedal_marks
from antiphon_training.notation.signs import Sign
from antiphon_training.notation.spelling import Key, Name
from antiphon_training.notation.voices import Event, Sounding, find_voices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon_training.notation.grid import Grid
    from antiphon_training.notation.metres import Metre
    from antiphon_training.notation.tuplets import Tuplet

RAISED = 3
"""Fifths by which the chords of a minor key lie above those of its signature, at most."""


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
    metres : Metres
        The time signatures; the first bar begins at 0.
    keys : tuple of (int, Key)
        The keys, by the tick from which on they hold; the first holds from 0 on.
    tempo_bpm : float
        Beats a minute, of the beat of the first metre.
    right, left : Staff
        The two staves.
    spans : tuple of (int, int)
        The bars: where each begins, and where it ends.
    pickup : int
        Ticks that are missing from the first bar.
    marks : tuple of (int, str)
        Words over the staff, by tick.
    dynamics : tuple of (int, str)
        "pp" to "ff" between the staves, by tick.
    hairpins : tuple of Hairpin
        Where a dynamic grows into the next.
    pedals : tuple of (int, int)
        The ticks at which the sustain pedal goes down and up.
    graces : dict of (int, int) to tuple of int
        The pitches of the grace notes before a pitch that begins at a tick.
    signs : dict of (int, int) to Sign
        The trills, turns and mordents of a pitch that begins at a tick.
    rolled : frozenset of (int, int)
        The ticks and the pitches of rolled chords.
    chords : tuple of (int, ChordSymbol)
        Chord symbols over the staves, by tick.
    swing : Swing or None
        How eighths or sixteenths are to be played.
    """

    metres: Metres
    keys: tuple[tuple[int, Key], ...]
    tempo_bpm: float
    right: Staff
    left: Staff
    spans: tuple[tuple[int, int], ...]
    pickup: int
    marks: tuple[tuple[int, str], ...] = ()
    dynamics: tuple[tuple[int, str], ...] = ()
    hairpins: tuple[Hairpin, ...] = ()
    pedals: tuple[tuple[int, int], ...] = ()
    graces: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    signs: dict[tuple[int, int], Sign] = field(default_factory=dict)
    rolled: frozenset[tuple[int, int]] = frozenset()
    chords: tuple[tuple[int, ChordSymbol], ...] = ()
    swing: Swing | None = None

    @property
    def metre(self) -> Metre:
        """The metre of the beginning."""
        return self.metres.first

    @property
    def key(self) -> Key:
        """The key of the beginning."""
        return self.keys[0][1]

    def key_at(self, bar: int) -> Key:
        """Return the key of the bar that begins at a tick; a key that begins inside waits."""
        return [key for tick, key in self.keys if tick <= max(bar, 0)][-1]


def lay_out(
    notes: NoteArray,
    marks: tuple[tuple[float, str], ...] = (),
    notated: Notated | None = None,
    pedals: Sequence[tuple[float, float]] = (),
    chords: Sequence[tuple[float, ChordSymbol]] | None = None,
) -> Page:
    """Return the layout of notes: as a file tells it, and as it is heard where none does.

    Parameters
    ----------
    notes : NoteArray
        Sorted by onset, in seconds; every one has an end.
    marks : tuple of (float, str)
        Words, each over the first stroke at or after a time in seconds.
    notated : Notated, optional
        What a file tells of the notation of these notes.
    pedals : sequence of (float, float)
        When the sustain pedal goes down and up, in seconds, in order.
    chords : sequence of (float, ChordSymbol), optional
        The chord symbols, and when each begins, in seconds, in order. If they are empty, those
        of the notes are found. By default the page has none.

    Raises
    ------
    ValueError
        There are no notes.
    """
    told = notated or Notated()
    plain = take_ornaments(notes, told.hands, told.clock)
    notes = plain.notes
    told = told if told.hands is None else replace(told, hands=told.hands[plain.kept])
    if told.clock is None:
        grid, shift = find_grid(notes, told.given_until), 0
    else:
        grid, shift = told_grid(notes, told, told.clock)
    given = notes["onset"] < told.given_until
    keys = with_modes(told_keys(told, shift), notes[given], grid.starts[given])
    keys = keys or heard_keys(notes[given], grid.starts[given], grid.metres)
    order = np.argsort(grid.starts, kind="stable")
    starts, ends = grid.starts[order], grid.ends[order]
    pitches = notes["pitch"][order].astype(np.int64)
    right = split_hands(starts / BEAT, ends / BEAT, pitches)
    if told.hands is not None:
        hands = told.hands[order]
        right = np.where(hands == UNTOLD, right, hands == RIGHT)
    starts, staves = _staves(starts, ends, pitches, right, keys, grid.metres, grid.tuplets)
    last = max(event.end for staff in staves for event in (*staff.flowing, *staff.holding))
    heads = {
        index: (start, pitch)
        for index, start, pitch in zip(
            order.tolist(), starts.tolist(), pitches.tolist(), strict=True
        )
    }
    after = [(t, text) for t, text in marks if t <= notes["onset"][-1]]
    metre = grid.metres.first
    spans = tuple(grid.metres.bars(last))
    dynamics, hairpins = find_dynamics(starts, notes["velocity"][order], spans)
    return Page(
        grid.metres,
        keys,
        60.0 * BEAT / (grid.seconds_a_quarter * metre.beat),
        staves[0],
        staves[1],
        spans=spans,
        pickup=grid.pickup,
        marks=tuple(
            (int(grid.starts[np.searchsorted(notes["onset"], t - 1e-3)]), s) for t, s in after
        ),
        dynamics=dynamics,
        hairpins=hairpins,
        graces={heads[main]: chain for main, chain in plain.graces.items()},
        signs={heads[note]: sign for note, sign in plain.signs.items()},
        rolled=frozenset(heads[note] for note in plain.rolled),
        pedals=pedal_marks(pedals, notes["onset"], grid.starts),
        chords=() if chords is None else _symbols(chords, notes, grid, keys),
        swing=grid.swing,
    )


def _symbols(
    told: Sequence[tuple[float, ChordSymbol]],
    notes: NoteArray,
    grid: Grid,
    keys: tuple[tuple[int, Key], ...],
) -> tuple[tuple[int, ChordSymbol], ...]:
    """Return the chord symbols by tick: as told, on eighths, or as the notes have them."""
    if told:
        ticks = np.interp([second for second, _ in told], notes["onset"], grid.starts)
        places = [grid.metres.rounded(tick, EIGHTH) for tick in ticks.tolist()]
        return tuple(dict(zip(places, (symbol for _, symbol in told), strict=True)).items())
    beats = [
        (place, grid.metres.level(place))
        for start, end in grid.metres.bars(int(grid.ends.max()))
        for place in range(start, end, grid.metres.at(start).beat)
    ]
    fifths = [(tick, key.fifths + (RAISED if key.minor else 0)) for tick, key in keys]
    return find_chord_symbols(
        grid.starts, grid.ends, notes["pitch"].astype(np.int64), beats, fifths
    )


def _staves(
    starts: NDArray[np.int64],
    ends: NDArray[np.float64],
    pitches: NDArray[np.int64],
    right: NDArray[np.bool_],
    keys: tuple[tuple[int, Key], ...],
    metres: Metres,
    tuplets: Sequence[Tuplet],
) -> tuple[NDArray[np.int64], list[Staff]]:
    """Return where notes are written to begin, and the upper and the lower staff."""
    starts, sides = starts.copy(), (right, ~right)
    rulers = [Ruler.of(starts[side].tolist(), metres, tuplets) for side in sides]
    for side, ruler in zip(sides, rulers, strict=True):
        starts[side] = [ruler.in_three(start) for start in starts[side].tolist()]
    names = names_in(starts, pitches, right, keys)
    again = _struck_again(starts, pitches)
    staves = [
        _staff(
            starts[side], ends[side], pitches[side], again[side],
            [names[n] for n in np.flatnonzero(side)], ruler,
        )
        for side, ruler in zip(sides, rulers, strict=True)
    ]  # fmt: skip
    return starts, staves


def _struck_again(starts: NDArray[np.int64], pitches: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where the key of each note is struck again; infinity where it is not."""
    again = np.full(len(starts), np.inf)
    following: dict[int, tuple[float, float]] = {}
    for index in range(len(starts) - 1, -1, -1):
        start, pitch = int(starts[index]), int(pitches[index])
        now, later = following.get(pitch, (np.inf, np.inf))
        if now > start:  # else it is doubled by the other hand
            now, later = start, now
        following[pitch] = now, later
        again[index] = later
    return again


def _staff(
    starts: NDArray[np.int64],
    ends: NDArray[np.float64],
    pitches: NDArray[np.int64],
    again: NDArray[np.float64],
    names: list[Name],
    ruler: Ruler,
) -> Staff:
    ends = np.maximum(ends, starts + 1.0)
    columns = (column.tolist() for column in (starts, ends, pitches, again))
    notes = [Sounding(*note) for note in zip(*columns, strict=True)]
    flowing, holding = find_voices(notes, ruler)
    named = dict(zip(zip(starts.tolist(), pitches.tolist(), strict=True), names, strict=True))
    return Staff(ruler, named, tuple(flowing), tuple(holding))
