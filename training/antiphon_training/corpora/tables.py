"""A corpus as tables of pandas: a row a file, or a row a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon_training.corpora.folder import composed
from antiphon_training.corpora.split import heldout_files

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Split


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
        A row a note with the columns pitch, step (time since the onset before, 0 for
        the first of a piece) and duration, in the unit of the music. For a corpus the
        first column is file.
    """
    import pandas as pd

    if isinstance(music, np.ndarray):
        return pd.DataFrame(_triplets(music))
    columns = _triplets(music.notes)
    columns["step"][music.bounds[:-1]] = 0.0
    counts = np.diff(music.bounds)
    files = pd.Categorical.from_codes(np.repeat(np.arange(len(counts)), counts), music.files)
    return pd.DataFrame({"file": files, **columns})


def _triplets(notes: NoteArray) -> dict[str, Any]:
    step = np.diff(notes["onset"], prepend=notes["onset"][:1])
    return {"pitch": notes["pitch"].astype(np.int64), "step": step, "duration": notes["duration"]}
