"""A corpus as tables of pandas: a row a file, or a row a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import UsageError
from antiphon.music.codecs.loudness import VELOCITY
from antiphon.music.note import empty_notes, sort_notes
from antiphon_training.corpora.folder import composed
from antiphon_training.corpora.split import heldout_files

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Split

HIGHEST = 127
"""The highest pitch and velocity of MIDI."""


def files_table(corpus: Corpus, split: Split | None = None) -> Any:
    """Return a table of the files of a corpus.

    Parameters
    ----------
    corpus : Corpus
        Read in seconds or in beats.
    split : Split, optional
        The sides of its files. Without it they are those of the corpus' own split and
        of `heldout.txt`.

    Returns
    -------
    DataFrame
        A row a file with the columns file, composer, title, notes, seconds, lowest,
        highest (pitches) and side ("train", "valid", "heldout", or None where the
        corpus gives none).
    """
    import pandas as pd

    listed = heldout_files(corpus.folder)
    sides = [
        "heldout" if composed(file) in listed else side
        for file, side in zip(corpus.files, corpus.own_split, strict=True)
    ]
    if split is not None:
        for side in ("train", "valid", "heldout"):
            for index in getattr(split, side):
                sides[index] = side
    pieces = [corpus.piece(index) for index in range(len(corpus.files))]
    return pd.DataFrame(
        {
            "file": corpus.files,
            "composer": corpus.composers,
            "title": corpus.titles,
            "notes": np.diff(corpus.bounds),
            "seconds": corpus.lasting,
            "lowest": [int(piece["pitch"].min()) for piece in pieces],
            "highest": [int(piece["pitch"].max()) for piece in pieces],
            "side": sides,
        }
    )


def notes_table(music: Corpus | NoteArray) -> Any:
    """Return a table of notes, in order of their onsets.

    Parameters
    ----------
    music : Corpus or array of NOTE_DTYPE
        Many pieces, or one.

    Returns
    -------
    DataFrame
        A row a note with the columns pitch (MIDI number), start, end, step (time since the
        start before, 0 for the first note of a piece), duration and velocity (1 to 127).
        Times are in the unit of the music. For a corpus the first column is file.
    """
    import pandas as pd

    if isinstance(music, np.ndarray):
        return pd.DataFrame(_columns(music))
    columns = _columns(music.notes)
    columns["step"][music.bounds[:-1]] = 0.0
    counts = np.diff(music.bounds)
    files = pd.Categorical.from_codes(np.repeat(np.arange(len(counts)), counts), music.files)
    return pd.DataFrame({"file": files, **columns})


def _columns(notes: NoteArray) -> dict[str, Any]:
    start, duration = notes["onset"], notes["duration"]
    return {
        "pitch": notes["pitch"].astype(np.int64),
        "start": start,
        "end": start + duration,
        "step": np.diff(start, prepend=start[:1]),
        "duration": duration,
        "velocity": notes["velocity"].astype(np.int64),
    }


def table_notes(table: Any) -> NoteArray:
    """Return the notes of a table: the inverse of `notes_table` for one piece.

    Parameters
    ----------
    table : DataFrame
        A row a note with the columns pitch; start, or step; duration, or end. Without
        starts, the first note begins after its own step. Without velocities, all are
        `VELOCITY`. Other columns make no difference.

    Returns
    -------
    array of NOTE_DTYPE, shape (rows,)
        Sorted by onset, then pitch.

    Raises
    ------
    UsageError
        A column is missing, or holds what no note can have.
    """
    _check_columns(table.columns)
    notes = empty_notes(len(table))
    onset = table["start"] if "start" in table else table["step"].cumsum()
    duration = table["duration"] if "duration" in table else table["end"] - table["start"]
    velocity = table.get("velocity", VELOCITY)
    pitch = np.asarray(table["pitch"], dtype=np.float64)
    loud = np.broadcast_to(np.asarray(velocity, dtype=np.float64), pitch.shape)
    notes["onset"], notes["duration"] = onset, duration
    possible = {
        "pitch": (pitch >= 0) & (pitch <= HIGHEST),
        "velocity": (loud >= 1) & (loud <= HIGHEST),
        "start": np.isfinite(notes["onset"]),
        "duration": notes["duration"] >= 0.0,
    }
    for name, right in possible.items():
        if not right.all():
            row = int(np.flatnonzero(~right)[0])
            raise UsageError(f"Row {row} of the notes has a {name} that no note can have.")
    notes["pitch"], notes["velocity"] = pitch.astype(np.uint8), loud.astype(np.uint8)
    return sort_notes(notes)


def _check_columns(columns: Any) -> None:
    """Raise UsageError where a table lacks a column of notes."""
    for wanted in (("pitch",), ("start", "step"), ("duration", "end")):
        if not any(name in columns for name in wanted):
            named = ", ".join(map(str, columns)) or "no columns"
            raise UsageError(f"Notes need a column {' or '.join(wanted)}; this table has {named}.")
    if "duration" not in columns and "start" not in columns:
        raise UsageError("Notes with a column end need a column start, or else duration.")
