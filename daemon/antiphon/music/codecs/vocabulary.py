"""The words that an instrument knows, and which of them is nearest to one it does not.

Two dictionaries: `words` from index to word, `index` from word to index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.music.codecs.words import (
    FIRST_CHORD,
    SOUNDS,
    Metre,
    sound_pitches,
    transposed_sounds,
)
from antiphon.music.pitch_sets import PITCH_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

UNKNOWN = -1


class Vocabulary:
    """Words by index, and back.

    Parameters
    ----------
    words : sequence of str
        Each of them once.
    metre : Metre
        How they lie in time.

    Raises
    ------
    ValueError
        There is none, one is there twice, or one is no word of this metre.
    """

    def __init__(self, words: Sequence[str], metre: Metre) -> None:
        self.words = tuple(words)
        self.index = {word: index for index, word in enumerate(self.words)}
        if not self.words:
            raise ValueError("a vocabulary must have a word")
        if len(self.index) < len(self.words):
            raise ValueError("a vocabulary must not have a word twice")
        lengths = len(metre.beats)
        keys = np.array([metre.key(word) for word in self.words], dtype=np.int64)
        self._sounds, self._lengths = np.divmod(keys, lengths)
        self.beats: NDArray[np.float64] = np.append(np.array(metre.beats)[self._lengths], 0.0)
        """How long each word lasts, in beats; the last entry is nothing, and lasts 0."""
        chords = [sound_pitches(int(sound)) for sound in self._sounds]
        self._pitches = np.array([p for chord in chords for p in chord], dtype=np.uint8)
        self._counts = np.array([*map(len, chords), 0], dtype=np.int64)
        self._places = np.cumsum(self._counts) - self._counts
        self._known = np.full(SOUNDS * lengths, UNKNOWN, dtype=np.int32)
        self._known[keys] = np.arange(len(keys))
        self._classes = np.array([_classes(int(sound)) for sound in self._sounds])
        self._nearest = self._known.copy()

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self.words)

    def pitches(self, index: int) -> tuple[int, ...]:
        """Return the pitches of one word, ascending."""
        return sound_pitches(int(self._sounds[index]))

    def spread(self, indices: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return all pitches of words, one after another, and the row of each."""
        counts = self._counts[indices]
        rows = np.repeat(np.arange(len(indices)), counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._pitches[self._places[indices][rows] + within], rows

    def transposed(self, semitones: int) -> NDArray[np.int32]:
        """Return the index of each word so many semitones higher; `UNKNOWN` where it is no word.

        The last entry is nothing, which is nothing everywhere.
        """
        moved = transposed_sounds(self._sounds, semitones)
        found = self._known[moved * (len(self._known) // SOUNDS) + self._lengths]
        return np.append(np.where(moved < 0, UNKNOWN, found), UNKNOWN).astype(np.int32)

    def known(self, keys: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the index of each key that is a word; the others are left out."""
        found = self._known[keys]
        known: NDArray[np.int32] = found[found != UNKNOWN]
        return known

    def nearest(self, keys: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the index of each key, or that of the word nearest to it.

        Nearest in sound first: the most pitch classes in common, of those that
        either has; then pitch for pitch and chord for chord; then the nearest
        octave. Of words that sound the same, the nearest in length.
        """
        for key in set(keys[self._nearest[keys] == UNKNOWN].tolist()):
            self._nearest[key] = self._search(key)
        return self._nearest[keys]

    def _search(self, key: int) -> int:
        """Return the index of the word nearest to one that is not known."""
        lengths = len(self._known) // SOUNDS
        sound, length = divmod(key, lengths)
        shared = _shared(_classes(sound), self._classes)
        nearest = np.flatnonzero(shared == shared.max())
        sounds, lengths_of = self._sounds[nearest], self._lengths[nearest]
        single = sounds < FIRST_CHORD
        octaves = np.where(single & (sound < FIRST_CHORD), np.abs(sounds - sound), 0)
        other_kind = single != (sound < FIRST_CHORD)
        best = np.lexsort((np.abs(lengths_of - length), octaves, other_kind))[0]
        return int(nearest[best])


def _classes(sound: int) -> int:
    """Return the pitch classes of a sound as bits."""
    return sound - FIRST_CHORD if sound >= FIRST_CHORD else 1 << sound % PITCH_CLASSES


def _shared(one: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many pitch classes are in both, as a share of those that are in either."""
    both: NDArray[np.float64] = np.bitwise_count(one & others) / np.bitwise_count(one | others)
    return both
