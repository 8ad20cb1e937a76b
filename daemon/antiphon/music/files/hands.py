"""The hands that a file tells of: by the names of its tracks, or by two tracks of a piano."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.files.reading import Track
    from antiphon.music.note import NoteArray

RIGHT, LEFT, UNTOLD = 1, 0, -1
"""What is told of a note."""

_WORDS = (
    (RIGHT, r"right|rechts?|rechte|r\.?h\.?|m\.?d\.?|droite|destra|derecha|treble|upper|diskant"),
    (LEFT, r"left|links?|linke|l\.?h\.?|m\.?[gs]\.?|gauche|sinistra|izquierda|bass staff|lower"),
)
_NAMES = tuple((hand, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for hand, words in _WORDS)

PIANOS = range(8)
"""The General MIDI programs of pianos."""

SPAN, SPAN_SHARE = 16, 0.95
"""Semitones that a hand reaches, and the share of its chords that must be within it."""

FEWEST = 8
"""Notes that a hand has at least, where no name tells it."""


def told_hands(
    tracks: Sequence[Track], notes: NoteArray, *, unnamed: bool
) -> NDArray[np.int8] | None:
    """Return the hand of each note, shape (notes,); None where no track tells one.

    Parameters
    ----------
    tracks : sequence of Track
        Those of a file.
    notes : array of NOTE_DTYPE, shape (notes,)
        The notes of all tracks; their durations do not count.
    unnamed : bool
        Whether two tracks of a piano without such names are its hands. Those of a piano
        roll are the halves of its keyboard.
    """
    played = [track for track in tracks if len(track.notes)]
    hands = [_named(track.name) for track in played]
    if RIGHT not in hands or LEFT not in hands:
        hands = _two_hands(played) if unnamed else []
    if not hands:
        return None
    of_note: dict[tuple[float, int, int], list[int]] = {}
    for track, hand in zip(played, hands, strict=True):
        for key in _keys(track.notes):
            of_note.setdefault(key, []).append(hand)
    told = [of_note[key].pop(0) if of_note.get(key) else UNTOLD for key in _keys(notes)]
    return np.array(told, dtype=np.int8)


def _keys(notes: NoteArray) -> list[tuple[float, int, int]]:
    """Return what tells notes apart, whatever their durations."""
    columns = (notes[field].tolist() for field in ("onset", "pitch", "velocity"))
    return list(zip(*columns, strict=True))


def _named(name: str) -> int:
    """Return the hand that a track's name has a word of."""
    found = {hand for hand, words in _NAMES if words.search(name.casefold())}
    return found.pop() if len(found) == 1 else UNTOLD


def _two_hands(tracks: Sequence[Track]) -> list[int]:
    """Return the hands of two tracks of a piano that two hands can play; none of others."""
    if len(tracks) != 2 or any(track.program not in PIANOS for track in tracks):
        return []
    if not all(_playable(track.notes) for track in tracks):
        return []
    one, other = (track.notes["pitch"].mean() for track in tracks)
    return [RIGHT, LEFT] if one > other else [LEFT, RIGHT]


def _playable(notes: NoteArray) -> bool:
    """Return whether one hand can strike what a track has at once."""
    if len(notes) < FEWEST:
        return False
    first = np.flatnonzero(np.diff(notes["onset"], prepend=-np.inf) > 0)
    pitches = notes["pitch"].astype(np.int64)
    reach = np.maximum.reduceat(pitches, first) - np.minimum.reduceat(pitches, first)
    return float(np.mean(reach <= SPAN)) >= SPAN_SHARE
