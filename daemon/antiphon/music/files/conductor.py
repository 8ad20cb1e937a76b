"""What a file says of its tempo, metre and key, as it stands there.

Whether it holds for the notes is another question: see `telling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.chord_texts import ChordAt, told_chords
from antiphon.music.files.grid import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """A time signature; a bar begins with it.

    Attributes
    ----------
    beat : float
        Where it begins, in quarters from the start of the file.
    count, unit : int
        3 and 4 of 3/4; the unit is a power of two from 1 to 64.
    """

    beat: float
    count: int
    unit: int

    @property
    def bar(self) -> float:
        """The quarters of a bar."""
        return 4.0 * self.count / self.unit


@dataclass(frozen=True, slots=True)
class KeySignature:
    """A key signature.

    Attributes
    ----------
    beat : float
        Where it begins, in quarters from the start of the file.
    fifths : int
        Sharps, -7 to 7; flats below 0.
    minor : bool
        Whether the key is minor.
    """

    beat: float
    fifths: int
    minor: bool


Sign = TypeVar("Sign", TimeSignature, KeySignature)


def counted_from(metres: Sequence[TimeSignature], beats: Array) -> Array:
    """Return where the counting of some beats begins: at the last time signature.

    After a bar of 9/16 the quarters of the next one begin a sixteenth later. The first
    signature holds before its beginning too; without signatures all are counted from 0.
    """
    if not metres:
        return np.zeros_like(beats)
    begins = np.array([metre.beat for metre in metres])
    last: Array = begins[np.maximum(np.searchsorted(begins, beats + TOLERANCE) - 1, 0)]
    return last


@dataclass(frozen=True, slots=True, eq=False)
class Conductor:
    """The tempo map and the signatures of a file.

    Attributes
    ----------
    clock : BeatClock or None
        None where the file counts frames (SMPTE time) and no beats.
    ticks : int
        Ticks to a quarter; 0 without a clock.
    metres : tuple of TimeSignature
        In order; empty where the file says nothing.
    keys : tuple of KeySignature
        In order; empty where the file says nothing.
    chords : tuple of ChordAt
        The chord symbols among its texts, in order.
    """

    clock: BeatClock | None = None
    ticks: int = 0
    metres: tuple[TimeSignature, ...] = ()
    keys: tuple[KeySignature, ...] = ()
    chords: tuple[ChordAt, ...] = ()

    @classmethod
    def of(cls, ticks: int, events: Iterable[tuple[int, Any]]) -> Conductor:
        """Return what a file says.

        Parameters
        ----------
        ticks : int
            The division of its header; negative for SMPTE time.
        events : iterable of (int, mido.MetaMessage)
            The meta events of all its tracks, each with its tick.
        """
        if ticks <= 0:
            return cls()
        events = list(events)
        by_kind: dict[str, list[tuple[int, Any]]] = {}
        for tick, event in events:
            by_kind.setdefault(event.type, []).append((tick, event))
        tempos, metres, keys = (
            by_kind.get(kind, ()) for kind in ("set_tempo", "time_signature", "key_signature")
        )
        changes = ((tick / ticks, event.tempo * 1e-6) for tick, event in tempos if event.tempo)
        times = [
            TimeSignature(tick / ticks, event.numerator, event.denominator)
            for tick, event in _last(metres)
        ]
        signs = [_key(tick / ticks, event.key) for tick, event in _last(keys)]
        return cls(
            BeatClock.of(changes),
            ticks,
            tuple(_barred(times)),
            tuple(_changing(signs)),
            told_chords(ticks, events),
        )


def _last(events: Iterable[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Return events in order of their ticks; of several at one tick the last."""
    return sorted(dict(events).items(), key=lambda event: event[0])


FIFTHS = "FCGDAEB"


def _key(beat: float, name: str) -> KeySignature:
    """Return the signature of a key by its name."""
    minor = name.endswith("m")
    place = FIFTHS.index(name[0]) - 1 + 7 * (name.count("#") - name.count("b"))
    return KeySignature(beat, place - 3 * minor, minor)


def _barred(metres: Sequence[TimeSignature]) -> list[TimeSignature]:
    """Return time signatures without those that repeat the one before at one of its bars."""
    kept: list[TimeSignature] = []
    for metre in metres:
        if kept and (metre.count, metre.unit) == (kept[-1].count, kept[-1].unit):
            bars = (metre.beat - kept[-1].beat) / kept[-1].bar
            if abs(bars - round(bars)) < 1e-6:
                continue
        kept.append(metre)
    return kept


def _changing(keys: Sequence[KeySignature]) -> list[KeySignature]:
    """Return key signatures without those that repeat the one before."""
    kept: list[KeySignature] = []
    for key in keys:
        if not kept or (key.fifths, key.minor) != (kept[-1].fifths, kept[-1].minor):
            kept.append(key)
    return kept
