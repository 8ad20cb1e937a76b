"""The kinds of plain phrases.

Each writes the notes of a sketch bar by bar, over a progression of one chord a bar. Half
of the phrases end on a long chord of the tonic, on the first beat after their last bar;
the others stop there, as players do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from antiphon_training.evaluation.phrases.sketch import LEFT_HAND, MELODY, Sketch

SIXTEENTHS = (0.0, 0.25, 0.5, 0.75)
THIRDS = (0.0, 1.0 / 3.0, 2.0 / 3.0)
LONG_SHORT = (0.0, 0.6)
"""A shuffle whose eighths last 60 and 40 % of a beat."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of phrase.

    Attributes
    ----------
    write : callable
        Writes the notes of a sketch.
    tempi : tuple of float
        The slowest and the fastest, in beats a minute.
    grid : tuple of float
        The places in the beat on which notes may lie; empty without a beat.
    metre : int
        Beats in a bar.
    """

    write: Callable[[Sketch], None]
    tempi: tuple[float, float] = (60.0, 168.0)
    grid: tuple[float, ...] = SIXTEENTHS
    metre: int = 4


def _steady(sketch: Sketch) -> None:
    """Write quarters and eighths over a left hand in halves."""
    sketch.upbeat()
    for number in range(sketch.bars):
        for half in (0, 2):
            sketch.add(sketch.bar(number) + half, 1.8, sketch.bass(number), LEFT_HAND)
            tone = sketch.chord(number)[1 + half // 2]
            sketch.add(sketch.bar(number) + half + 1, 0.8, tone, LEFT_HAND)
        for beat in range(sketch.metre):
            at = sketch.bar(number) + beat
            if sketch.rng.random() < 0.5:
                sketch.sing(at, 1.0, number)
            else:
                sketch.sing(at, 0.5, number)
                sketch.sing(at + 0.5, 0.5, number)
    sketch.close()


def _riff(sketch: Sketch) -> None:
    """Write a riff of one bar whose every sixteenth is filled, moved with the chords."""
    shape = sketch.rng.choice([0, 2, 4, 5, 7], size=16)
    accents = 10 * (sketch.rng.random(16) < 0.3)
    for number in range(sketch.bars):
        root = sketch.progression[number % len(sketch.progression)] % 5
        for place in range(16):
            at = sketch.bar(number) + place / 4
            pitch = sketch.pitch(int(shape[place]) + root, 52)
            sketch.add(at, 0.2, pitch, MELODY - 6 + int(accents[place]))
        sketch.add(sketch.bar(number), 3.6, sketch.bass(number), LEFT_HAND)
    sketch.close()


def _swung(sketch: Sketch, second: float) -> None:
    """Write long and short eighths over a walking bass; `second` is where the short one lies."""
    for number in range(sketch.bars):
        for beat in range(sketch.metre):
            at = sketch.bar(number) + beat
            bass = (sketch.bass(number), *sketch.chord(number, 40))[beat]
            sketch.add(at, 0.9, bass, LEFT_HAND)
            if sketch.rng.random() < 0.85:
                sketch.sing(at, second, number)
            if sketch.rng.random() < 0.75:
                sketch.sing(at + second, 1.0 - second, number, MELODY + 4)
    sketch.close()


def _swing(sketch: Sketch) -> None:
    """Write eighths in triplets: 2 to 1."""
    _swung(sketch, 2.0 / 3.0)


def _shuffle(sketch: Sketch) -> None:
    """Write eighths of 60 and 40 % of a beat."""
    _swung(sketch, 0.6)


def _waltz(sketch: Sketch) -> None:
    """Write bass, chord, chord; a melody of quarters, halves, and a few eighths."""
    sketch.upbeat()
    for number in range(sketch.bars):
        start = sketch.bar(number)
        sketch.add(start, 0.9, sketch.bass(number), LEFT_HAND + 4)
        for beat in (1, 2):
            for pitch in sketch.chord(number, 50):
                sketch.add(start + beat, 0.5, pitch, LEFT_HAND - 4)
        match int(sketch.rng.integers(3)):
            case 0:
                sketch.sing(start, 2.0, number)
                sketch.sing(start + 2, 1.0, number)
            case 1:
                for beat in range(3):
                    sketch.sing(start + beat, 1.0, number)
            case _:
                sketch.sing(start, 1.0, number)
                for eighth in (1.0, 1.5, 2.0, 2.5):
                    sketch.sing(start + eighth, 0.5, number)
    sketch.close()


def _block(sketch: Sketch, number: int, at: float, beats: float) -> None:
    """Write a chord of four notes, and its bass."""
    pitches = sketch.chord(number, 57)
    for pitch in (*pitches, pitches[0] + 12):
        sketch.add(at, beats * 0.92, pitch, MELODY - 10)
    sketch.add(at, beats * 0.92, sketch.bass(number), LEFT_HAND)


def _chords(sketch: Sketch) -> None:
    """Write a chord on every beat, or on every other."""
    every = int(sketch.rng.integers(1, 3))
    for number in range(sketch.bars):
        for beat in range(0, sketch.metre, every):
            _block(sketch, number, sketch.bar(number) + beat, float(every))
    sketch.close()


def _slow_chords(sketch: Sketch) -> None:
    """Write a chord a bar, and one more at the end."""
    for number in range(sketch.bars + 1):
        _block(sketch, number, sketch.bar(number), sketch.metre * 0.85)


def _alberti(sketch: Sketch) -> None:
    """Write broken chords in sixteenths under a melody of quarters and halves."""
    for number in range(sketch.bars):
        low, middle, high = sketch.chord(number, 48)
        for place in range(16):
            pitch = (low, high, middle, high)[place % 4]
            sketch.add(sketch.bar(number) + place / 4, 0.24, pitch, LEFT_HAND)
        halves = sketch.rng.random() < 0.5
        for beat in (0, 2) if halves else range(4):
            sketch.sing(sketch.bar(number) + beat, 2.0 if halves else 1.0, number)
    sketch.close()


def _sparse(sketch: Sketch) -> None:
    """Write single notes with rests between them, on beats and half beats; the first a tonic."""
    sketch.upbeat()
    sketch.degree = 0
    sketch.add(0.0, 0.7, sketch.pitch(0, 62))
    for beat in range(1, sketch.bars * sketch.metre):
        if sketch.rng.random() < 0.75 or beat % sketch.metre == 0:
            late = 0.5 if sketch.rng.random() < 0.25 else 0.0
            sketch.sing(beat + late, 0.8, beat // sketch.metre)


def _pop(sketch: Sketch) -> None:
    """Write syncopated chords and a melody that comes a sixteenth or an eighth early."""
    sketch.upbeat()
    pattern = [(0.0, 0.75), (0.75, 0.75), (1.5, 1.0), (2.5, 0.5), (3.0, 0.75), (3.75, 0.25)]
    for number in range(sketch.bars):
        start = sketch.bar(number)
        for at, beats in ((0.0, 1.5), (1.5, 1.0), (2.5, 1.5)):
            sketch.add(start + at, beats * 0.9, sketch.bass(number), LEFT_HAND)
        for at, beats in pattern:
            if sketch.rng.random() < 0.85:
                sketch.sing(start + at, beats, number)
        for at in (0.0, 1.5, 3.0):
            for pitch in sketch.chord(number, 52):
                sketch.add(start + at, 0.7, pitch, LEFT_HAND - 2)
    sketch.close()


def _rubato(sketch: Sketch) -> None:
    """Write without a beat: each gap is drawn by itself, in a tempo that drifts."""
    at, number, pace = 0.0, 0, 0.6
    while at < sketch.bar(sketch.bars):
        beats = pace * float(sketch.rng.lognormal(0.0, 0.45))
        if sketch.rng.random() < 0.25:
            sketch.add(at, 2.0, sketch.bass(number), LEFT_HAND)
            for index, pitch in enumerate(sketch.chord(number, 50)):
                spread = (index + 1) * float(sketch.rng.uniform(0.02, 0.12))
                sketch.add(at + spread, 1.5, pitch, LEFT_HAND)
            number += 1
        sketch.sing(at, beats, number)
        at += beats
        pace = min(max(pace * float(sketch.rng.lognormal(0.0, 0.2)), 0.25), 1.4)


def _dotted(sketch: Sketch) -> None:
    """Write dotted eighths and sixteenths over a bass in quarters."""
    sketch.upbeat()
    for number in range(sketch.bars):
        for beat in range(sketch.metre):
            at = sketch.bar(number) + beat
            sketch.add(at, 0.8, sketch.chord(number, 44)[beat % 2], LEFT_HAND)
            if sketch.rng.random() < 0.75:
                sketch.sing(at, 0.75, number)
                sketch.sing(at + 0.75, 0.25, number)
            else:
                sketch.sing(at, 1.0, number)
    sketch.close()


def _triplets(sketch: Sketch) -> None:
    """Write triplets over a bass in halves, with a quarter here and there."""
    sketch.upbeat()
    for number in range(sketch.bars):
        for beat in range(sketch.metre):
            at = sketch.bar(number) + beat
            if beat % 2 == 0:
                sketch.add(at, 1.8, sketch.bass(number), LEFT_HAND)
            if sketch.rng.random() < 0.8:
                for place in THIRDS:
                    sketch.sing(at + place, 1.0 / 3.0, number)
            else:
                sketch.sing(at, 1.0, number)
    sketch.close()


KINDS: dict[str, Kind] = {
    "steady": Kind(_steady),
    "riff": Kind(_riff, (60.0, 132.0)),
    "swing": Kind(_swing, (90.0, 168.0), THIRDS),
    "shuffle": Kind(_shuffle, (80.0, 150.0), LONG_SHORT),
    "waltz": Kind(_waltz, (80.0, 168.0), metre=3),
    "chords": Kind(_chords, (60.0, 132.0)),
    "slow_chords": Kind(_slow_chords, (69.0, 104.0)),
    "alberti": Kind(_alberti, (60.0, 126.0)),
    "sparse": Kind(_sparse, (60.0, 120.0)),
    "pop": Kind(_pop, (76.0, 140.0)),
    "rubato": Kind(_rubato, (60.0, 90.0), ()),
    "dotted": Kind(_dotted, (60.0, 126.0)),
    "triplets": Kind(_triplets, (60.0, 132.0), THIRDS),
}
"""The kinds of phrases, in the order of reports."""
