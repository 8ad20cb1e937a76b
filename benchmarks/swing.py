"""How well swung eighths are read as the plain eighths that they stand for.

Pieces that are notated straight are swung by a ratio, and played by hand: each moment is off
by so many milliseconds (standard deviation) at 120 beats a minute, each note of a chord by a
third as much. Their words, with the lengths of the recipe `jazz`, are compared with those of the
straight score. Beside it stands the same without what is known of swing, and the ratio that
is found. A row of ratio 1 is the straight piece itself, played by hand. The first line says
how many pieces, as they are, are taken for swung.

`python benchmarks/swing.py nottingham` prints the table in docs/jazz.md, and
`python benchmarks/swing.py CORPUS --as-they-are` the first line alone.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN_BEATS, first_notes
from antiphon.music.codecs.words import Metre
from antiphon.music.note import sort_notes
from antiphon.music.swing import Swing
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Reading
from antiphon_training.recipe import find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import NoteArray

RATIOS = (1.0, 1.3, 1.5, 1.75, 2.0, 2.4)
JITTERS = (0.0, 8.0, 16.0)
"""Milliseconds; 8 is a trained pianist, 16 a beginner."""
BEAT = 500.0
"""Milliseconds of a beat."""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("corpus", metavar="CORPUS")
    options.add_argument("--some", type=int, default=100, help="how many of its pieces")
    options.add_argument("--as-they-are", action="store_true", help="only the first line")
    chosen = options.parse_args()
    corpus = load_corpus(chosen.corpus, Reading(time="beats"))
    order = np.random.default_rng(1).permutation(len(corpus.files))[: chosen.some]
    pieces = [corpus.piece(index) for index in order.tolist()]
    lengths = tuple(sorted(read_recipe(find_recipe("jazz")).codec.round_chord_durations))
    metre = Metre(lengths=lengths)
    told = [swing.ratio for swing in map(metre.swing, pieces) if swing is not None]
    ratios = f", by {min(told):.2f} to {max(told):.2f}" if told else ""
    print(f"of {len(pieces)} pieces as they are, {len(told)} are swung{ratios}")
    if chosen.as_they_are:
        return
    print("ratio | jitter, ms | taken for swung | ratio found | same words | without")
    for jitter in JITTERS:
        for ratio in RATIOS:
            print(row(pieces, metre, ratio, jitter))


def row(pieces: Sequence[NoteArray], metre: Metre, ratio: float, jitter: float) -> str:
    """Return one row of the table."""
    rng = np.random.default_rng(2)
    found, same, without, words = [], 0, 0, 0
    for piece in pieces:
        played = by_hand(piece, ratio, jitter / BEAT, rng)
        swing = metre.swing(played)
        if swing is not None:
            found.append(swing.ratio)
        keys = metre.keys(piece)
        words += len(keys)
        same += alike(keys, metre.keys(played, swing=swing))
        without += alike(keys, metre.keys(played))
    told = f"{np.mean(found):.2f} ± {np.std(found):.2f}" if found else "-"
    shares = f"{same / words:.3f} | {without / words:.3f}"
    return f"{ratio:g} | {jitter:g} | {len(found)} | {told} | {shares}"


def by_hand(piece: NoteArray, ratio: float, jitter: float, rng: np.random.Generator) -> NoteArray:
    """Return a straight piece, swung and played by hand; times are beats."""
    firsts = first_notes(piece["onset"], CHORD_SPAN_BEATS)
    moments = piece["onset"][firsts]
    of = np.searchsorted(firsts, np.arange(len(piece)), side="right") - 1
    swung = Swing(ratio).played(moments) if ratio > 1.0 else moments
    played = piece.copy()
    off = rng.normal(0.0, jitter, len(moments))[of] + rng.normal(0.0, jitter / 3, len(piece))
    played["onset"] = np.maximum(swung[of] + off, 0.0)
    return sort_notes(played)


def alike(one: np.ndarray, other: np.ndarray) -> int:
    """Return how many words are the same at the same place; none where some are missing."""
    return int((one == other).sum()) if len(one) == len(other) else 0


if __name__ == "__main__":
    main()
