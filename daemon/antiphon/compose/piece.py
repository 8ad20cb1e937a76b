"""A composition, as the writers receive it. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.note import NoteArray, sort_notes

if TYPE_CHECKING:
    from antiphon.music.files.writing import Part


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A beginning and what was added to it.

    Attributes
    ----------
    title : str
        The title of a score.
    given, added : array of NOTE_DTYPE
        Sorted by onset; every note has an end. The beginning may be empty.
    programs : tuple of int
        The sounds of both, General MIDI programs, 0 to 127.
    channels : tuple of int
        Their channels, 0 to 15.
    gain : float
        How loud it is rendered, 0 to 10.
    """

    title: str
    given: NoteArray
    added: NoteArray
    programs: tuple[int, int] = (0, 0)
    channels: tuple[int, int] = (0, 1)
    gain: float = 3.0

    @property
    def notes(self) -> NoteArray:
        """All notes, sorted by onset, then pitch."""
        return sort_notes(np.concatenate([self.given, self.added]))

    @property
    def parts(self) -> list[Part]:
        """Both sides as parts of a MIDI file; a side without notes is left out."""
        from antiphon.music.files.writing import Part

        sides = zip(("Player", "Antiphon"), self.programs, self.channels,
                    (self.given, self.added), strict=True)  # fmt: skip
        return [Part(*side) for side in sides if len(side[3])]
