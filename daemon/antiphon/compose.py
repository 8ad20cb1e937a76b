"""Continue a MIDI file offline, as the partner would go on from there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import UsageError
from antiphon.instrument import Predictor
from antiphon.music.midifile import read_performance
from antiphon.music.midiwrite import write_midi
from antiphon.music.note import notes_to_array
from antiphon.partner.improviser import improviser_for
from antiphon.partner.respond import Answer
from antiphon.settings.parts import (
    instrument_file,
    partner_settings,
    seed_number,
    written_channel,
)

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.music.note import Note, NoteArray
    from antiphon.settings import Settings

LONGEST = 600.0
"""Seconds that can be added at once."""

CONTEXT_NOTES = 1000
"""So many of the last notes are read before the first is added."""


def continuation(
    predictor: Predictor, notes: NoteArray, seconds: float, settings: Settings, seed: int
) -> list[Note]:
    """Return the notes that follow `notes`, beginning within `seconds` of the last onset.

    The same file, settings and seed give the same notes.
    """
    limits = partner_settings(settings.partner)
    limits = replace(
        limits, shortest=seconds, longest=seconds, first_note_within=limits.longest_gap
    )
    improviser = improviser_for(predictor, predictor.codec, limits)
    answer = Answer(improviser, notes[-CONTEXT_NOTES:], version=0)
    answer.read(CONTEXT_NOTES)
    answer.begin(float(notes["onset"][-1]), seconds, np.random.default_rng(seed))
    while not answer.finished:
        answer.draw(-math.inf)  # no clock runs: every onset is early enough
    return answer.take()


def compose(file: Path, out: Path, seconds: float, settings: Settings) -> None:
    """Write `out`: what `file` plays on one track, and what follows on another.

    Raises
    ------
    MidiFileError
        The file cannot be read, or the other not written.
    UsageError
        More is asked for than can be added at once.
    """
    if not 0.1 <= seconds <= LONGEST:
        raise UsageError(f"--seconds must be from 0.1 to {LONGEST:g}, not {seconds:g}.")
    predictor = Predictor(instrument_file(settings.instrument))
    given = read_performance(file).notes(predictor.codec.pedal)
    seed = seed_number(settings.partner)
    added = notes_to_array(continuation(predictor, given, seconds, settings, seed))
    synth = settings.synth
    parts = [
        ("Player", synth.wire_player_program, 0, given),
        ("Antiphon", synth.wire_partner_program, written_channel(settings.midi), added),
    ]
    write_midi(out, parts)
