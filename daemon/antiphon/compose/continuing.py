"""Continue notes as the partner would. Times are seconds."""

from __future__ import annotations

import math
from dataclasses import replace as replace_in
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec.structs import replace

from antiphon.errors import UsageError
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import NoteArray, notes_to_array
from antiphon.partner.line.form import cue_of
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.memory_for import memory_for
from antiphon.partner.line.plan import planned
from antiphon.partner.line.predictor import NextNote
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.memory.settings import MemorySettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import Note
    from antiphon.partner import PartnerSettings
    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.settings import GrooveSettings
    from antiphon.partner.memory.memory import Memory

    Progress = Callable[[int], None]
    """Called with the number of notes so far; with a `count`, of what is counted."""

LONGEST = 600.0
"""Seconds of one line at most, and of --seconds; a piece of many notes takes several lines."""

MOST_NOTES = 100_000

CONTEXT_NOTES = 1000
"""The instrument reads so many of the last notes before it adds the first."""


class Instrument(NextNote, Protocol):
    """What continues: a `Predictor`, or anything else that knows its codec."""

    @property
    def codec(self) -> Codec:
        """The codec of the rows that it reads and draws."""


def counted(codec: Codec) -> str:
    """Return what an instrument of this codec draws one of at a time: "word" or "note"."""
    return "word" if codec.fields == SymbolsCodec.fields else "note"


def continuation(
    predictor: Instrument,
    notes: NoteArray,
    limits: PartnerSettings,
    seed: int,
    *,
    form: FormSettings | None = None,
    seconds: float | None = None,
    count: int | None = None,
    groove: GrooveSettings | None = None,
    beats: Beats | None = None,
    progress: Progress | None = None,
    memory: MemorySettings | None = None,
) -> list[Note]:
    """Return a continuation of `notes`: of a number of draws, or all that begin within a time.

    The same notes, limits and seed give the same continuation.

    Parameters
    ----------
    predictor : Instrument
        A `Predictor`, for instance.
    notes : array of NOTE_DTYPE
        The notes so far, sorted by onset.
    limits : PartnerSettings
        Range, temperatures and the partner's other limits.
    seed : int
        Seed of the random numbers.
    form : FormSettings, optional
        What the continuation keeps of `notes`, and of how many candidates it is the best
        where `seconds` is given; as shipped by default.
    seconds : float, optional
        Length of the continuation after the last onset of `notes`, 0.1 to 600.
    count : int, optional
        How often to draw, where `seconds` is not given: each draw adds a note, or all notes
        of a word (`counted` tells which).
    groove : GrooveSettings, optional
        How the groove of the notes is kept to, and whether they swing; as shipped by
        default.
    beats : Beats, optional
        The beats of the notes, where they are told; otherwise they are heard.
    progress : callable, optional
        Called after each draw with the number of notes so far, or of draws where `count`
        is given.
    memory : MemorySettings, optional
        How much is taken up of the notes so far, the added ones included; by default
        as fitted.

    Raises
    ------
    UsageError
        `seconds` or `count` is out of range.
    """
    if seconds is not None and not 0.1 <= seconds <= LONGEST:
        raise UsageError(f"--seconds must be from 0.1 to {LONGEST:g}, not {seconds:g}.")
    if count is not None and not 1 <= count <= MOST_NOTES:
        raise UsageError(f"--notes must be from 1 to {MOST_NOTES:,}, not {count:,}.")
    form = form or FormSettings()
    cue = cue_of(form, notes, groove, beats)
    length = LONGEST if seconds is None else seconds
    limits = replace(limits, shortest=0.1, longest=length, first_note_within=limits.longest_gap)
    improviser = improviser_for(predictor, predictor.codec, limits)
    rng = np.random.default_rng(seed)

    def following(context: NoteArray) -> tuple[Line, Memory | None]:
        remembered = memory_for(predictor, predictor.codec, memory or MemorySettings())
        heard = replace_in(cue, memory=remembered)
        tuned, place = place_after(improviser, context[-CONTEXT_NOTES:], heard)
        line = Line(tuned, place, float(context["onset"][-1]), length, rng, cue.gap)
        return line, remembered

    if seconds is not None:
        line, _ = following(notes)
        return planned(line, cue, form.candidates, progress).take()[:MOST_NOTES]
    return _many(following, notes, count or MOST_NOTES, progress)


def _many(
    following: Callable[[NoteArray], tuple[Line, Memory | None]],
    notes: NoteArray,
    count: int,
    progress: Progress | None,
) -> list[Note]:
    """Return the notes of so many draws, of as many lines as it takes.

    `following` begins a line.
    """
    added: list[Note] = []
    draws = 0
    while draws < count:
        before = draws
        # The line before has ended, and the next one continues it.
        context = np.concatenate([notes, notes_to_array(added)]) if added else notes
        line, remembered = following(context)
        while not line.finished and draws < count:
            line.draw(-math.inf)  # offline, no onset is too late
            drawn = line.take()
            if not drawn:  # a rule forbade it, or the line is over
                continue
            if remembered is not None and (trail := line.place.trail) is not None:
                remembered.add(trail.rows[-1], trail.key, own=True)
            added += drawn
            draws += 1
            if progress:
                progress(draws)
        if draws == before:
            break
    return added
