"""The symbols codec: a word of a vocabulary for all notes that begin together.

`antiphon.music.codecs.words` says what a word is. Times are beats (quarters) as notated, and
seconds on stage: there a codec is first tuned to the pulse of what was just played. Swung
notes are read as plain ones (`antiphon.music.swing`): in beats as the piece itself tells
how they are swung, and on stage as the player does.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from antiphon.errors import CorpusError
from antiphon.music.chords import CHORD_SPAN, CHORD_SPAN_BEATS
from antiphon.music.codecs.loudness import VELOCITY, typical_velocity
from antiphon.music.codecs.vocabulary import Vocabulary
from antiphon.music.codecs.words import SOUNDS, Metre
from antiphon.music.note import NoteArray, empty_notes
from antiphon.music.pulse import estimate_beat

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import TimeUnit
    from antiphon.music.pedal import Pedal
    from antiphon.music.swing import Swing


class SymbolsCodec:
    """Words for notes and chords.

    The class after the last word's is read only, and is nothing yet (`nothing`).

    Parameters
    ----------
    words : sequence of str
        The vocabulary, in the order of its classes.
    step : float
        How many beats every word lasts, where `lengths` does not say.
    lengths : sequence of float
        The beats that a word may last, ascending, where they are part of a word.
    chord_span : float
        Notes that begin less than this many beats after a word's first are of it.
    pedal : {"keys", "sustain"}
        How durations treat the pedal; applied where notes are made.
    chord_symbols : bool
        Whether the chord symbols of scores sound; applied where notes are made.
    swings : bool
        Whether swung notes are read as plain ones.

    Attributes
    ----------
    beat : float
        How long a beat is in the unit of the notes: 1 until the codec is tuned,
        seconds from then on.
    velocity : int
        The velocity of what is decoded.
    swing : Swing or None
        How notes are swung, in the unit of the notes, once the codec is tuned.
    lenient : bool
        Whether words that are not in the vocabulary are read as the nearest that is;
        else they are passed over.

    Raises
    ------
    ValueError
        A word or a length is none.
    """

    name = "symbols"
    time: TimeUnit = "beats"
    fields = ("symbol",)

    def __init__(
        self,
        words: Sequence[str],
        *,
        step: float = 0.5,
        lengths: Sequence[float] = (),
        chord_span: float = CHORD_SPAN_BEATS,
        pedal: Pedal = "keys",
        chord_symbols: bool = False,
        swings: bool = True,
    ) -> None:
        every = tuple(float(length) for length in lengths)
        self.metre = Metre(float(step), every, chord_span, swings)
        self.pedal: Pedal = pedal
        self.chord_symbols = chord_symbols
        self.beat = 1.0
        self.velocity = VELOCITY
        self.swing: Swing | None = None
        self.lenient = False
        self._span = chord_span
        self._vocabulary = Vocabulary(words, self.metre)

    @classmethod
    def learn(
        cls,
        pieces: Iterable[NoteArray],
        *,
        step: float = 0.5,
        lengths: Sequence[float] = (),
        min_count: int = 1,
        most: int | None = None,
        chord_span: float = CHORD_SPAN_BEATS,
        pedal: Pedal = "keys",
        chord_symbols: bool = False,
        swings: bool = True,
    ) -> Self:
        """Return a codec whose vocabulary is the sorted words of pieces.

        Parameters
        ----------
        pieces : iterable of NoteArray
            In beats, each sorted by onset.
        min_count : int
            Words that are heard less often are dropped.
        most : int, optional
            Of the others, how many are kept at most: those heard most often.
        step, lengths, chord_span, pedal, chord_symbols, swings
            As for the codec.

        Raises
        ------
        CorpusError
            No word is left.
        """
        every = tuple(float(length) for length in lengths)
        metre = Metre(float(step), every, chord_span, swings)
        heard = count_words(pieces, metre)
        often = [(-count, word) for word, count in heard.items() if count >= min_count]
        words = sorted(word for _, word in sorted(often)[:most])
        if not words:
            raise CorpusError(
                f"None of the {len(heard)} words in these pieces is heard {min_count} times; "
                "lower min_count, or name more pieces."
            )
        return cls(
            words,
            step=step,
            lengths=lengths,
            chord_span=chord_span,
            pedal=pedal,
            chord_symbols=chord_symbols,
            swings=swings,
        )

    @property
    def swings(self) -> bool:
        """Whether swung notes are read as plain ones, and played as the player swings."""
        return self.metre.swings

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary: index to word."""
        return self._vocabulary.words

    @property
    def index(self) -> dict[str, int]:
        """The vocabulary: word to index."""
        return self._vocabulary.index

    @property
    def nothing(self) -> int:
        """The class that is read where nothing has been played yet."""
        return len(self._vocabulary)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of classes predicted: the words."""
        return (len(self._vocabulary),)

    @property
    def input_sizes(self) -> tuple[int, ...]:
        """Number of classes read: the words, and nothing yet."""
        return (len(self._vocabulary) + 1,)

    @property
    def start(self) -> tuple[int, ...]:
        """The row read before the first word: nothing yet."""
        return (self.nothing,)

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the words of sorted notes, int32 of shape (words, 1).

        What came before does not matter to a word: `previous_onset` is not looked at.
        """
        swing = self.swing if self.lenient else self.metre.swing(notes)
        keys = self.metre.keys(notes, self.beat, self._span, swing)
        find = self._vocabulary.nearest if self.lenient else self._vocabulary.known
        return find(keys)[:, np.newaxis]

    def decode(
        self,
        classes: NDArray[Any],
        within: NDArray[Any],
        previous_onset: float,
        first_step: float = 0.0,
    ) -> NoteArray:
        """Return the notes of words, shape (words, 1), one word right after another.

        The first begins `first_step` after `previous_onset`: how long the word lasts
        that began there. Nothing is drawn inside a class: `within` is not looked at.
        """
        indices = np.asarray(classes, dtype=np.int64).reshape(-1)
        lengths = self._vocabulary.beats[indices] * self.beat
        onset = previous_onset + first_step + np.cumsum(lengths) - lengths
        if self.swing is not None and len(onset):
            moments = self.swing.played(np.append(onset, onset[-1] + lengths[-1]))
            onset, lengths = moments[:-1], np.diff(moments)
        pitch, rows = self._vocabulary.spread(indices)
        notes = empty_notes(len(pitch))
        notes["pitch"], notes["velocity"] = pitch, self.velocity
        notes["onset"], notes["duration"] = onset[rows], lengths[rows]
        return notes

    def pitches(self, word: int) -> tuple[int, ...]:
        """Return the pitches of one word by its index, ascending."""
        return self._vocabulary.pitches(word) if word != self.nothing else ()

    def length_seconds(self, word: int) -> float:
        """Return how long a word lasts: seconds, or beats where the codec is not tuned."""
        return float(self._vocabulary.beats[word] * self.beat)

    def firsts(self, notes: NoteArray) -> NDArray[np.intp]:
        """Return the first note of each word that a tuned codec reads in sorted notes."""
        return self.metre.firsts(notes, self.beat, self._span)

    def transposed(self, semitones: int) -> NDArray[np.int32]:
        """Return each word's index so many semitones higher, and that of nothing.

        Shape (words + 1,); -1 where the vocabulary has no such word.
        """
        return self._vocabulary.transposed(semitones)

    def word_notes(self, word: int, onset: float) -> NoteArray:
        """Return the notes of one word, which begin together and last as long as it does.

        They begin at `onset` itself and are not swung: whether a word is depends on those
        before it and after it.
        """
        pitch, _ = self._vocabulary.spread(np.array([word]))
        notes = empty_notes(len(pitch))
        notes["pitch"], notes["velocity"] = pitch, self.velocity
        notes["onset"], notes["duration"] = onset, self.length_seconds(word)
        return notes

    def tuned(
        self, notes: NoteArray, beat: float | None = None, swing: Swing | None = None
    ) -> Self:
        """Return a copy in seconds, on the pulse and the loudness of what was played.

        It reads any playing: what is not in the vocabulary as the nearest that is. Without
        a beat, it is estimated from these notes alone. They are swung as `swing` says, in
        seconds; without one they are straight.
        """
        fitted = copy.copy(self)
        fitted.beat = estimate_beat(notes["onset"]) if beat is None else beat
        fitted.velocity = typical_velocity(notes)
        fitted.swing = swing if self.swings else None
        fitted.lenient = True
        fitted._span = CHORD_SPAN  # seconds, as on stage
        return fitted

    def counts(self, pieces: Iterable[NoteArray]) -> Counter[str]:
        """Return how often each word is heard in pieces, in beats, known or not."""
        return count_words(pieces, self.metre)

    def table(self) -> dict[str, Any]:
        """Return the vocabulary, and all else, for a card.

        Cards from before chord symbols could sound have no such key, and those of codecs
        that read swung notes as plain ones do not say so.
        """
        table = {
            "name": self.name,
            "fields": list(self.fields),
            "sizes": list(self.sizes),
            "input_sizes": list(self.input_sizes),
            "start": list(self.start),
            "step": self.metre.step,
            "lengths": list(self.metre.lengths),
            "chord_span": self.metre.chord_span,
            "pedal": self.pedal,
            "words": list(self.words),
        }
        chords = {"chord_symbols": True} if self.chord_symbols else {}
        return {**table, **chords, **({} if self.swings else {"swing": False})}


def count_words(pieces: Iterable[NoteArray], metre: Metre) -> Counter[str]:
    """Return how often each word is heard in pieces, in beats; swung notes are plain ones."""
    counts = np.zeros(SOUNDS * len(metre.beats), dtype=np.int64)
    for piece in pieces:
        keys = metre.keys(piece, swing=metre.swing(piece))
        counts += np.bincount(keys, minlength=len(counts))
    return Counter({metre.word(key): int(counts[key]) for key in np.flatnonzero(counts).tolist()})
