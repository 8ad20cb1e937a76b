"""What every codec can do: turn notes into what a network reads, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import Pedal

TimeUnit = Literal["seconds", "beats"]
"""The unit of onsets and durations: as played, or quarters as notated."""


class Codec(Protocol):
    """Notes to classes and back.

    A note (in `symbols` a word: all notes that begin together) is a row of
    classes, one a field. `sizes` counts the classes that a network predicts,
    `input_sizes` those that it reads; they differ where a row may be read that
    is never predicted: a note that still sounds, or nothing yet.
    """

    @property
    def name(self) -> str:
        """The codec's name in an instrument's card."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields, in the order in which they are predicted."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of classes predicted, a field."""

    @property
    def input_sizes(self) -> tuple[int, ...]:
        """Number of classes read, a field."""

    @property
    def start(self) -> tuple[int, ...]:
        """The row read before the first note of a piece."""

    @property
    def pedal(self) -> Pedal:
        """How durations treat the sustain pedal; applied where notes are made."""

    @property
    def time(self) -> TimeUnit:
        """The unit of the notes that it learns from."""

    @property
    def chord_symbols(self) -> bool:
        """Whether it learns the chord symbols of scores, as chords that sound."""

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, shape (rows, fields).

        `previous_onset` is that of the note before the first; without one the
        first note's step is 0.
        """

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, shape (rows, fields).

        `within` places each value inside its class, uniform in [0, 1).
        """

    def tuned(self, notes: NoteArray, beat: float | None = None) -> Codec:
        """Return a copy fitted to what was just played on stage.

        `beat` is how long a beat is, in seconds, where that is known.

        Whatever the unit of the codec, these notes are in seconds, and so are
        those that the copy encodes and decodes.
        """

    def table(self) -> Mapping[str, Any]:
        """Return what a card must keep of this codec, as JSON values."""
