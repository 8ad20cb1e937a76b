"""The signs of ornaments that play around a note: trills, turns and mordents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from antiphon_training.notation.graces import grace_name

if TYPE_CHECKING:
    from antiphon_training.notation.spelling import Key, Name

FIFTHS = "FCGDAEB"


class Kind(StrEnum):
    """An ornament, by MusicXML's name of its sign."""

    TRILL = "trill-mark"
    SHORT_TRILL = "inverted-mordent"
    MORDENT = "mordent"
    TURN = "turn"
    INVERTED_TURN = "inverted-turn"


@dataclass(frozen=True, slots=True)
class Sign:
    """An ornament of a note.

    Attributes
    ----------
    kind : Kind
        Its sign.
    upper, lower : int or None
        The pitches of the notes beside it that it plays.
    delayed : bool
        Whether the note sounds first, and the ornament at its end.
    """

    kind: Kind
    upper: int | None = None
    lower: int | None = None
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Ornament:
    """The sign of an ornament, as it is written.

    Attributes
    ----------
    kind : Kind
        The sign.
    above, below : int or None
        The accidental over and under it, in sharps, where a note that it plays is not of the key.
    delayed : bool
        Whether it stands after the note.
    """

    kind: Kind
    above: int | None = None
    below: int | None = None
    delayed: bool = False


def ornament(sign: Sign, main: Name, key: Key) -> Ornament:
    """Return the sign of an ornament of a note that is called `main`, in a key."""
    above, below = (
        None if pitch is None else _accidental(grace_name(pitch, main), key)
        for pitch in (sign.upper, sign.lower)
    )
    return Ornament(sign.kind, above, below, sign.delayed)


def _accidental(name: Name, key: Key) -> int | None:
    """Return the sharps of a name; None if the key has them too."""
    step, sharps, _ = name
    place = FIFTHS.index(step)
    of_key = int(place < key.fifths) - int(len(FIFTHS) - 1 - place < -key.fifths)
    return None if sharps == of_key else sharps
