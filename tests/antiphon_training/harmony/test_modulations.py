"""The signatures of pieces that leave their key for a section, for a moment, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon_training.harmony.modulations import SHORTEST, find_signatures

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAJOR = ((0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7))
MINOR = ((0, 3, 7), (5, 8, 0), (7, 11, 2), (0, 3, 7))
"""The triads of a section's bars, from the tonic up; they come again and again."""


def section(tonic: int, bars: int, triads: tuple[tuple[int, ...], ...] = MAJOR) -> list[list[int]]:
    return [[(tonic + degree) % 12 for degree in triads[n % len(triads)]] for n in range(bars)]


def sounding(bars: list[list[int]]) -> NDArray[np.float64]:
    """Return how much each pitch class sounds in bars of quarters: a triad and its root."""
    out = np.zeros((len(bars), 12))
    for bar, pitches in zip(out, bars, strict=True):
        for pitch in (*pitches, pitches[0]):
            bar[pitch] += 1.0
    return out


def runs(found: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return each signature with the bar that it begins in."""
    changes = [0, *(np.flatnonzero(np.diff(found)) + 1).tolist()]
    return [(bar, int(found[bar])) for bar in changes]


@pytest.mark.parametrize("sharps", range(12))
def test_a_section_in_the_parallel_minor_has_its_own_signature(sharps: int) -> None:
    tonic = 7 * sharps % 12
    bars = [*section(tonic, 16), *section(tonic, 16, MINOR), *section(tonic, 16)]
    found = find_signatures(sounding(bars), sharps)
    assert [sign for _, sign in runs(found)] == [sharps, (sharps - 3) % 12, sharps]
    assert [bar for bar, _ in runs(found)] == pytest.approx([0, 16, 32], abs=2)


def test_a_trio_in_another_major_key_has_its_own_signature() -> None:
    bars = [*section(0, 24), *section(8, 24), *section(0, 24)]
    found = find_signatures(sounding(bars), 0)
    assert [sign for _, sign in runs(found)] == [0, 8, 0]


@pytest.mark.parametrize(("bars", "signatures"), [(24, [0]), (64, [0, 11, 0])])
def test_one_flat_is_worth_a_signature_in_a_long_section(bars: int, signatures: list[int]) -> None:
    whole = [*section(0, 48), *section(5, bars), *section(0, 48)]
    found = find_signatures(sounding(whole), 0)
    assert [sign for _, sign in runs(found)] == signatures


def test_a_piece_may_end_in_another_key_than_it_begins_in() -> None:
    found = find_signatures(sounding([*section(2, 16), *section(9, 16)]), 2)
    assert [sign for _, sign in runs(found)] == [2, 3]


@pytest.mark.parametrize("away", [7, 9, 5, 2])
def test_a_passing_tonicisation_is_not_worth_a_signature(away: int) -> None:
    bars = [*section(0, 16), *section(away, 4), *section(0, 12), *section(away, 4), *section(0, 8)]
    found = find_signatures(sounding(bars), 0)
    assert len(found) == len(bars)
    assert not found.any()


def test_the_relative_minor_has_the_same_signature() -> None:
    bars = [*section(0, 24), *section(9, 24, MINOR), *section(0, 24)]
    assert runs(find_signatures(sounding(bars), 0)) == [(0, 0)]


def test_a_piece_of_one_signature_keeps_that_of_the_whole() -> None:
    """Even if its bars fit another one better: its beginning and its end count there."""
    found = find_signatures(sounding(section(7, 32)), 2)
    assert runs(found) in ([(0, 2)], [(0, 1)])
    assert len(set(found.tolist())) == 1


@pytest.mark.parametrize("bars", [0, 1, SHORTEST, 2 * SHORTEST - 1])
def test_a_short_piece_has_one_signature(bars: int) -> None:
    both = [*section(0, bars // 2), *section(3, bars - bars // 2)]
    assert find_signatures(sounding(both), -3).tolist() == [9] * bars


def test_silent_bars_change_nothing() -> None:
    assert find_signatures(np.zeros((40, 12)), -1).tolist() == [11] * 40
    still = np.zeros((12, 12))
    bars = np.vstack([sounding(section(0, 16)), still, sounding(section(3, 24)), still])
    assert [sign for _, sign in runs(find_signatures(bars, 0))] == [0, 9]


def test_every_signature_lasts_its_shortest_time() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        keys = random.integers(0, 12, 8).tolist()
        lengths = random.integers(3, 20, 8).tolist()
        bars = [bar for key, n in zip(keys, lengths, strict=True) for bar in section(key, n)]
        places = [bar for bar, _ in runs(find_signatures(sounding(bars), 0))]
        assert (np.diff([*places, len(bars)]) >= SHORTEST).all()
