"""Draw all pictures of a corpus into a folder."""

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
"""Chords that occur less often are rare, by default."""

SPANS = {"seconds": CHORD_SPAN, "beats": CHORD_SPAN_BEATS}
"""Notes that begin within this time of a chord's first belong to it, as in the codecs."""


def corpus_plots(
    corpus: Corpus, folder: Path, *, min_count: int = RARE, suffix: str = ".png"
) -> list[Path]:
    """Draw a corpus: its fields, its chords, and its composers where they are known.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    folder : Path
        The folder of the pictures; it is made if it is missing.
    min_count : int
        Chords that occur less often are shown as rare.
    suffix : {".png", ".svg"}
        The format.

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
    """Return a picture of the frequencies of the chords of a corpus."""
    return chord_frequencies(_words(corpus), min_count, corpus.name)


def _words(corpus: Corpus) -> Counter[str]:
    """Return how often each pitch and chord occurs, without their lengths."""
    pieces = (corpus.piece(index) for index in range(len(corpus.files)))
    return count_words(pieces, Metre(chord_span=SPANS[corpus.time]))
