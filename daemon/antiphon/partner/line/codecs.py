"""What the partner needs of a codec: the meaning of rows, one at a time.

`antiphon.music.codecs.performance` and `antiphon.music.codecs.triplet` hold codecs whose rows
are notes, `antiphon.music.codecs.symbols` one whose rows are words. Times are seconds,
for a codec is tuned to the player before it is played from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from antiphon.music.codecs.codec import Codec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note, NoteArray
    from antiphon.music.swing import Swing


class FieldCodec(Codec, Protocol):
    """A codec whose rows are notes: pitch, step, duration, and whatever follows."""

    def time_class(self, seconds: float) -> int:
        """Return the class of one step or duration."""

    def time_range(self, index: int) -> tuple[float, float]:
        """Return the shortest and longest time that a class decodes to, in seconds."""

    def decode_one(
        self,
        classes: Sequence[int] | NDArray[Any],
        within: Sequence[float] | NDArray[Any],
        previous_onset: float,
    ) -> Note:
        """Return the note of one row."""

    def tuned(self, notes: NoteArray, beat: float | None = None) -> FieldCodec:
        """Return a copy fitted to what was played."""


class WordCodec(Codec, Protocol):
    """A codec whose rows are words: all notes that begin together, and until when.

    Attributes
    ----------
    beat : float
        How long a beat is; 1 until the codec is tuned, seconds from then on.
    swing : Swing or None
        How the player swings, once the codec is tuned.
    """

    beat: float
    swing: Swing | None

    @property
    def swings(self) -> bool:
        """Whether swung notes are read as plain ones, and played as the player swings."""

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary: index to word."""

    def firsts(self, notes: NoteArray) -> NDArray[Any]:
        """Return the first note of each word that a tuned codec reads in sorted notes."""

    def transposed(self, semitones: int) -> NDArray[Any]:
        """Return each word's index so many semitones higher, -1 where there is no such word.

        Shape (words + 1,): the last entry is nothing, and -1.
        """

    def pitches(self, word: int) -> tuple[int, ...]:
        """Return the pitches of a word, ascending."""

    def length_seconds(self, word: int) -> float:
        """Return the time until the next word begins; 0 where nothing was played yet."""

    def word_notes(self, word: int, onset: float) -> NoteArray:
        """Return the notes of a word that begins at `onset`."""

    def tuned(
        self, notes: NoteArray, beat: float | None = None, swing: Swing | None = None
    ) -> WordCodec:
        """Return a copy in seconds, on the pulse and with the swing of what was played."""
