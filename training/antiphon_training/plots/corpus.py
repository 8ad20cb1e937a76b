"""All pictures of a corpus, drawn into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import UsageError
from antiphon.music.chords import CHORD_SPAN, CHORD_SPAN_BEATS
from antiphon.music.codecs.symbols import count_words
from antiphon.music.codecs.words import Metre
from antiphon_training.plots.chords import chord_frequencies
from antiphon_training.plots.distributions import composers, fields, known_composers
from antiphon_training.plots.drawing import save

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from matplotlib.figure import Figure

    from antiphon_training.corpora.corpus import Corpus

RARE = 10
"""Chords heard less often are taken for rare, where nothing else is said."""

SPANS = {"seconds": CHORD_SPAN, "beats": CHORD_SPAN_BEATS}
"""Notes that begin within this of a chord's first belong to it: as codecs have it."""


def corpus_plots(
    corpus: Corpus, folder: Path, *, min_count: int = RARE, suffix: str = ".png"
) -> list[Path]:
    """Draw a corpus: its fields, its chords, and its composers where they are told.

    Parameters
    ----------
    corpus : Corpus
        What is drawn.
    folder : Path
        Where to; it is made where it is missing.
    min_count : int
        Chords heard less often are dropped by the filter that is shown.
    suffix : {".png", ".svg"}
        The kind of picture.

    Returns
    -------
    list of Path
        The pictures.

    Raises
    ------
    UsageError
        They cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}.") from error
    figures: dict[str, Figure] = {"fields": fields(corpus), "chords": chords(corpus, min_count)}
    if known_composers(corpus):
        figures["composers"] = composers(corpus)
    drawn = []
    for name, figure in figures.items():
        path = folder / f"{name}{suffix}"
        save(figure, path)
        drawn.append(path)
    return drawn


def chords(corpus: Corpus, min_count: int = RARE) -> Figure:
    """Return the frequencies of a corpus' chords."""
    return chord_frequencies(_words(corpus), min_count, corpus.name)


def _words(corpus: Corpus) -> Counter[str]:
    """Return how often each pitch and chord is heard; their lengths do not count."""
    pieces = (corpus.piece(index) for index in range(len(corpus.files)))
    return count_words(pieces, Metre(chord_span=SPANS[corpus.time]))
