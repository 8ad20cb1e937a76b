"""Measure how soon the pulse follows another tempo, and how often it jumps without one.

Phrases are made up, so the beat is known: rhythms over a bass on every other beat, played with
jitter, note by note to a pulse that is asked after each moment, in simulated time. A beat is right
that is within 4 % of the player's or of a power of 2 times that, if the next one falls within a
quarter of a sixteenth of one of the player's sixteenths. Times are seconds, tempi beats a minute.

- `changed`: after eight bars the tempo changes at a bar line. `beats`: how many beats later the
  pulse is right and stays so for a bar; `late`: the share of phrases that take more than 4.
- `groove`: the phrase ends so many beats after the change; the share of the groove in the next 6 s
  that lies within 15 % of a sixteenth of the player's. By chance it is 0.3.
- `steady`: the tempo never changes. `jumps`: changes of the beat by more than a fifth, a minute,
  after the first four bars.
- `rhythms`: after eight bars the rhythm changes at a bar line, and the tempo does not.
- `rubato`: each beat differs from the one before by some percent, around one tempo.
- `bending`: a ritardando and an accelerando of a fifth within two bars, then that tempo.

`python benchmarks/tempo.py [--phrases N] [--seed N]` prints one JSON object. Reports use seed 1;
whoever tunes something by it takes another.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.chords import CHORD_SPAN
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIGURES = ((1.0,), (0.5, 0.5), (0.25, 0.25, 0.5), (0.75, 0.25), (0.25,) * 4, (1.5, 0.5), (2.0,))
RHYTHMS: dict[str, tuple[float, ...] | None] = {
    "eighths": (0.5,),
    "chords": (1.0,),
    "dotted": (0.75, 0.25),
    "swing": (2 / 3, 1 / 3),
    "sixteenths": (0.25,),
    "figures": None,
}
"""Steps in beats, again and again; None draws from `FIGURES`."""
OTHERS: dict[str, tuple[float, ...] | None] = RHYTHMS | {
    "triplets": (1 / 3,),
    "halves": (2.0,),
    "syncopated": (0.75, 0.75, 0.5),
    "shuffle": (0.6, 0.4),
}
CHANGES = ((100, 120), (120, 90), (120, 100), (90, 110), (80, 104), (132, 100), (72, 84), (96, 144))
TEMPI = (66, 84, 104, 126)
JITTERS = (0.008, 0.015, 0.025)
"""Standard deviation of an onset: 8 ms is a trained pianist; notes of a chord differ by 3 ms."""
BEFORE, AFTER = 32, 32
"""Beats before and after a change."""
ENDS = (4, 8, 16)
ON_BEAT = 0.15
FIRST = 16
"""Beats in which the pulse may find its way."""
STAYS = 4
"""For so many beats it must be right."""
LATE = 4.0
MOST = 16.0
"""What a pulse that follows later than this, or never, counts for."""
TOLERANCE, SIXTEENTH, JUMP = np.log2(1.04), 0.25, np.log2(1.2)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase: when and what was struck, and where the beats fell.

    Attributes
    ----------
    strokes : list of (float, int, int)
        Onset, pitch, velocity; sorted.
    beats : float64 array, shape (beats,)
        When each beat falls.
    """

    strokes: list[tuple[float, int, int]]
    beats: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What the pulse said after each stroke.

    Attributes
    ----------
    at : float64 array, shape (strokes,)
        The beat of the stroke.
    right : bool array, shape (strokes,)
        Whether the beat was right.
    jumps : bool array, shape (strokes,)
        Whether it had changed by more than a fifth, beside what the player's did.
    seconds : float64 array, shape (strokes,)
        When the stroke was.
    """

    at: NDArray[np.float64]
    right: NDArray[np.bool_]
    jumps: NDArray[np.bool_]
    seconds: NDArray[np.float64]

    def follows(self) -> float:
        """Return how many beats after the change the pulse follows."""
        for begin in self.at[self.at >= BEFORE]:
            within = (self.at >= begin) & (self.at < begin + STAYS)
            if self.right[within].all():
                return min(float(begin) - BEFORE, MOST)
        return MOST

    def after(self, first: float) -> tuple[float, float, float]:
        """Return jumps, minutes, and the share of right beats from a beat on."""
        later = self.at >= first
        minutes = float(np.ptp(self.seconds[later])) / 60.0
        return float(self.jumps[later].sum()), minutes, float(self.right[later].mean())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--phrases", type=int, default=6, help="of each kind and jitter")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seeds = [options.seed * 1000 + number for number in range(options.phrases)]
    print(json.dumps(measured(seeds), indent=1))


def measured(seeds: Sequence[int]) -> dict[str, object]:
    """Return all figures."""
    return {
        "changed": {f"{1000 * jitter:g} ms": changed(seeds, jitter) for jitter in JITTERS[:2]},
        "groove": {f"{beats} beats": groove(seeds, beats) for beats in ENDS},
        "steady": {
            f"{1000 * jitter:g} ms": jumping(
                followed(phrase(seed, [60.0 / tempo] * (BEFORE + AFTER), [steps], jitter))
                for steps in OTHERS.values()
                for tempo in TEMPI
                for seed in seeds
            )
            for jitter in JITTERS
        },
        "rhythms": jumping(
            followed(phrase(seed, [60.0 / tempo] * (BEFORE + AFTER), [before, after], jitter))
            for name, before in RHYTHMS.items()
            for other, after in OTHERS.items()
            for tempo in TEMPI[:: len(TEMPI) // 2]
            for seed, jitter in zip(seeds, JITTERS, strict=False)
            if name != other
        ),
        "rubato": {
            f"{100 * bend:g} %": jumping(
                followed(phrase(seed, free(seed, bend), [steps], JITTERS[0]))
                for steps in RHYTHMS.values()
                for seed in seeds
            )
            for bend in (0.03, 0.06)
        },
        "bending": jumping(
            followed(phrase(seed, bent(by), [steps], JITTERS[0]))
            for steps in RHYTHMS.values()
            for by in (1.2, 1 / 1.2)
            for seed in seeds
        ),
    }


def changed(seeds: Sequence[int], jitter: float) -> dict[str, object]:
    """Return how soon changes of tempo are followed, by rhythm and by change."""
    found: dict[tuple[str, str], list[float]] = {}
    for name, steps in RHYTHMS.items():
        for before, after in CHANGES:
            periods = [60.0 / before] * BEFORE + [60.0 / after] * AFTER
            found[name, f"{before} -> {after}"] = [
                followed(phrase(seed, periods, [steps], jitter)).follows() for seed in seeds
            ]
    every = np.concatenate([*found.values()])
    return summary(every) | {
        "by": {
            one: summary(np.concatenate([v for k, v in found.items() if one in k]))
            for one in dict.fromkeys(kind for pair in found for kind in pair)
        }
    }


def groove(seeds: Sequence[int], beats: int) -> float:
    """Return the share of the groove that is on the beat where a phrase ends after a change."""
    shares = []
    for steps in (RHYTHMS[name] for name in RHYTHMS if name != "swing"):
        for before, after in CHANGES:
            beat = 60.0 / after
            for seed in seeds:
                periods = [60.0 / before] * BEFORE + [beat] * beats
                played = phrase(seed, periods, [steps], JITTERS[0])
                pulse = Pulse()
                for stroke in played.strokes:
                    pulse.strike(*stroke)
                pulse.follow(np.inf)
                found = groove_of(pulse, pulse.beats())
                times = played.strokes[-1][0] + np.arange(0.5, 6.5, 0.002)
                places = 4.0 * (times - played.beats[BEFORE]) / beat
                on_beat = np.abs(places - np.rint(places)) < ON_BEAT
                density = np.ones(len(times))
                if found is not None:
                    density = np.diff(found.before(np.append(times, times[-1] + 0.002)))
                shares.append(float(density @ on_beat / density.sum()))
    return round(float(np.mean(shares)), 3)


def summary(beats: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean and median beats, and the share of late ones."""
    return {
        "beats": round(float(beats.mean()), 2),
        "median": round(float(np.median(beats)), 2),
        "late": round(float((beats > LATE).mean()), 3),
    }


def jumping(phrases: Iterable[Told]) -> dict[str, float]:
    """Return jumps a minute, and how often the beat is right."""
    told = np.array([one.after(FIRST) for one in phrases])
    return {
        "jumps_a_minute": round(float(told[:, 0].sum() / told[:, 1].sum()), 3),
        "right": round(float(told[:, 2].mean()), 3),
    }


def free(seed: int, bend: float) -> list[float]:
    """Return beats that wander around one tempo, each so much off the one before."""
    rng = np.random.default_rng([7, seed])
    periods, off = [], 0.0
    for _ in range(BEFORE + AFTER):
        off = 0.9 * off + rng.normal(0.0, bend)
        periods.append(0.6 * float(np.exp(off)))
    return periods


def bent(by: float) -> list[float]:
    """Return beats that become longer by so much within two bars."""
    return [0.6 * by ** min(max((beat - BEFORE) / 8.0, 0.0), 1.0) for beat in range(BEFORE + AFTER)]


def phrase(
    seed: int, periods: Sequence[float], rhythms: Sequence[tuple[float, ...] | None], jitter: float
) -> Phrase:
    """Return a phrase of beats of these lengths; the second rhythm begins after eight bars."""
    rng = np.random.default_rng(seed)
    starts = 1.0 + np.concatenate([[0.0], np.cumsum(periods)])
    places: list[float] = []
    for number, steps in enumerate(rhythms):
        at = float(BEFORE * number)
        end = float(len(periods) if number + 1 == len(rhythms) else BEFORE * (number + 1))
        while at < end - 1e-9:
            for step in steps or FIGURES[rng.integers(len(FIGURES))]:
                if at < end - 1e-9:
                    places.append(at)
                at += step
    bass = {float(beat) for beat in range(0, len(periods), 2)}
    strokes = []
    for place in sorted(bass.union(round(place, 6) for place in places)):
        late = rng.normal(0.0, jitter)
        time = float(np.interp(place, np.arange(len(starts)), starts)) + late
        pitches = [60 + int(rng.integers(12))] + ([40] if place in bass else [])
        if rhythms[min(int(place) // BEFORE, len(rhythms) - 1)] in ((1.0,), (2.0,)):
            pitches = [45, 60, 64, 67]
        strokes += [(time + float(rng.normal(0.0, 0.003)), pitch, 70) for pitch in pitches]
    return Phrase(sorted(strokes), starts)


def followed(played: Phrase) -> Told:
    """Return what the pulse says after each stroke, beside the truth."""
    pulse, numbers = Pulse(), np.arange(len(played.beats))
    rows: list[tuple[float, bool, float, float]] = []
    nexts = [time for time, _, _ in played.strokes[1:]] + [np.inf]
    for (time, pitch, velocity), then in zip(played.strokes, nexts, strict=True):
        pulse.strike(time, pitch, velocity)
        pulse.follow(min(time + CHORD_SPAN, then))
        told = pulse.beats()
        if told is None:
            continue
        at, place = np.interp([time, told.next(time)], played.beats, numbers)
        number = min(max(float(at), 1.0), len(numbers) - 2.0)
        low, high = np.interp([number - 0.1, number + 0.1], numbers, played.beats)
        apart = float(np.log2(told.period / (high - low) * 0.2))
        off = abs(4.0 * place - round(4.0 * place))
        right = abs(apart - round(apart)) < TOLERANCE and off < SIXTEENTH
        rows.append((float(at), bool(right), told.period, time))
    at_, right_, periods, seconds = (np.array(column) for column in zip(*rows, strict=True))
    moved = [abs(np.log2(b / a)) > JUMP for a, b in pairwise(periods)]
    return Told(at_, right_.astype(bool), np.array([False, *moved]), seconds)


if __name__ == "__main__":
    main()
