"""The words of some music that an instrument's vocabulary does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.kinds.registry import CODECS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray


@dataclass(frozen=True, slots=True)
class Outside:
    """The size of the part of some music that a vocabulary does not have.

    Attributes
    ----------
    words, outside : int
        The number of words in the music, and of those that are not in the vocabulary.
    """

    words: int
    outside: int

    @property
    def share(self) -> float:
        """The unknown words' share of all."""
        return self.outside / self.words if self.words else 0.0


def outside_vocabulary(codec: Codec, pieces: Sequence[NoteArray]) -> Outside | None:
    """Return how many words a codec leaves out; None where it has no vocabulary.

    The pieces are in the codec's own unit of time.
    """
    count = CODECS[codec.name].count_unknown
    return None if count is None else Outside(*count(codec, pieces))
