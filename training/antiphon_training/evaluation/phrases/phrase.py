"""Plain phrases: short, made-up phrases whose beat, place in the beat, and key are known.

Each is played as people play: onsets, loudness and lengths vary by random numbers of the
seed. The same seed gives the same phrases. Times are seconds, and each phrase begins
near 0. docs/evaluation.md lists the kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.note import NOTE_DTYPE, SHORTEST_DURATION, NoteArray, sort_notes
from antiphon_training.evaluation.beat_grid import BeatGrid
from antiphon_training.evaluation.phrases.kinds import KINDS
from antiphon_training.evaluation.phrases.sketch import Sketch
from antiphon_training.harmony.keys import Mode, triad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon_training.evaluation.phrases.kinds import Kind

VARIANTS = 4
"""Phrases of each kind, by default."""
LENGTH = 10.0
"""Seconds that a phrase lasts, about: whole bars between 8 and 13 s."""
ONSET_JITTER = 0.008
"""Standard deviation of an onset, in seconds: that of a trained pianist."""
CHORD_JITTER = 0.003
"""That part of `ONSET_JITTER` by which the notes of one chord differ."""
MOST_JITTER = 2.5
"""No onset is off by more standard deviations."""
LOUDNESS_JITTER = 5.0
"""Standard deviation of a velocity."""
LENGTH_JITTER = 0.06
"""Standard deviation of a length, as a share of it."""
BEFORE = 0.05
"""When the first written note falls, in seconds: played, it is not before 0."""


@dataclass(frozen=True, eq=False)
class PlainPhrase:
    """A phrase, and what is known of it.

    Attributes
    ----------
    name : str
        Its kind, tempo and key: "waltz 96 Bb major".
    kind : str
        A key of `KINDS`.
    notes : NoteArray
        Its notes in seconds, sorted; none is still held.
    beat : float or None
        How long a beat (a quarter) is, in seconds; None under rubato.
    phase : float
        When the first beat of the first bar falls, in seconds.
    grid : tuple of float
        The places in the beat, 0 to 1, on which its notes lie and an answer's may lie;
        empty under rubato.
    tonic : int
        The pitch class of its key.
    mode : {"major", "minor"}
        The mode of its key.
    metre : int
        Beats in a bar.
    """

    name: str
    kind: str
    notes: NoteArray
    beat: float | None
    phase: float
    grid: tuple[float, ...]
    tonic: int
    mode: Mode
    metre: int

    @property
    def triad(self) -> tuple[int, int, int]:
        """The pitch classes of the tonic's triad."""
        return triad(self.tonic, self.mode)

    @property
    def beats(self) -> BeatGrid | None:
        """Its beats, with the places of `grid`; None under rubato."""
        return None if self.beat is None else BeatGrid.steady(self.beat, self.phase, self.grid)

    @property
    def end(self) -> float:
        """When the last key comes up, in seconds."""
        return float((self.notes["onset"] + self.notes["duration"]).max())


def plain_phrases(
    variants: int = VARIANTS, seed: int = 0, kinds: Sequence[str] | None = None
) -> list[PlainPhrase]:
    """Return phrases of each kind, in several tempi and keys.

    Parameters
    ----------
    variants : int
        Phrases of each kind. The tempi of a kind are spread evenly over its range.
    seed : int
        Of all random numbers, 0 or more. Reports use 0, so tune with another.
    kinds : sequence of str, optional
        Keys of `KINDS`; all when not given.
    """
    phrases = []
    for number, (name, kind) in enumerate(KINDS.items()):
        if kinds is None or name in kinds:
            for variant in range(variants):
                rng = np.random.default_rng([seed, number, variant])
                share = (variant + float(rng.random())) / variants
                phrases.append(_phrase(name, kind, share, rng))
    return phrases


def _phrase(name: str, kind: Kind, share: float, rng: np.random.Generator) -> PlainPhrase:
    """Return a phrase of a kind; its tempo lies at this share of the kind's range."""
    slowest, fastest = kind.tempi
    tempo = round(slowest * (fastest / slowest) ** share)
    beat = 60.0 / tempo
    bars = max(round(LENGTH / (kind.metre * beat)), 2)
    sketch = Sketch.begun(bars, kind.metre, rng)
    kind.write(sketch)
    key = sketch.key
    phase = BEFORE - min(note.at for note in sketch.notes) * beat
    notes = _performed(sketch, beat, phase, rng)
    return PlainPhrase(
        name=f"{name} {tempo} {key.name}",
        kind=name,
        notes=notes,
        beat=beat if kind.grid else None,
        phase=phase,
        grid=kind.grid,
        tonic=key.tonic,
        mode=key.mode,
        metre=kind.metre,
    )


def _performed(sketch: Sketch, beat: float, phase: float, rng: np.random.Generator) -> NoteArray:
    """Return the notes of a sketch as somebody plays them."""
    places = sorted({note.at for note in sketch.notes})
    together = np.sqrt(ONSET_JITTER**2 - CHORD_JITTER**2)
    late = dict(zip(places, _jitter(rng, len(places), float(together)), strict=True))
    own = _jitter(rng, len(sketch.notes), CHORD_JITTER)
    louder = _jitter(rng, len(sketch.notes), LOUDNESS_JITTER)
    longer = 1.0 + _jitter(rng, len(sketch.notes), LENGTH_JITTER)
    rows = [
        (
            note.pitch,
            max(phase + note.at * beat + late[note.at] + own[index], 0.0),
            note.beats * beat * longer[index],
            int(np.clip(round(note.velocity + louder[index]), 1, 127)),
        )
        for index, note in enumerate(sketch.notes)
    ]
    return _released(sort_notes(np.array(rows, dtype=NOTE_DTYPE)))


def _jitter(rng: np.random.Generator, count: int, deviation: float) -> NDArray[np.float64]:
    drawn = rng.standard_normal(count)
    return np.clip(drawn, -MOST_JITTER, MOST_JITTER) * deviation


def _released(notes: NoteArray) -> NoteArray:
    """Return notes whose keys come up before they are struck again."""
    for pitch in np.unique(notes["pitch"]):
        same = np.flatnonzero(notes["pitch"] == pitch)
        gaps = np.diff(notes["onset"][same])
        longest = np.maximum(gaps - 0.02, SHORTEST_DURATION)
        notes["duration"][same[:-1]] = np.minimum(notes["duration"][same[:-1]], longest)
    return notes
