"""The pulse: made-up rhythms at known tempi, scores, and rolls that hands recorded."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.music.files.reading import read_performance
from antiphon.music.pulse import LONGEST, SHORTEST, estimate_beat

if TYPE_CHECKING:
    from numpy.typing import NDArray

MUSIC = Path(__file__).parents[2] / "data"
JITTER = 0.015
FIGURES = ((1.0,), (0.5, 0.5), (0.25, 0.25, 0.5), (0.75, 0.25), (0.25,) * 4, (1.5, 0.5), (2.0,))
TRIPLET = ((1 / 3,) * 3,)
TRIALS = 200
SONGS = {"lc6019054.mid": 0.845070, "lc6158825.mid": 0.652173, "lc6480349.mid": 0.416666}
"""How long a quarter is in each, all through."""


def rhythm(
    generator: np.random.Generator, figures: tuple[tuple[float, ...], ...], notes: int
) -> NDArray[np.float64]:
    """Return onsets in beats, figure after figure at random."""
    steps = [0.0]
    while len(steps) < notes:
        steps += figures[generator.integers(len(figures))]
    return np.cumsum(steps)[:notes]


def right(beat: float, truth: float, tolerance: float = 0.06) -> bool:
    """Return whether a beat is right, up to powers of 2."""
    away = np.log2(beat / truth)
    return bool(abs(away - round(away)) < np.log2(1 + tolerance))


def share(
    kind: str, notes: int, jitter: float = JITTER, figures: tuple[tuple[float, ...], ...] = FIGURES
) -> float:
    """Return how often the beat is right, in made-up playing at 50 to 170 beats a minute."""
    generator = np.random.default_rng(1)
    found = 0
    for _ in range(TRIALS):
        beat = 60.0 / generator.uniform(50.0, 170.0)
        score = rhythm(generator, figures, notes)
        if kind == "rubato":  # the tempo swings by 8 % over 8 beats
            phase = generator.uniform(0.0, 2 * np.pi)
            score = score + 0.08 * 4 / np.pi * np.sin(np.pi * score / 4 + phase)
        if kind == "chords":
            score = np.repeat(score, 3)
        onsets = beat * score + generator.normal(0.0, jitter, len(score))
        found += right(estimate_beat(np.sort(onsets)), beat)
    return found / TRIALS


@pytest.mark.parametrize("notes", [3, 12, 64])
@pytest.mark.parametrize("beat", [0.32, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1])
def test_a_metronome_is_followed(beat: float, notes: int) -> None:
    for part in (1.0, 0.5):
        found = estimate_beat(100.0 + part * beat * np.arange(notes))
        away = np.log2(found / beat)
        assert away == pytest.approx(round(away), abs=0.01 if notes > 3 else 0.05)


@pytest.mark.parametrize(
    ("kind", "notes", "jitter", "least"),
    [
        ("metronomic", 16, 0.0, 0.95),
        ("metronomic", 64, 0.0, 0.98),
        ("metronomic", 16, JITTER, 0.85),
        ("metronomic", 64, JITTER, 0.97),
        ("chords", 16, 0.008, 0.93),
        ("chords", 64, 0.008, 0.98),
        ("rubato", 16, JITTER, 0.62),
        ("rubato", 64, JITTER, 0.85),
    ],
)
def test_how_often_the_beat_is_right(kind: str, notes: int, jitter: float, least: float) -> None:
    assert share(kind, notes, jitter) >= least


def test_triplets_among_other_figures() -> None:
    assert share("metronomic", 64, figures=FIGURES + TRIPLET) >= 0.9


def test_triplets_alone_are_heard_as_halves() -> None:
    # 12/8 or triplets in 4/4: only a metre could tell; either way the grid fits.
    found = estimate_beat(0.2 * np.arange(64))
    assert right(found, 0.2)


@pytest.mark.parametrize("jitter", [0.0, JITTER])
def test_songs_in_tempo(jitter: float) -> None:
    generator = np.random.default_rng(1)
    found = []
    for name, quarter in SONGS.items():
        onsets = read_performance(MUSIC / "songs" / name).notes()["onset"]
        onsets = np.sort(onsets + generator.normal(0.0, jitter, len(onsets)))
        beats = [estimate_beat(onsets[:end][-64:]) for end in range(32, len(onsets), 16)]
        found += [right(beat, quarter) for beat in beats]
    # An Laura always, O Sun mostly; Der Geburtstag runs in triplets, and is heard as 12/8.
    assert np.mean(found) > 0.5


def test_hands_of_1905_keep_a_beat_from_one_window_to_the_next() -> None:
    found = []
    for path in sorted((MUSIC / "rolls").glob("*.mid")):
        onsets = read_performance(path).notes()["onset"]
        beats = [estimate_beat(onsets[:end][-64:]) for end in range(64, len(onsets), 16)]
        found += [right(later, beat, 0.15) for beat, later in pairwise(beats)]
    assert np.mean(found) >= 0.6


@pytest.mark.parametrize("onsets", [[], [1.0], [1.0, 1.5], [1.0, 1.01, 1.02], [5.0] * 200])
def test_too_little_to_tell(onsets: list[float]) -> None:
    assert estimate_beat(np.array(onsets)) == 0.5
    assert estimate_beat(np.array(onsets), default=0.7) == 0.7


@settings(deadline=None)
@given(onsets=st.lists(st.floats(0.0, 1e8), max_size=100).map(sorted))
def test_whatever_is_played_there_is_a_beat(onsets: list[float]) -> None:
    beat = estimate_beat(np.array(onsets))
    assert SHORTEST <= beat <= LONGEST
