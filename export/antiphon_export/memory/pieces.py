"""The pieces that a memory is fitted on: a sample of those that an instrument learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.wording import how_many
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Reading
from antiphon_training.corpora.split import split_corpora
from antiphon_training.evaluation.selection import composers_of
from antiphon_training.evaluation.unlearned import Learned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.instrument.card import Card
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
    folders: Folders, codec: Codec, card: Card, say: Callable[[str], None], pieces: int = PIECES
) -> list[NDArray[np.int32]]:
    """Return the classes of a sample of pieces, shape (notes, fields) each.

    Validation pieces, where the card tells which they were, held-out files, and other files
    of the same pieces in any of the corpora, are never among them; nor are pieces of other
    composers than those of the recipe, nor the ends of pieces that were kept for validation.
    The sample is the same each time.
    """
    loaded = [
        load_corpus(
            folder,
            Reading.for_codec(codec, list(tracks) if tracks else None),
            composers=composers_of(card, folder.resolve().name),
        )
        for folder, tracks in folders.items()
    ]
    sample: list[NDArray[np.int32]] = []
    for corpus, split in zip(loaded, split_corpora(loaded, 0.0), strict=True):
        learned = Learned.of(card, corpus.name)
        left_out = set(learned.left_out(corpus))
        chosen = [index for index in split.train if index not in left_out]
        order = np.random.default_rng(_SEED).permutation(len(chosen))
        found = 0
        for piece in (corpus.piece(chosen[i]) for i in order):
            if found == max(pieces // len(loaded), 1):
                break
            rows = codec.encode(piece[: learned.share_of(len(piece))])[:LONGEST]
            if len(rows) >= SHORTEST:
                sample.append(rows)
                found += 1
        say(f"  {how_many(found, 'piece')} of {corpus.name}")
    return sample
