"""A tempo that changes within a phrase is followed soon, and what is no other tempo is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from antiphon.partner.listening.places import learned
from antiphon.partner.listening.pulse import Pulse

JITTER = 0.008
SEEDS = range(6)
BEATS = 24
"""Before the change."""
MOMENT = 0.04
"""After so long a moment is over."""

Rhythm = Sequence[float]


def times_of(beat: float, rhythm: Rhythm, beats: float, begin: float, seed: int) -> list[float]:
    """Return when somebody strikes who repeats a rhythm of so many beats."""
    steps = np.tile(rhythm, round(beats / sum(rhythm)))
    places = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    late = np.random.default_rng(seed).normal(0.0, JITTER, len(places))
    played: list[float] = (begin + beat * places + late).tolist()
    return played


def heard(times: Sequence[float], pulse: Pulse, pitches: Rhythm = (60,)) -> list[float]:
    """Play chords; return how long the beat is after each."""
    periods = []
    for time in times:
        for pitch in pitches:
            pulse.strike(time, int(pitch), 70)
        pulse.follow(time + MOMENT)
        beats = pulse.beats()
        periods.append(0.0 if beats is None else beats.period)
    return periods


def octaves(period: float, beat: float) -> float:
    """Return how far a beat is from a power of 2 times another, in octaves."""
    apart = float(np.log2(period / beat))
    return apart - round(apart)


@pytest.mark.parametrize(("before", "after"), [(100, 120), (120, 100), (90, 110), (72, 84)])
@pytest.mark.parametrize(
    ("rhythm", "within"),
    [((0.5,), 3.0), ((1.0,), 5.0), ((0.75, 0.25), 4.0)],
    ids=["eighths", "quarters", "dotted"],
)
def test_another_tempo_is_followed_soon(
    before: int, after: int, rhythm: Rhythm, within: float
) -> None:
    right = []
    for seed in SEEDS:
        pulse, beat = Pulse(), 60.0 / after
        turn = 1.0 + BEATS * 60.0 / before
        heard(times_of(60.0 / before, rhythm, BEATS, 1.0, seed), pulse)
        periods = heard(times_of(beat, rhythm, 8, turn, seed + 100), pulse)
        places = np.cumsum(np.tile(rhythm, round(8 / sum(rhythm))))  # of the next moments
        later = np.array(periods)[1:][places[:-1] > within - 0.1]
        assert len(later) > 2
        right.append(all(abs(octaves(period, beat)) < 0.06 for period in later))
    assert sum(right) >= 5


@pytest.mark.parametrize("rhythm", [(0.25,), (2 / 3, 1 / 3), (0.75, 0.75, 0.5), (2.0,)])
def test_another_rhythm_is_no_other_tempo(rhythm: Rhythm) -> None:
    for seed in SEEDS:
        pulse = Pulse()
        heard(times_of(0.6, (0.5,), BEATS, 1.0, seed), pulse)
        later = heard(times_of(0.6, rhythm, 12, 1.0 + 0.6 * BEATS, seed + 100), pulse)
        assert len(later) > 5
        assert all(abs(octaves(period, 0.6)) < 0.04 for period in later)


@pytest.mark.parametrize("count", [3, 6, 9])
def test_a_trill_is_no_other_tempo(count: int) -> None:
    for seed in SEEDS:
        pulse = Pulse()
        heard(times_of(0.6, (0.5,), BEATS, 1.0, seed), pulse)
        begin = 1.0 + 0.6 * BEATS
        trill = heard([begin + 0.07 * number for number in range(count)], pulse)
        after = heard(times_of(0.6, (0.5,), 8, begin + 1.2, seed + 100), pulse)
        assert all(abs(octaves(period, 0.6)) < 0.13 for period in trill)
        assert len(after[2:]) > 5
        assert all(abs(octaves(period, 0.6)) < 0.04 for period in after[2:])


def test_the_groove_is_that_of_the_new_tempo() -> None:
    """What was played before the change would lie anywhere in the new beat."""
    pulse, turn = Pulse(), 1.0 + BEATS * 0.6
    heard(times_of(0.6, (0.5,), BEATS, 1.0, 1), pulse)
    heard(times_of(0.5, (0.5,), 8, turn, 2), pulse)
    assert pulse.moments == pytest.approx(times_of(0.5, (0.5,), 8, turn, 2), abs=0.001)
    beats = pulse.beats()
    assert beats is not None
    groove = learned(pulse.moments, beats)
    assert groove is not None
    apart = [peak * groove.beats.period + groove.beats.anchor - turn for peak in groove.peaks]
    assert len(apart) > 0
    assert all(abs(octave / 0.125 - round(octave / 0.125)) < 0.16 for octave in apart)
