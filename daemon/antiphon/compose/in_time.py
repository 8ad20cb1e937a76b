"""What is added to a file that tells its beats, in its time. Times are seconds.

The tempo, the metre and the key at the end of the given music go on, and each note that is
added begins on a sixteenth or a third of a beat, or where those do not fit on halves of them.
Where eighths or sixteenths of the given music are swung, so are those that are added.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN, first_notes
from antiphon.music.note import SHORTEST_DURATION, sort_notes
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.settings import GrooveSettings
from antiphon.partner.listening.swinging import told_swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.files.notated import Notated
    from antiphon.music.note import NoteArray

    Array = NDArray[np.float64]

DIVISIONS = {4: 0.0, 3: 1.5, 8: 5.0, 6: 6.0}
"""The divisions of a beat, each with its cost."""

LOOSENESS = 0.06
"""Beats by which the notes of a line are usually beside their places."""

COLLISION = 4.0
"""The cost of two strokes at one place."""

FINEST = 1 / 8
"""Beats between two strokes that would fall together."""


def going_on(notated: Notated, given: NoteArray) -> Notated:
    """Return what is told of the given notes, with the end going on as it is."""
    if notated.clock is None:
        return notated
    return notated.steady_from(notated.clock.beat_at(float(given["onset"][-1])))


def beats_after(notated: Notated, given: NoteArray) -> Beats | None:
    """Return the beats at the end of the given notes; None where none are told."""
    if notated.clock is None:
        return None
    beat = float(np.ceil(notated.clock.beat_at(float(given["onset"][-1]))))
    length = float(notated.clock.lengths[-1])
    return Beats(length, notated.clock.second_at(beat), given=True)


def steady(given: NoteArray, notated: Notated) -> NoteArray:
    """Return the given notes as if their last tempo had held all along; their end stays.

    What continues them then knows their beats: in a tempo that wavers, no groove is heard.
    """
    clock = notated.clock
    if clock is None:
        return given
    last = float(given["onset"][-1])
    length, end = float(clock.lengths[-1]), clock.beat_at(last)
    straight = given.copy()
    straight["onset"] = last + (clock.beats_at(given["onset"]) - end) * length
    ends = last + (clock.beats_at(given["onset"] + given["duration"]) - end) * length
    straight["duration"] = np.maximum(ends - straight["onset"], SHORTEST_DURATION)
    return straight


def placed(
    added: NoteArray, notated: Notated, given: NoteArray, asked: GrooveSettings | None = None
) -> NoteArray:
    """Return added notes at places of the told beats; as they are where none are told.

    Parameters
    ----------
    added, given : array of NOTE_DTYPE
        Sorted by onset. No added note is moved to before the last given one.
    notated : Notated
        What is told: see `going_on`.
    asked : GrooveSettings, optional
        What may be swung, and how; as shipped by default.
    """
    clock = notated.clock
    if clock is None or not len(added):
        return added
    first = first_notes(added["onset"], CHORD_SPAN)
    stroke = np.searchsorted(first, np.arange(len(added)), side="right") - 1
    places = _on_swung_places(
        clock.beats_at(added["onset"][first]),
        clock.beats_at(_moments(given)),
        asked or GrooveSettings(),
    )
    places = np.maximum(places, clock.beat_at(float(given["onset"][-1])))
    moved = added.copy()
    moved["onset"] = clock.seconds_at(places)[stroke]
    return sort_notes(moved)


def _moments(notes: NoteArray) -> Array:
    """Return when notes begin, chords once."""
    moments: Array = notes["onset"][first_notes(notes["onset"], CHORD_SPAN)]
    return moments


def _on_swung_places(begins: Array, given: Array, asked: GrooveSettings) -> Array:
    """Return the places of strokes, in beats, with the swing that the given moments tell."""
    swing = told_swing(given, Beats(1.0, 0.0, given=True), asked)
    if swing is None:
        return on_places(begins)
    on_the_beats = replace(swing, anchor=0.0)  # however late the given notes are as a whole
    return on_the_beats.played(on_places(swing.straight(begins)))


def on_places(begins: Array) -> Array:
    """Return the places of strokes, in beats, ascending; each beat has the division that fits."""
    beat = np.floor(begins + LOOSENESS / 2)
    places = np.empty(len(begins))
    for number in np.unique(beat).tolist():
        mine = np.flatnonzero(beat == number)
        places[mine] = number + _divided(begins[mine] - number)
    for index in range(1, len(places)):
        if places[index] <= places[index - 1]:
            later = places[index - 1] + FINEST
            near = abs(later - begins[index]) < FINEST
            places[index] = later if near else places[index - 1]
    return places


def _divided(within: Array) -> Array:
    """Return the places of the strokes of one beat, from 0 to 1."""
    best, least = within, np.inf
    for parts, cost in DIVISIONS.items():
        places = np.rint(within * parts) / parts
        strain = cost + float((((within - places) / LOOSENESS) ** 2).sum())
        strain += COLLISION * float((np.diff(places) <= 0).sum())
        if strain < least:
            best, least = places, strain
    return best
