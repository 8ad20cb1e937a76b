"""Ornaments, which have a sign instead of a place of their own in the bar.

Trills, turns, mordents, rolled chords and grace notes are taken out of the notes before places
are found. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.note import NoteArray
from antiphon_training.notation.graces import find_graces
from antiphon_training.notation.lines import TOGETHER, Lines
from antiphon_training.notation.rolls import GAPS, find_rolls
from antiphon_training.notation.signs import Kind, Sign
from antiphon_training.notation.trills import Trill, find_trills
from antiphon_training.notation.turns import Short, find_turns

if TYPE_CHECKING:
    from antiphon.music.files.beat_clock import BeatClock


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Notes without their ornaments.

    Attributes
    ----------
    notes : array of NOTE_DTYPE, shape (plain,)
        Sorted by onset; one whose grace notes were on the beat begins with them, a trill
        lasts as long as all its notes, and the notes of a rolled chord begin together.
    kept : int array, shape (plain,)
        The index of each in all notes.
    graces : dict of int to tuple of int
        The pitches of the grace notes before a plain note, by the index of that.
    signs : dict of int to Sign
        The trills, turns and mordents, by the index of their plain note.
    rolled : frozenset of int
        The plain notes of rolled chords.
    """

    notes: NoteArray
    kept: NDArray[np.int64]
    graces: dict[int, tuple[int, ...]]
    signs: dict[int, Sign] = field(default_factory=dict)
    rolled: frozenset[int] = frozenset()


def take_ornaments(
    notes: NoteArray,
    hands: NDArray[np.int8] | None = None,
    clock: BeatClock | None = None,
) -> Plain:
    """Return notes, sorted by onset, without their ornaments.

    Parameters
    ----------
    notes : array of NOTE_DTYPE
        Sorted by onset; every one has an end.
    hands : int8 array, shape (notes,), optional
        The hand of each note, where it is told.
    clock : BeatClock, optional
        The beats, where they are told: what is as long as a thirty-second is written out.
    """
    lines = Lines.of(notes, hands, clock)
    moved = notes.copy()
    gone: set[int] = set()
    signs: dict[int, Sign] = {}
    graces: dict[int, tuple[int, ...]] = {}
    for trill in find_trills(lines):
        main = min(trill.notes[:2], key=lambda n: int(notes["pitch"][n]))
        signs[main] = Sign(Kind.TRILL, int(notes["pitch"][trill.notes].max()))
        _take_trill(moved, main, trill)
        gone.update(n for n in (*trill.notes, *trill.suffix) if n != main)
        if trill.to is not None:
            graces[trill.to] = trill.suffix
    for short in find_turns(lines, gone | set(signs) | set(graces)):
        signs[short.main] = short.sign
        _take_turn(moved, short)
        gone.update(short.others)
    rolled: set[int] = set()
    for chord in _of_both_hands(find_rolls(lines), lines):
        if gone.isdisjoint(chord) and signs.keys().isdisjoint(chord):
            _begin_together(moved, chord, lines)
            rolled.update(chord)
    busy = gone | set(signs) | rolled | set(graces)
    late = {n for n, sign in signs.items() if sign.delayed}
    for main, chain in find_graces(lines).items():
        if busy.isdisjoint(chain) and main not in busy - late:
            graces[main] = chain
            _take_graces(moved, main, chain)
            gone.update(chain)
    kept = np.setdiff1d(np.arange(len(notes)), list(gone))
    kept = kept[np.lexsort((moved["pitch"][kept], moved["onset"][kept]))]
    place = {int(index): number for number, index in enumerate(kept)}
    return Plain(
        moved[kept],
        kept.astype(np.int64),
        {
            place[main]: tuple(int(notes["pitch"][n]) for n in chain)
            for main, chain in graces.items()
            if main in place
        },
        {place[n]: sign for n, sign in signs.items()},
        frozenset(place[n] for n in rolled),
    )


def _take_trill(moved: NoteArray, main: int, trill: Trill) -> None:
    """Let the main note of a trill last as long as it, and as the notes that end it."""
    whole = [*trill.notes, *trill.suffix]
    start = float(moved["onset"][whole[0]])
    end = float((moved["onset"][whole] + moved["duration"][whole]).max())
    moved["onset"][main], moved["duration"][main] = start, end - start


def _take_turn(moved: NoteArray, short: Short) -> None:
    """Let the main note of a short ornament last as long as it."""
    end = float(moved["onset"][short.end] + moved["duration"][short.end])
    onset = float(moved["onset"][[short.main, *short.others]].min())
    moved["onset"][short.main], moved["duration"][short.main] = onset, end - onset


def _of_both_hands(chords: list[list[int]], lines: Lines) -> list[list[int]]:
    """Return rolled chords; one that the other hand goes on with, upwards, is one with that."""
    joined: list[list[int]] = []
    for chord in chords:
        last = joined[-1][-1] if joined else chord[0]
        gap = lines.onsets[chord[0]] - lines.onsets[last]
        if 0 < gap <= GAPS[1] and lines.pitches[chord[0]] > lines.pitches[last]:
            joined[-1] = [*joined[-1], *chord]
        else:
            joined.append(chord)
    return joined


def _begin_together(moved: NoteArray, chord: list[int], lines: Lines) -> None:
    """Let the notes of a rolled chord begin together: on the beat, or half-way if none is told."""
    ends = moved["onset"][chord] + moved["duration"][chord]
    onset = float(lines.onsets[chord].mean())
    if lines.beats is not None:  # the first note is on the beat, or the last one is
        edges = [chord[0], chord[-1]]
        onset = float(lines.onsets[chord[-1 if lines.leads_to_the_beat(*edges) else 0]])
    moved["onset"][chord] = onset
    moved["duration"][chord] = ends - onset


def _take_graces(moved: NoteArray, main: int, chain: tuple[int, ...]) -> None:
    """Let a note begin where its grace notes did, if those were on the beat of another note."""
    first = float(moved["onset"][chain[0]])
    on_beat = np.abs(moved["onset"] - first) < TOGETHER
    on_beat[[*chain, main]] = False
    if on_beat.any():
        moved["duration"][main] += moved["onset"][main] - first
        moved["onset"][main] = first
