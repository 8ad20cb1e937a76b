"""What a file says of its own notation, so far as its notes bear it out.

A performance that was recorded without a click has a tempo too, the nominal one of
the program that recorded it. Its onsets lie anywhere in the beats of the file, those of
notated music on the sixteenths, thirty-seconds and thirds of a beat (`GRID`), or in tuplets.
The share of onsets that lie there tells which of both a file is, after what falls there by
chance is taken off (`BORNE_OUT`). Swung notes count as the plain ones that they stand for.
Beats are quarters.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.files.conductor import counted_from
from antiphon.music.files.grid import PLACES, TOLERANCE, lies_on_grid, share_on_grid
from antiphon.music.files.hands import told_hands
from antiphon.music.files.notated import Notated
from antiphon.music.files.tuplets import in_tuplets
from antiphon.music.swing import Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.files.conductor import Conductor, KeySignature, TimeSignature
    from antiphon.music.files.reading import Performance
    from antiphon.music.note import NoteArray

BORNE_OUT = 0.6
"""The share of onsets on the grid, after what is there by chance: 0.68 or more in each of
250 notated files of five collections (where they lie all beside it by the same time, that
time is taken off first), 0.06 or less in 176 recorded or transcribed performances."""

FEWEST = 8
"""Fewer onsets tell nothing."""

SURE_CHANCE = 0.9
"""Where so much of a beat's ticks is grid, nobody's playing was recorded."""

MARKED = 0.2
"""Most notated music has so many onsets on its beats, of which those half-way count half."""

CLEARLY = 0.25
"""Beats that are told hold where other ones would not have four times as many onsets."""

OFFSETS = 96
"""The offsets to the beat that are tried, in parts of a beat."""

C_MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])
LONGEST_SOUND = 2.0
"""Seconds of a note that count for a scale at most."""

UNASKED = 0.1
"""Another scale that has so much more of the sound tells that nobody wrote the signature: in
none of 167 files in C major or A minor of three collections."""

LONGEST_LONE = 4
"""Bars of one beat, as the only metre, that are believed at most."""

ALIKE = 0.02
"""Offsets whose share is smaller by no more than this are as good."""


def notated_by(performance: Performance, notes: NoteArray) -> Notated:
    """Return what a file tells of the notation of its notes.

    Parameters
    ----------
    performance : Performance
        The file.
    notes : array of NOTE_DTYPE
        Its notes, with or without the pedal.
    """
    conductor, clock = performance.conductor, performance.conductor.clock
    beats = np.zeros(0) if clock is None else clock.beats_at(np.unique(notes["onset"]))
    swing = Swing.told(beats)
    straight = beats if swing is None else swing.straight(beats)
    since = counted_from(conductor.metres, beats)
    offset = _offset(straight - since, conductor.ticks)
    barred = offset == 0.0 or not (since % 1.0).any()
    if not barred:  # the time signatures are not those of these notes
        offset = _offset(straight, conductor.ticks)
    hands = told_hands(performance.tracks, notes, unnamed=offset is not None)
    if clock is None or offset is None:
        return Notated(hands=hands)
    if offset:  # whatever begins bars, it is not these notes
        return Notated(clock.moved(offset - 1.0), (), _keys(conductor, notes)[:1], hands)
    metres = _metres(conductor, float(beats[-1])) if barred else ()
    return Notated(clock, metres, _keys(conductor, notes), hands)


def borne_out(beats: NDArray[np.float64], ticks: int) -> bool:
    """Return whether onsets lie on the grid of their beats, or in tuplets, more than by chance.

    Parameters
    ----------
    beats : float64 array
        Where something begins, each place once.
    ticks : int
        The ticks of a beat, which onsets can lie on.
    """
    # The ticks of a beat that lie on the grid by themselves.
    near = 2 * math.ceil(TOLERANCE * ticks) - 1
    chance = min(PLACES * near / ticks, 1.0)
    if chance >= SURE_CHANCE:
        chance = 0.0
    wanted = chance + BORNE_OUT * (1.0 - chance)
    if not len(beats):
        return False
    on = lies_on_grid(beats)
    return float(np.mean(on)) >= wanted or float(np.mean(on | in_tuplets(beats, ticks))) >= wanted


def _offset(beats: NDArray[np.float64], ticks: int) -> float | None:
    """Return by how much onsets lie beside their beats, in beats; None for a performance."""
    if len(beats) < FEWEST:
        return None
    as_told = borne_out(beats, ticks)
    if as_told and _strength(beats) >= MARKED:
        return 0.0
    offsets = np.arange(OFFSETS) / OFFSETS
    shares = np.array([share_on_grid(beats - offset) for offset in offsets])
    # Of offsets that fit as well the one is taken with which most begins on a beat.
    fitting = offsets[shares >= shares.max() - ALIKE]
    strengths = [_strength(beats - offset) for offset in fitting]
    best = int(np.argmax(strengths))
    if as_told and _strength(beats) >= CLEARLY * strengths[best]:
        return 0.0
    offset = float(fitting[best])
    return offset if borne_out(beats - offset, ticks) else None


def _strength(beats: NDArray[np.float64]) -> float:
    """Return the share of onsets that are on a beat; half-way between two counts half."""
    on_beat = np.abs(beats - np.rint(beats)) < TOLERANCE
    half = np.abs(2 * beats - np.rint(2 * beats)) < 2 * TOLERANCE
    return float(np.mean(0.5 * on_beat + 0.5 * half))


def _metres(conductor: Conductor, last: float) -> tuple[TimeSignature, ...]:
    """Return the time signatures; none where a single one has bars of one beat alone."""
    metres = conductor.metres
    lone = len(metres) == 1 and metres[0].count == 1
    if lone and last > metres[0].beat + LONGEST_LONE * metres[0].bar:
        return ()  # some programs write 1/4 where they know the beats and not the bars
    return metres


def _keys(conductor: Conductor, notes: NoteArray) -> tuple[KeySignature, ...]:
    """Return the key signatures; none where a lone C major is what a program writes unasked."""
    keys = conductor.keys
    if len(keys) != 1 or keys[0].fifths or keys[0].minor:
        return keys
    lengths = np.minimum(notes["duration"], LONGEST_SOUND)
    sound = np.bincount(notes["pitch"] % 12, weights=lengths, minlength=12)
    shares = [sound[(C_MAJOR + 7 * fifths) % 12].sum() for fifths in range(12)]
    return keys if shares[0] >= max(shares) - UNASKED * sound.sum() else ()
