"""The pieces that a memory is fitted on: a sample of those that are not held out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.wording import how_many
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Reading
from antiphon_training.corpora.split import split_corpora

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec

    Folders = Mapping[Path, Sequence[str] | None]
    """The tracks that are read of each corpus; None for all."""

PIECES = 160
"""So many in all, as many of each corpus."""

SHORTEST = 300
"""A piece of fewer notes has little to recall."""

LONGEST = 1500
"""Notes of a piece that count."""

_SEED = 7


def sample_pieces(
    folders: Folders, codec: Codec, say: Callable[[str], None], pieces: int = PIECES
) -> list[NDArray[np.int32]]:
    """Return the classes of a sample of pieces, shape (notes, fields) each.

    Held-out files, and other files of the same pieces in any of the corpora, are never
    among them. The sample is the same each time.
    """
    loaded = [
        load_corpus(folder, Reading.for_codec(codec, list(tracks) if tracks else None))
        for folder, tracks in folders.items()
    ]
    sample: list[NDArray[np.int32]] = []
    for corpus, split in zip(loaded, split_corpora(loaded, 0.0), strict=True):
        order = np.random.default_rng(_SEED).permutation(len(split.train))
        found = 0
        for index in (split.train[i] for i in order):
            if found == max(pieces // len(loaded), 1):
                break
            rows = codec.encode(corpus.piece(index))[:LONGEST]
            if len(rows) >= SHORTEST:
                sample.append(rows)
                found += 1
        say(f"  {how_many(found, 'piece')} of {corpus.name}")
    return sample
