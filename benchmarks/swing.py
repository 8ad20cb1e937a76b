"""How well swung eighths or sixteenths are read as the plain ones that they stand for.

Pieces that are notated straight are swung by a ratio, and played by hand: each moment is off
by so many milliseconds (standard deviation) at 120 beats a minute, each note of a chord by a
third as much. Their words, with the lengths of the recipe `jazz`, are compared with those of the
straight score. Beside it stands the same without what is known of swing, and the ratio that
is found. A row of ratio 1 is the straight piece itself, played by hand. The first line says
how many pieces, as they are, are taken for swung.

With `--level sixteenths` the pieces are first written in values half as long, so that their
eighths are sixteenths, and played at 90 beats a minute.

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
from antiphon.music.swing import PAIRS, Level, Swing
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Reading
from antiphon_training.recipe import find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import NoteArray

RATIOS = (1.0, 1.3, 1.5, 1.75, 2.0, 2.4)
JITTERS = (0.0, 8.0, 16.0)
"""Milliseconds; 8 is a trained pianist, 16 a beginner."""
BEATS: dict[Level, float] = {"eighths": 500.0, "sixteenths": 667.0}
"""Milliseconds of a beat: sixteenths are swung at slower tempi."""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("corpus", metavar="CORPUS")
    options.add_argument("--some", type=int, default=100, help="how many of its pieces")
    options.add_argument("--level", choices=tuple(PAIRS), default="eighths", help="what is swung")
    options.add_argument("--as-they-are", action="store_true", help="only the first line")
    chosen = options.parse_args()
    corpus = load_corpus(chosen.corpus, Reading(time="beats"))
    order = np.random.default_rng(1).permutation(len(corpus.files))[: chosen.some]
    level: Level = chosen.level
    pieces = [in_values(corpus.piece(index), PAIRS[level]) for index in order.tolist()]
    lengths = tuple(sorted(read_recipe(find_recipe("jazz")).codec.round_chord_durations))
    metre = Metre(lengths=lengths)
    told = [swing for swing in map(metre.swing, pieces) if swing is not None]
    print(f"of {len(pieces)} pieces as they are, {len(told)} are swung")
    for swing in sorted(told, key=lambda swing: (swing.level, swing.ratio)):
        print(f"  {swing.level} by {swing.ratio:.2f}")
    if chosen.as_they_are:
        return
    print("ratio | jitter, ms | taken for swung | ratio found | same words | without")
    for jitter in JITTERS:
        for ratio in RATIOS:
            print(row(pieces, metre, Swing(ratio, level=level), jitter))


def in_values(piece: NoteArray, share: float) -> NoteArray:
    """Return a piece written in values that are shorter by a share."""
    written = piece.copy()
    written["onset"] *= share
    written["duration"] *= share
    return written


def row(pieces: Sequence[NoteArray], metre: Metre, by: Swing, jitter: float) -> str:
    """Return one row of the table."""
    rng = np.random.default_rng(2)
    found, same, without, words = [], 0, 0, 0
    for piece in pieces:
        played = by_hand(piece, by, jitter / BEATS[by.level], rng)
        swing = metre.swing(played)
        if swing is not None and swing.level == by.level:
            found.append(swing.ratio)
        keys = metre.keys(piece)
        words += len(keys)
        same += alike(keys, metre.keys(played, swing=swing))
        without += alike(keys, metre.keys(played))
    told = f"{np.mean(found):.2f} ± {np.std(found):.2f}" if found else "-"
    shares = f"{same / words:.3f} | {without / words:.3f}"
    return f"{by.ratio:g} | {jitter:g} | {len(found)} | {told} | {shares}"


def by_hand(piece: NoteArray, by: Swing, jitter: float, rng: np.random.Generator) -> NoteArray:
    """Return a straight piece, swung and played by hand; times are beats."""
    firsts = first_notes(piece["onset"], CHORD_SPAN_BEATS)
    moments = piece["onset"][firsts]
    of = np.searchsorted(firsts, np.arange(len(piece)), side="right") - 1
    swung = by.played(moments)
    played = piece.copy()
    off = rng.normal(0.0, jitter, len(moments))[of] + rng.normal(0.0, jitter / 3, len(piece))
    played["onset"] = np.maximum(swung[of] + off, 0.0)
    return sort_notes(played)


def alike(one: np.ndarray, other: np.ndarray) -> int:
    """Return how many words are the same at the same place; none where some are missing."""
    return int((one == other).sum()) if len(one) == len(other) else 0


if __name__ == "__main__":
    main()
