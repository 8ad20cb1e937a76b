"""The pulse follows players whose beats are known, note by note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.pulse import Pulse

FIGURES = ((1.0,), (0.5, 0.5), (0.25, 0.25, 0.5), (0.75, 0.25), (0.25,) * 4, (1.5, 0.5), (2.0,))
JITTER = 0.008
SEEDS = range(6)
GRID = 0.030
"""How far a beat may be from the nearest sixteenth of the player's, in seconds."""

Stroke = tuple[float, int, int]
Tempo = Callable[[float], float]


@dataclass
class Playing:
    """What somebody played, and when each of their beats fell."""

    strokes: list[Stroke]
    beats: np.ndarray

    def at(self, time: float) -> float:
        """Return the beat of a time."""
        return float(np.interp(time, self.beats, np.arange(len(self.beats))))

    def period(self, time: float) -> float:
        """Return how long a beat is around a time."""
        number = min(max(self.at(time), 1.0), len(self.beats) - 2.0)
        low, high = np.interp([number - 0.5, number + 0.5], np.arange(len(self.beats)), self.beats)
        return float(high - low)


@dataclass
class Told:
    """What the pulse said after a stroke, beside the truth."""

    time: float
    beat: float
    ratio: float
    off: float

    @property
    def right(self) -> bool:
        """Whether the beat is right, up to powers of 2."""
        octaves = np.log2(self.ratio)
        return abs(octaves - round(octaves)) < 0.04 and abs(self.off) < GRID


def played(
    seed: int, tempo: Tempo, beats: int = 64, left: float = 2.0, pause: tuple[int, int] = (0, 0)
) -> Playing:
    """Return figures at random over a left hand that strikes every `left` beats."""
    rng = np.random.default_rng(seed)
    fine = np.arange(0.0, beats + 0.01, 1 / 48)
    times = 1.0 + np.concatenate([[0.0], np.cumsum([tempo(beat) / 48 for beat in fine[:-1]])])
    score: list[tuple[float, int]] = [(beat, 40) for beat in np.arange(0.0, beats, left)]
    beat = 0.0
    while beat < beats:
        for step in FIGURES[rng.integers(len(FIGURES))]:
            score.append((beat, int(60 + rng.integers(12))))
            beat += step
    heard = [one for one in score if one[0] < beats and not pause[0] <= one[0] < pause[1]]
    strokes = [
        (float(np.interp(at, fine, times) + rng.normal(0.0, JITTER)), pitch, 70)
        for at, pitch in heard
    ]
    return Playing(sorted(strokes), np.interp(np.arange(beats + 1), fine, times))


def followed(playing: Playing, pulse: Pulse | None = None) -> list[Told]:
    """Return what the pulse says after each stroke."""
    pulse = pulse or Pulse()
    told = []
    for time, pitch, velocity in playing.strokes:
        pulse.strike(time, pitch, velocity)
        pulse.follow(time)
        beats = pulse.beats()
        if beats is not None:
            period = playing.period(time)
            sixteenths = playing.at(beats.next(time)) * 4.0
            off = (sixteenths - round(sixteenths)) * period / 4.0
            told.append(Told(time, playing.at(time), beats.period / period, off))
    return told


def share(told: list[Told], first: float = 0.0, last: float = np.inf) -> float:
    """Return how often the beat was right between two beats."""
    rights = [one.right for one in told if first <= one.beat < last]
    assert len(rights) > 3
    return float(np.mean(rights))


def jumps(told: list[Told]) -> int:
    """Return how often the beat became half or double, or anything else."""
    return sum(abs(np.log2(b.ratio / a.ratio)) > 0.3 for a, b in pairwise(told))


@pytest.mark.parametrize("period", [0.36, 0.5, 0.7, 0.95])
def test_a_steady_player_is_followed_and_the_beat_never_jumps(period: float) -> None:
    for seed in SEEDS:
        told = followed(played(seed, lambda _: period))
        assert share(told, 8.0) >= 0.97
        assert jumps([one for one in told if one.beat > 24.0]) == 0


def test_a_steady_beat_is_exact() -> None:
    for seed in SEEDS:
        last = followed(played(seed, lambda _: 0.5))[-1]
        octave = 2.0 ** round(np.log2(last.ratio))
        assert last.ratio == pytest.approx(octave, rel=0.002)
        assert abs(last.off) < 0.012


@pytest.mark.parametrize("bend", [0.0015, -0.0015])
def test_a_drift_is_followed(bend: float) -> None:
    """Within a minute the tempo changes by a tenth."""
    shares = [share(followed(played(s, lambda b: 0.55 * (1 + bend * b))), 8.0) for s in SEEDS]
    assert np.mean(shares) >= 0.85


def test_a_ritardando_is_heard() -> None:
    shares = [
        share(followed(played(s, lambda b: 0.5 * (1 + 0.01 * max(b - 40.0, 0.0)))), 40.0)
        for s in SEEDS
    ]
    assert np.mean(shares) >= 0.6


@pytest.mark.parametrize(("before", "after"), [(0.5, 0.64), (0.6, 0.41), (0.45, 0.52)])
def test_another_tempo_is_found(before: float, after: float) -> None:
    shares: list[tuple[float, float]] = []
    for seed in SEEDS:
        told = followed(played(seed, lambda b: before if b < 32 else after))
        assert share(told, 8.0, 31.0) >= 0.95
        shares.append((share(told, 40.0), share(told, 44.0)))
    soon, later = np.mean(shares, axis=0)
    assert soon >= 0.9
    assert later >= 0.95


def test_a_pause_is_counted_through() -> None:
    for seed in SEEDS:
        playing = played(seed, lambda _: 0.5, pause=(32, 48))
        told = followed(playing)
        before = [one for one in told if 24.0 < one.beat < 32.0]
        after = [one for one in told if 48.0 <= one.beat < 52.0]
        assert len(before) > 3
        assert len(after) > 3
        assert all(one.right for one in [*before, *after])
        assert jumps([*before, *after]) == 0


def next_phrase(pulse: Pulse, times: Sequence[float], pitches: Sequence[int] = (60,)) -> Beats:
    """Play a phrase after an answer; return the beats at its end."""
    for number, time in enumerate(times):
        for pitch in pitches:
            pulse.strike(time, pitch, 70, begins=number == 0 and pitch == pitches[0])
    pulse.follow(times[-1] + 1.0)
    beats = pulse.beats()
    assert beats is not None
    return beats


@pytest.mark.parametrize("before", [0.36, 0.5, 0.62])
@pytest.mark.parametrize(("gap", "count"), [(2.8, 4), (0.74, 8), (0.44, 12)])
def test_the_next_phrase_may_be_in_another_tempo(before: float, gap: float, count: int) -> None:
    """Four slow chords are enough, and what was played before does not blur the groove."""
    for seed in SEEDS:
        playing, pulse = played(seed, lambda _: before, beats=32), Pulse()
        followed(playing, pulse)
        begins = float(playing.beats[-1]) + 6.3
        rng = np.random.default_rng(seed)
        times = begins + gap * np.arange(count) + rng.normal(0.0, 0.004, count)
        beats = next_phrase(pulse, times.tolist(), (40, 60, 64, 67))
        octaves = np.log2(gap / beats.period)
        assert octaves == pytest.approx(round(octaves), abs=0.02)
        assert pulse.moments == pytest.approx(times, abs=0.001)


@pytest.mark.parametrize("beat", [0.0, 1.0])
def test_the_next_phrase_keeps_the_beat(beat: float) -> None:
    """Few notes on its grid prove no other, nor its half or double."""
    for seed in SEEDS:
        playing, pulse = played(seed, lambda _: 0.5, beats=32), Pulse()
        before = followed(playing, pulse)[-1].ratio * 0.5
        rng = np.random.default_rng(seed)
        written = np.array([0.0, 0.5, 1.0, 2.0]) + 12.0 + beat
        times = float(playing.beats[-1]) + 0.5 * written + rng.normal(0.0, JITTER, 4)
        after = next_phrase(pulse, times.tolist())
        assert after.period == pytest.approx(before, rel=0.02)
        away = (after.next(float(times[-1])) - float(playing.beats[-1])) / 0.25
        assert away == pytest.approx(round(away), abs=GRID / 0.25)


def test_where_no_phrase_has_ended_nothing_begins() -> None:
    """The first stroke of a session begins a phrase as well, which changes nothing."""
    playing = played(4, lambda _: 0.5, beats=24)
    told, said = Pulse(), Pulse()
    for number, (time, pitch, velocity) in enumerate(playing.strokes):
        told.strike(time, pitch, velocity, begins=number == 0)
        said.strike(time, pitch, velocity)
    told.follow(1e6)
    said.follow(1e6)
    assert told.beats() is not None
    assert told.beats() == said.beats()
    assert np.array_equal(told.moments, said.moments)


@pytest.mark.parametrize("left", [1.0, 1.5])
def test_a_left_hand_in_another_rhythm_does_not_lead_away(left: float) -> None:
    """Quarters and dotted quarters in the bass, under plain figures."""
    shares = [share(followed(played(s, lambda _: 0.5, left=left)), 16.0) for s in SEEDS]
    assert np.mean(shares) >= 0.8


@pytest.mark.parametrize("parts", [1.0, 0.5])
def test_quarters_that_become_eighths_keep_the_beat(parts: float) -> None:
    """Twice as many notes are not twice the tempo, nor half as many half of it."""
    pulse = Pulse()
    heard: list[float] = []
    time = 0.0
    for step in [0.6 * parts] * 40 + [0.3 / parts] * 40 + [0.6 * parts] * 40:
        pulse.strike(time, 60, 70)
        pulse.follow(time)
        time += step
        beats = pulse.beats()
        if beats is not None and time > 10.0:
            heard.append(beats.period)
    assert len(heard) > 50
    assert max(heard) / min(heard) < 1.1


@pytest.mark.parametrize("gap", [1.6, 2.4, 3.0])
def test_slow_chords_are_halved_and_not_divided_by_three(gap: float) -> None:
    rng = np.random.default_rng(1)
    pulse = Pulse()
    for number in range(6):
        for pitch in (40, 60, 64, 67):
            pulse.strike(1.0 + gap * number + float(rng.normal(0.0, 0.004)), pitch, 70)
    pulse.follow(100.0)
    beats = pulse.beats()
    assert beats is not None
    octaves = np.log2(gap / beats.period)
    assert octaves == pytest.approx(round(octaves), abs=0.02)


def test_without_a_beat_it_is_not_sure() -> None:
    rng = np.random.default_rng(2)
    pulse = Pulse()
    for time in np.cumsum(rng.lognormal(-0.9, 0.6, 80)):
        pulse.strike(float(time), 60, 70)
    pulse.follow(1e6)
    beats = pulse.beats()
    assert beats is not None
    assert beats.confidence < 0.3


def test_too_little_tells_no_beat() -> None:
    pulse = Pulse()
    for time in (1.0, 1.5):
        pulse.strike(time, 60, 70)
    pulse.follow(9.0)
    assert pulse.beats() is None


def test_it_does_not_matter_when_it_is_asked() -> None:
    playing = played(3, lambda _: 0.5)
    often, once = Pulse(), Pulse()
    for time, pitch, velocity in playing.strokes:
        often.strike(time, pitch, velocity)
        for moment in np.linspace(time, time + 0.2, 5).tolist():
            often.follow(min(moment, time))
        once.strike(time, pitch, velocity)
    often.follow(1e6)
    once.follow(1e6)
    assert isinstance(often.beats(), Beats)
    assert often.beats() == once.beats()
    assert np.array_equal(often.moments, once.moments)
