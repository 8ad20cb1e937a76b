"""Stretches of words: training data for networks of streams whose rows are not single notes.

They are drawn as those of notes are (`antiphon_training.sequences.stretches`). But a place in
a piece is that of a word, which may be many notes, so a piece is encoded whole. Music is
transposed as the augmentation says; its times stay as they are, since words lie on a grid,
and no word is read as held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon_training.sequences.stretches import UNTAUGHT, Stretches, vary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray


class WordStretches(Stretches):
    """Rounds of training batches of words; each piece must have one in the vocabulary."""

    def _stretch(
        self, rng: np.random.Generator, length: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the words to read, those that follow, and the same as they are learned."""
        read, wanted, learned, have = [], [], [], 0
        while have < length:
            number = self._drawn(rng)
            words = self._codec.encode(vary(self._pieces[number], rng, self._augmentation))
            # Transposed, a piece may have no word of the vocabulary.
            first = int(rng.integers(len(words))) if have == 0 and len(words) else 0
            part = slice(first, first + length - have)
            read.append(_before(words, self._codec)[part])
            wanted.append(words[part])
            learned.append(np.where(self._taught[number], words[part], np.int32(UNTAUGHT)))
            have += len(words[part])
        return np.concatenate(read), np.concatenate(wanted), np.concatenate(learned)


def padded_windows(
    pieces: Sequence[NoteArray], codec: Codec, most: int
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Return consecutive windows of at most so many words, for validation.

    All words of all pieces are counted once: the last window of a piece is filled up with
    rows that are not learned. Windows are as long as the longest piece, if that is shorter.
    """
    encoded = [codec.encode(piece) for piece in pieces]
    length = min(most, max(map(len, encoded), default=0))
    windows = [
        (_before(words, codec)[first : first + length], words[first : first + length])
        for words in encoded
        for first in range(0, len(words), max(length, 1))
    ]
    shape = (len(windows), length, len(codec.fields))
    previous, learned = np.zeros(shape, np.int32), np.full(shape, UNTAUGHT, np.int32)
    previous[:] = codec.start
    for i, (read, wanted) in enumerate(windows):
        previous[i, : len(read)], learned[i, : len(wanted)] = read, wanted
    reset = np.ones(len(windows), dtype=np.float32)
    fields = {name: learned[:, :, i] for i, name in enumerate(codec.fields)}
    # A head of words is given no earlier field, so it does not matter what the target is.
    return {"previous": previous, "target": np.maximum(learned, 0), "reset": reset}, fields


def _before(words: NDArray[np.int32], codec: Codec) -> NDArray[np.int32]:
    """Return the row that is read before each of the words."""
    start = np.array([codec.start], dtype=np.int32)
    return np.concatenate([start, words[:-1]]) if len(words) else words
