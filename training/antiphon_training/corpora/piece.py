"""The music of one file, how files are read, and the sides of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from antiphon.music.note import NoteArray
from antiphon.music.pedal import Pedal

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec

ANY = "any"
"""The name that stands for all tracks, and for all composers."""

NAMELESS = "without a name"
"""How a track that has no name is shown."""

Time = Literal["seconds", "beats"]
"""The unit of onsets and durations: seconds as played, or beats (quarters) as notated."""

Reader = Literal["symusic", "music21"]
"""The library that parses MIDI files."""

Side = Literal["train", "valid", "heldout"]
"""A side of a split: training, validation, held out."""


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of the files of a corpus on each side."""

    train: tuple[int, ...]
    valid: tuple[int, ...]
    heldout: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The way of reading files.

    Attributes
    ----------
    tracks : sequence of str or None
        Names of the tracks to read; None for all, as is the name `any`. Kept as a
        sorted tuple.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or when the sustain pedal is released.
    time : {"seconds", "beats"}
        The unit of onsets and durations.
    reader : {"symusic", "music21"}
        The library that parses MIDI files; scores are always music21's.
    chord_symbols : bool
        Whether the chord symbols of scores sound, as chords of the left hand.
    """

    tracks: Sequence[str] | None = None
    pedal: Pedal = "keys"
    time: Time = "seconds"
    reader: Reader = "symusic"
    chord_symbols: bool = False

    def __post_init__(self) -> None:
        """Sort the tracks: their order makes no difference to what is read."""
        named = sorted(self.tracks or ())
        object.__setattr__(self, "tracks", tuple(named) if named and ANY not in named else None)

    @classmethod
    def for_codec(cls, codec: Codec, tracks: Sequence[str] | None = None) -> Reading:
        """Return how pieces are read that a codec is to encode."""
        return cls(tracks, codec.pedal, codec.time, chord_symbols=codec.chord_symbols)

    def wants(self, track: str) -> bool:
        """Return whether the track of this name is read."""
        return self.tracks is None or track in self.tracks


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The music of one file, or one of the tunes of a file of many.

    Attributes
    ----------
    notes : array of NOTE_DTYPE, shape (notes,)
        Sorted by onset; it may be empty.
    seconds : float
        From the first onset to the last release.
    number : int or None
        The number of the tune in its file, from 1; None where it is the only one.
    tracks : tuple of str
        Names of all tracks with notes other than drums, also of those that are not read.
    composer, title : str or None
        Composer and title, if the file names them.
    counts : dict of str to int
        Numbers of notes that were left out or corrected: see `COUNTED`.
    remarks : tuple of str
        Remarks for the user, each the rest of a sentence that begins with the file.
    """

    notes: NoteArray
    seconds: float
    number: int | None = None
    tracks: tuple[str, ...] = ()
    composer: str | None = None
    title: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def reason_to_leave_out(self, reading: Reading) -> str | None:
        """Return why the piece cannot be used; None if it can."""
        if len(self.notes):
            return None
        if self.tracks and reading.tracks is not None:
            named = " or ".join(reading.tracks)
            return f"has no track called {named}, but {_listed(self.tracks)}"
        return "has no notes but drums" if self.counts.get("drums") else "has no notes"


COUNTED = {
    "drums": "notes of drums, which have no pitch, were left out",
    "graces": "grace notes, which have no length of their own, were left out",
    "chord_symbols": "chord symbols are names over the staff, and no notes; "
    "they sound for a recipe with codec.chord_symbols, such as jazz",
    "unreleased": "notes have no release; they last until their track ends",
}
"""The keys of `Piece.counts`, each with the rest of a sentence that begins with the number."""

MANY_TRACKS = 6
LONG_SECONDS = 45 * 60.0


def common_remarks(tracks: Sequence[str], seconds: float, reading: Reading) -> list[str]:
    """Return remarks on what is unusual about a piece of any format.

    Parameters
    ----------
    tracks : sequence of str
        Names of those with notes.
    seconds : float
        The length of the piece.
    reading : Reading
        Remarks on tracks are made only if it names none.
    """
    remarks = []
    if reading.tracks is None and len(tracks) > MANY_TRACKS:
        remarks.append(
            f"has {len(tracks)} tracks with notes, read as if one player played them all"
        )
    if seconds > LONG_SECONDS:
        remarks.append(f"lasts {round(seconds / 60.0)} minutes, and counts as one piece")
    return remarks


def _listed(tracks: Sequence[str]) -> str:
    """Return names of tracks as a list in words; those without a name are counted."""
    named = list(dict.fromkeys(name for name in map(in_words, tracks) if name != NAMELESS))
    nameless = sum(in_words(name) == NAMELESS for name in tracks)
    return ", ".join([*named, *([f"{nameless} {NAMELESS}"] if nameless else [])])


def in_words(name: str) -> str:
    """Return a name that may have line breaks, or be empty, in one line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(plain.split()) or NAMELESS
