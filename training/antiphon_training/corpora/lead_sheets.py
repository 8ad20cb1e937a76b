"""The chord symbols of a score as chords that sound, in the left hand. Times are beats.

A chord is struck where its symbol stands, and again at each bar line until the next symbol
or the end of the part. Its bass lies between F2 and E3, and its other notes follow above, as
close as they can: C is C3, E3, G3, and C/E is E3, G3, C4. "N.C." is a silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Row = tuple[int, float, float, int]
    """Pitch, onset and duration in beats, velocity."""

LOWEST_BASS = 41
"""The lowest bass, F2; the highest is a major seventh above."""
OCTAVE = 12
SHORTEST = 1 / 16
"""Beats; a bar line closer than this to a symbol strikes no chord of its own."""


def symbols_of(flat: Any) -> list[Any]:
    """Return the chord symbols of a part in order, those that tell of silence included."""
    from music21 import harmony

    return list(flat.getElementsByClass(harmony.ChordSymbol))


def accompaniment(part: Any, symbols: Sequence[Any], loudness: Callable[[float], int]) -> list[Row]:
    """Return the notes of the chords of a part.

    Parameters
    ----------
    part : music21 Stream
        The part, with its bars.
    symbols : sequence of music21 ChordSymbol
        In order.
    loudness : callable
        Returns the velocity at a beat.
    """
    bars = sorted({float(bar.offset) for bar in part.getElementsByClass("Measure")})
    begins = [float(symbol.offset) for symbol in symbols]
    ends = [*begins[1:], float(part.highestTime)]
    rows: list[Row] = []
    for symbol, begin, end in zip(symbols, begins, ends, strict=True):
        struck = [begin, *(bar for bar in bars if begin + SHORTEST < bar < end - SHORTEST)]
        pitches = voicing([int(pitch.midi) for pitch in symbol.pitches])
        for onset, release in zip(struck, [*struck[1:], end], strict=True):
            if release > onset:
                velocity = loudness(onset)
                rows += [(pitch, onset, release - onset, velocity) for pitch in pitches]
    return rows


def voicing(pitches: Sequence[int]) -> list[int]:
    """Return a chord in close position above its bass, ascending.

    Parameters
    ----------
    pitches : sequence of int
        MIDI note numbers; the lowest is the bass.
    """
    if not pitches:
        return []
    bass = LOWEST_BASS + (min(pitches) - LOWEST_BASS) % OCTAVE
    return sorted({bass + (pitch - bass) % OCTAVE for pitch in pitches})
