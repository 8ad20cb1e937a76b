"""Names of pitches and of chords, as music21 gives them; music21 itself stays out.

A pitch is spelt by its number alone: sharps for C, F and G, flats for E and B, then
the octave, so that 60 is "C4" and 70 "B-4". A minus after the letter is a flat.
Below C0 music21's names are not one to one ("E-1" is both E flat 1 and E below C0),
so there the octave stands in brackets: "E(-1)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PITCH_CLASSES = 12
PITCHES = 128
NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")


def normal_order(pitch_classes: Iterable[int]) -> tuple[int, ...]:
    """Return the normal order of a chord: its closest packing, rising from its first.

    Of all rotations it is the one that spans least, then the one closest packed from
    the left, then the one with the lowest first pitch class (A. Forte, The Structure
    of Atonal Music, 1973). For all 4,095 sets the same as music21's `normalOrder`.

    Parameters
    ----------
    pitch_classes : iterable of int
        Pitches count as their classes; repeated ones count once.
    """
    classes = sorted({pitch % PITCH_CLASSES for pitch in pitch_classes})
    if not classes:
        return ()
    closest = min((classes[i:] + classes[:i] for i in range(len(classes))), key=_packing)
    return tuple(closest)


def _packing(rotation: list[int]) -> tuple[int, list[int], int]:
    above = [(pitch - rotation[0]) % PITCH_CLASSES for pitch in rotation]
    return above[-1], above, rotation[0]


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI note number, 0 to 127."""
    octave, place = divmod(pitch, PITCH_CLASSES)
    return f"{NAMES[place]}{octave - 1}" if octave else f"{NAMES[place]}(-1)"


def pitch_label(pitch: int) -> str:
    """Return what people are shown for a MIDI note number: "C#4", "Eb4", "C-1".

    It is spelt as `pitch_name` spells it, with a flat as people write it.
    """
    octave, place = divmod(pitch, PITCH_CLASSES)
    return f"{NAMES[place].replace('-', 'b')}{octave - 1}"


def name_pitch(name: str) -> int:
    """Return the MIDI note number of a name that `pitch_name` gives.

    Raises
    ------
    ValueError
        No pitch is called so.
    """
    try:
        return NUMBERS[name]
    except KeyError:
        raise ValueError(f"{name!r} is not the name of a pitch") from None


NUMBERS = {pitch_name(pitch): pitch for pitch in range(PITCHES)}
"""MIDI note numbers by name."""
