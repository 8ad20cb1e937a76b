"""A plain phrase while it is written: its key, its chords, and its notes in beats.

Beat 0 is the first beat of the first bar; an upbeat lies before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from antiphon_training.harmony.keys import TONICS, Mode

SCALES: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}
PROGRESSIONS: dict[Mode, tuple[tuple[int, ...], ...]] = {
    "major": ((0, 5, 3, 4), (0, 3, 4, 0), (0, 4, 5, 3), (0, 1, 4, 0)),
    "minor": ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 4), (0, 3, 6, 0)),
}
"""Degrees of the scale, one chord a bar; a phrase goes on from the beginning."""

MELODY = 82
LEFT_HAND = 64
ACCENT = 6
"""Velocities: of a melody, of the left hand, and what a note on the first beat has more."""


@dataclass(frozen=True, slots=True)
class PhraseKey:
    """The key of a phrase: a pitch class and a mode."""

    tonic: int
    mode: Mode

    @property
    def name(self) -> str:
        """Its name: "Eb major"."""
        return f"{TONICS[self.mode][self.tonic]} {self.mode}"


@dataclass(frozen=True, slots=True)
class Written:
    """A note of a sketch: onset and length in beats, before anybody plays it."""

    at: float
    beats: float
    pitch: int
    velocity: int


@dataclass(slots=True)
class Sketch:
    """A phrase that is being written.

    Attributes
    ----------
    key : PhraseKey
        Its key.
    bars, metre : int
        How many bars it has, and the beats of each.
    progression : tuple of int
        The degrees of its chords.
    closes : bool
        Whether it ends on a long chord of the tonic.
    rng : Generator
        Gives all choices.
    notes : list of Written
        What was written.
    degree : int
        Where the melody is, in steps of the scale from the tonic of its octave.
    """

    key: PhraseKey
    bars: int
    metre: int
    progression: tuple[int, ...]
    closes: bool
    rng: np.random.Generator
    notes: list[Written] = field(default_factory=list)
    degree: int = 0

    @classmethod
    def begun(cls, bars: int, metre: int, rng: np.random.Generator) -> Sketch:
        """Return an empty sketch in a key drawn at random."""
        mode: Mode = "major" if rng.random() < 0.6 else "minor"
        key = PhraseKey(int(rng.integers(12)), mode)
        progressions = PROGRESSIONS[mode]
        progression = progressions[int(rng.integers(len(progressions)))]
        closes = bool(rng.random() < 0.5)
        degree = int(rng.choice([0, 2, 4, 7]))
        return cls(key, bars, metre, progression, closes, rng, degree=degree)

    def bar(self, number: int) -> float:
        """Return when a bar begins, in beats."""
        return float(number * self.metre)

    def pitch(self, degree: int, lowest: int = 60) -> int:
        """Return the pitch of a degree; degree 0 is the first tonic from `lowest` on."""
        octave, step = divmod(degree, 7)
        tonic = lowest + (self.key.tonic - lowest) % 12
        return tonic + 12 * octave + SCALES[self.key.mode][step]

    def chord(self, number: int, lowest: int = 48) -> tuple[int, ...]:
        """Return the triad of a bar, in close position around `lowest`."""
        root = self.progression[number % len(self.progression)]
        triad = [self.pitch(root + third, 0) % 12 for third in (0, 2, 4)]
        return tuple(sorted(lowest + (pitch - lowest) % 12 for pitch in triad))

    def bass(self, number: int, lowest: int = 36) -> int:
        """Return the root of a bar's chord in the bass."""
        root = self.pitch(self.progression[number % len(self.progression)], 0)
        return lowest + (root - lowest) % 12

    def add(self, at: float, beats: float, pitch: int, velocity: int = MELODY) -> None:
        """Write a note; on the first beat of a bar it is louder."""
        accent = ACCENT if at % self.metre == 0.0 else 0
        self.notes.append(Written(at, beats, pitch, velocity + accent))

    def sing(self, at: float, beats: float, number: int, velocity: int = MELODY) -> None:
        """Write the next note of a melody, which moves by step, and by leap into the chord."""
        leap = self.rng.random() < 0.25
        moves = [-4, -2, 2, 4] if leap else [-1, -1, 0, 1, 1]
        self.degree = min(max(self.degree + int(self.rng.choice(moves)), -3), 9)
        if at % 1.0 == 0.0:  # on the beat it is a tone of the chord
            root = self.progression[number % len(self.progression)]
            away = min(((root - self.degree + third) % 7 for third in (0, 2, 4)), key=_nearest)
            self.degree += away if away <= 3 else away - 7
        self.add(at, beats * 0.9, self.pitch(self.degree, 62), velocity)

    def upbeat(self) -> None:
        """Begin with the dominant on the beat before the first bar, in a third of the phrases."""
        if self.rng.random() < 1.0 / 3.0:
            self.add(-1.0, 0.8, self.pitch(-3, 62))

    def close(self) -> None:
        """End on a chord of the tonic, if the phrase does."""
        if self.closes:
            end = self.bar(self.bars)
            self.add(end, self.metre * 0.6, self.pitch(0, 62))
            for pitch in (self.pitch(0, 38), self.pitch(4, 38)):
                self.add(end, self.metre * 0.6, pitch, LEFT_HAND)


def _nearest(away: int) -> int:
    return min(away, 7 - away)
