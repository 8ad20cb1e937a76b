"""Continue notes as the partner would. Times are seconds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from antiphon.errors import UsageError
from antiphon.music.note import NoteArray, notes_to_array
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.reading import place_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument import Predictor
    from antiphon.music.note import Note
    from antiphon.partner import PartnerSettings

    Progress = Callable[[int], None]
    """Called with the number of notes so far."""

LONGEST = 600.0
"""Seconds of one line at most, and of --seconds; a piece of many notes takes several lines."""

MOST_NOTES = 100_000

CONTEXT_NOTES = 1000
"""The instrument reads so many of the last notes before it adds the first."""


def continuation(
    predictor: Predictor,
    notes: NoteArray,
    limits: PartnerSettings,
    seed: int,
    *,
    seconds: float | None = None,
    count: int | None = None,
    progress: Progress | None = None,
) -> list[Note]:
    """Return a continuation of `notes`: a number of notes, or all that begin within a time.

    The same notes, limits and seed give the same continuation.

    Parameters
    ----------
    predictor : Predictor
        The instrument.
    notes : array of NOTE_DTYPE
        The notes so far, sorted by onset.
    limits : PartnerSettings
        Range, temperatures and the partner's other limits.
    seed : int
        Seed of the random numbers.
    seconds : float, optional
        Length of the continuation after the last onset of `notes`, 0.1 to 600.
    count : int, optional
        How many notes to add, where `seconds` is not given.
    progress : callable, optional
        Called after each draw with the number of notes so far.

    Raises
    ------
    UsageError
        `seconds` or `count` is out of range.
    """
    if seconds is not None and not 0.1 <= seconds <= LONGEST:
        raise UsageError(f"--seconds must be from 0.1 to {LONGEST:g}, not {seconds:g}.")
    if count is not None and not 1 <= count <= MOST_NOTES:
        raise UsageError(f"--notes must be from 1 to {MOST_NOTES:,}, not {count:,}.")
    most = count if seconds is None and count is not None else MOST_NOTES
    length = LONGEST if seconds is None else seconds
    limits = replace(limits, shortest=0.1, longest=length, first_note_within=limits.longest_gap)
    rng = np.random.default_rng(seed)
    improviser = improviser_for(predictor, predictor.codec, limits)
    added: list[Note] = []
    while len(added) < most:
        before = len(added)
        context = notes
        if added:  # the line before has ended, and the next one continues it
            context = np.concatenate([notes, notes_to_array(added)])
        tuned, place = place_after(improviser, context[-CONTEXT_NOTES:], Cue())
        line = Line(tuned, place, float(context["onset"][-1]), length, rng)
        while not line.finished and len(added) < most:
            line.draw(-math.inf)  # offline, no onset is too late
            added += line.take()
            if progress:
                progress(min(len(added), most))
        if seconds is not None or len(added) == before:
            break
    return added[:most]
