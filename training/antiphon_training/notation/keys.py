"""The keys of a page: as a file tells them or as they are heard, and the names they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.tonality import PITCH_CLASSES
from antiphon_training.harmony.keys import weigh
from antiphon_training.harmony.modulations import find_signatures
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.spelling import MOST_SIGNS, Key, Name, find_key, spell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.files.notated import Notated
    from antiphon.music.note import NoteArray
    from antiphon_training.notation.metres import Metres


def told_keys(told: Notated, shift: int) -> tuple[tuple[int, Key], ...]:
    """Return the keys that a file tells, by tick; the first holds from 0 on.

    The first beat of the file is at the tick `shift`.
    """
    keys = [(round(sign.beat * BEAT) + shift, Key(sign.fifths, sign.minor)) for sign in told.keys]
    if not keys:
        return ()
    first = max(shift, 0)  # a key from the first beat on is that of the pickup's bar, too
    before = [key for tick, key in keys if tick <= first]
    return ((0, before[-1] if before else keys[0][1]), *(each for each in keys if each[0] > first))


def heard_keys(
    notes: NoteArray, starts: NDArray[np.int64], metres: Metres
) -> tuple[tuple[int, Key], ...]:
    """Return the keys that are heard, by tick, each from a bar line; the first from 0 on.

    Parameters
    ----------
    notes : NoteArray
        In seconds.
    starts : int array, shape (notes,)
        The tick of each note.
    metres : Metres
        The bars.
    """
    whole = find_key(notes)
    if not len(notes):
        return ((0, whole),)
    lines = [start for start, _ in metres.bars(int(starts.max()) + 1)]
    bars = np.searchsorted(lines, starts, side="right") - 1
    sounding = np.zeros((len(lines), PITCH_CLASSES))
    np.add.at(sounding, (bars, notes["pitch"] % PITCH_CLASSES), weigh(notes))
    signatures = find_signatures(sounding, whole.fifths)
    changes = np.flatnonzero(np.diff(signatures)) + 1
    if not len(changes):
        return ((0, whole),)
    fifths = _fifths(signatures)
    keys = [(lines[bar], Key(int(fifths[bar]), minor=False)) for bar in (0, *changes.tolist())]
    return with_modes(tuple(keys), notes, starts)


def _fifths(signatures: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return sharps or flats of sharps modulo 12; of six, those that most other bars have."""
    fifths = np.where(signatures > MOST_SIGNS, signatures - PITCH_CLASSES, signatures)
    flats = fifths[fifths != MOST_SIGNS].sum() < 0
    return np.where((fifths == MOST_SIGNS) & flats, -MOST_SIGNS, fifths)


def with_modes(
    keys: tuple[tuple[int, Key], ...], notes: NoteArray, starts: NDArray[np.int64]
) -> tuple[tuple[int, Key], ...]:
    """Return told keys with the mode of their notes: many programs call every key major."""
    heard: list[tuple[int, Key]] = []
    for number, (tick, key) in enumerate(keys):
        last = keys[number + 1][0] if number + 1 < len(keys) else np.inf
        inside = ((starts >= tick) | (number == 0)) & (starts < last)
        heard.append((tick, key if key.minor else find_key(notes[inside], key.fifths)))
    return tuple(heard)


def names_in(
    starts: NDArray[np.int64],
    pitches: NDArray[np.int64],
    right: NDArray[np.bool_],
    keys: tuple[tuple[int, Key], ...],
) -> list[Name]:
    """Return the name of each note, by the key that it is in."""
    names: list[Name] = []
    edges = [*np.searchsorted(starts, [tick for tick, _ in keys]).tolist(), len(starts)]
    edges[0] = 0
    for (_, key), first, last in zip(keys, edges[:-1], edges[1:], strict=True):
        part = slice(first, last)
        names += spell(starts[part] / BEAT, pitches[part], right[part], key)
    return names
