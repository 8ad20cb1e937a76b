"""The key of a stretch of music, and how near two keys are.

music21 estimates (Krumhansl and Schmuckler), mir_eval compares (MIREX).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon_training.evaluation.measures import PITCH_CLASSES

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

NO_KEY = "X"
"""What mir_eval calls music without a key."""
_TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def estimated_key(notes: NoteArray) -> str:
    """Return a key such as "F# minor"; `NO_KEY` where nothing sounds.

    The profiles are compared with how long each pitch class sounds, so one long note
    for each of them stands for all notes.
    """
    from music21 import analysis, note, stream

    sounding = np.bincount(
        notes["pitch"] % PITCH_CLASSES, weights=notes["duration"], minlength=PITCH_CLASSES
    )
    if not sounding.sum() > 0.0:
        return NO_KEY
    scale: Any = stream.Stream()
    for pitch_class, seconds in enumerate(sounding.tolist()):
        if seconds > 0.0:
            scale.append(note.Note(pitch_class + 60, quarterLength=seconds))
    profiles: Any = analysis.discrete
    found = profiles.KrumhanslSchmuckler().getSolution(scale)
    return f"{_TONICS[found.tonic.pitchClass]} {found.mode}"


def key_agreement(reference: str, estimate: str) -> float:
    """Return MIREX's weighted score of a key, 0 to 1.

    1 for the same key, 0.5 for one a fifth above, 0.3 for the relative, 0.2 for the
    parallel one.
    """
    from mir_eval.key import weighted_score

    return float(weighted_score(reference, estimate))
