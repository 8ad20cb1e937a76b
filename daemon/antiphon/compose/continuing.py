"""Go on from notes, as the partner would. Times are seconds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from antiphon.errors import UsageError
from antiphon.music.note import NoteArray, notes_to_array
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.reading import place_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument import Predictor
    from antiphon.music.note import Note
    from antiphon.partner import PartnerSettings

    Progress = Callable[[int], None]
    """Told how many notes there are so far."""

LONGEST = 600.0
"""Seconds of one answer, and the most that can be asked for; more notes take several."""

MOST_NOTES = 100_000

CONTEXT_NOTES = 1000
"""So many of the last notes are read before the first is added."""


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
    """Return what follows `notes`: so many notes, or all that begin within some seconds.

    The same notes, limits and seed give the same continuation.

    Parameters
    ----------
    predictor : Predictor
        The instrument.
    notes : array of NOTE_DTYPE
        What there is so far, sorted by onset.
    limits : PartnerSettings
        Range, temperatures and all that the partner keeps to.
    seed : int
        Of chance.
    seconds : float, optional
        From the last onset of `notes` on, 0.1 to 600.
    count : int, optional
        How many notes, where seconds are not given.
    progress : callable, optional
        Told after each draw.

    Raises
    ------
    UsageError
        More is asked for than can be added at once.
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
        if added:  # the line before has come to its end; go on from there
            context = np.concatenate([notes, notes_to_array(added)])
        tuned, place = place_after(improviser, context[-CONTEXT_NOTES:], -math.inf)
        line = Line(tuned, place, float(context["onset"][-1]), length, rng)
        while not line.finished and len(added) < most:
            line.draw(-math.inf)  # no clock runs: every onset is early enough
            added += line.take()
            if progress:
                progress(min(len(added), most))
        if seconds is not None or len(added) == before:
            break
    return added[:most]
