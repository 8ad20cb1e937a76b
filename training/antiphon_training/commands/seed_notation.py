"""What a file tells of the notation of a stretch that was taken from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import AntiphonError
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import Pedal

SAME = 1e-4
"""Seconds between the onsets of a note in a corpus and in its file, at most."""


def in_bars(path: Path, stretch: NoteArray, pedal: Pedal) -> tuple[NoteArray, Notated]:
    """Return a stretch of a file with what the file tells of its beats, bars, keys and hands.

    Parameters
    ----------
    path : Path
        The file. One that is no MIDI file, or no longer there, tells nothing.
    stretch : array of NOTE_DTYPE
        Consecutive notes of it, in seconds of the corpus, which may begin elsewhere.
    pedal : str
        As for `Performance.notes`.

    Returns
    -------
    array of NOTE_DTYPE
        The notes, from the bar line before the first of them on. Where no beats are told, from
        the first of them on.
    Notated
        What is told of them.
    """
    found = _told(path, stretch, pedal)
    if found is None:
        return _moved(stretch, float(stretch["onset"][0])), Notated()
    onset, notated = found
    line = notated.bar_line(onset)
    assert notated.clock is not None  # `_told` finds none without beats
    silence = onset - notated.clock.second_at(line)
    # A note may be a little early in its bar.
    moved = _moved(stretch, float(stretch["onset"][0]) - max(silence, 0.0))
    return moved, notated.since(line)


def _told(path: Path, stretch: NoteArray, pedal: Pedal) -> tuple[float, Notated] | None:
    """Return when the stretch begins in its file, and what the file tells of the stretch."""
    try:
        performance = read_performance(path)
    except AntiphonError:
        return None
    notes = performance.notes(pedal)
    notated = notated_by(performance, notes)
    if notated.clock is None:
        return None
    places = _places(notes, stretch)
    if places is None:
        return None
    hands = None if notated.hands is None else notated.hands[places]
    return float(notes["onset"][places[0]]), replace(notated, hands=hands)


def _places(notes: NoteArray, stretch: NoteArray) -> list[int] | None:
    """Return the place of each note of a stretch among those of its file; None for another."""
    later = stretch["onset"] - stretch["onset"][0]
    for first in np.flatnonzero(notes["pitch"] == stretch["pitch"][0]):
        places: list[int] = []
        for onset, pitch in zip(notes["onset"][first] + later, stretch["pitch"], strict=True):
            near = slice(*np.searchsorted(notes["onset"], [onset - SAME, onset + SAME]))
            same = np.flatnonzero(notes["pitch"][near] == pitch)
            if not len(same):
                break
            places.append(near.start + int(same[0]))
        else:
            return places
    return None


def _moved(notes: NoteArray, since: float) -> NoteArray:
    """Return notes whose time 0 is at a second."""
    moved = notes.copy()
    moved["onset"] = np.maximum(moved["onset"] - since, 0.0)
    return moved
