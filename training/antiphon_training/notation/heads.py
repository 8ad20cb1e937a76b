"""What is written in one bar of one staff: note heads, chords and rests, and its clefs.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

from dataclasses import dataclass

from antiphon_training.notation.lengths import Bracket
from antiphon_training.notation.signs import Ornament
from antiphon_training.notation.spelling import Name


@dataclass(frozen=True, slots=True)
class Head:
    """A note, a chord or a rest of one note value.

    Attributes
    ----------
    start, end : int
        Ticks.
    pitches : tuple of int
        Ascending; none of a rest.
    names : tuple of Name
        The names of the pitches.
    tied : bool
        Whether it is tied to the next head of its voice.
    shown : bool
        Whether a rest is visible; it is not where another voice sounds, unless it leads to a
        note off the beat.
    graces : tuple of Name
        The grace notes before it.
    ornament : Ornament or None
        The sign over it.
    rolled : bool
        Whether it is a rolled chord.
    bracket : Bracket or None
        What it is under the bracket of a tuplet.
    """

    start: int
    end: int
    pitches: tuple[int, ...] = ()
    names: tuple[Name, ...] = ()
    tied: bool = False
    shown: bool = True
    graces: tuple[Name, ...] = ()
    ornament: Ornament | None = None
    rolled: bool = False
    bracket: Bracket | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of one staff.

    Attributes
    ----------
    start, end : int
        Ticks; a first bar may begin later than at 0.
    flowing : tuple of Head
        The voice that goes from stroke to stroke; it fills the bar.
    holding : tuple of Head
        The voice that holds notes; it fills the bar, or is empty.
    held_above : bool
        Whether the holding voice is the upper one.
    treble : bool
        Whether it begins in the treble clef.
    whole : bool
        Whether it has the length of the metre; a pickup does not.
    turns : tuple of int
        The ticks inside it where the other clef begins, before a note of the flowing voice.
    """

    start: int
    end: int
    flowing: tuple[Head, ...]
    holding: tuple[Head, ...]
    held_above: bool
    treble: bool
    whole: bool = True
    turns: tuple[int, ...] = ()

    def treble_at(self, tick: int) -> bool:
        """Return whether the treble clef holds at a tick."""
        return self.treble ^ bool(sum(turn <= tick for turn in self.turns) % 2)
