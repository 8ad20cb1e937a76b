"""The groove is learned from where in the beat a player's notes fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.places import groove_of, learned
from antiphon.partner.listening.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.partner.listening.groove import Groove

BEAT = 0.5
JITTER = 0.008


def moments(places: Sequence[float], beats: int = 16, seed: int = 1) -> np.ndarray:
    """Return onsets at these places of each beat, as hands play them."""
    rng = np.random.default_rng(seed)
    onsets = [BEAT * (beat + place) for beat in range(beats) for place in places]
    return np.sort(np.array(onsets) + rng.normal(0.0, JITTER, len(onsets)))


def groove(places: Sequence[float], beats: int = 16) -> Groove:
    found = learned(moments(places, beats), Beats(BEAT, 0.0))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "places",
    [(0.0,), (0.0, 0.5), (0.0, 0.25, 0.5, 0.75), (0.0, 2 / 3), (0.0, 0.6), (0.0, 1 / 3, 2 / 3)],
)
def test_notes_belong_where_the_player_strikes(places: tuple[float, ...]) -> None:
    found = groove(places)
    assert len(found.peaks) >= len(places)
    strong = found.density.max() / 3.0
    heights = np.interp(found.peaks, (np.arange(960) + 0.5) / 960, found.density)
    kept = sorted(
        float((found.beats.anchor + peak * found.beats.period) / BEAT % 1.0)
        for peak, height in zip(found.peaks, heights, strict=True)
        if height > strong
    )
    assert len(kept) == len(places)
    for place in places:
        off = [abs((peak - place + 0.5) % 1.0 - 0.5) for peak in kept]
        assert min(off) * BEAT < 0.01


def test_swung_offbeats_are_not_mirrored_to_where_nobody_plays() -> None:
    found = groove((0.0, 2 / 3))
    for place in (1 / 6, 0.25, 0.5):
        time = place * BEAT
        inside = found.before(time + 0.01) - found.before(time - 0.01)
        assert inside * BEAT / 0.02 < 0.1


def test_a_riff_that_fills_every_sixteenth_leaves_nothing_between() -> None:
    found = groove((0.0, 0.25, 0.5, 0.75))
    between = [found.density[int((place + 0.125) * 960)] for place in (0.0, 0.25, 0.5, 0.75)]
    assert max(between) < 0.1


def test_late_backbeats_stay_late() -> None:
    found = groove((0.0, 0.5 + 0.03 / BEAT))
    late = found.nearest(0.5 * BEAT + 0.03)
    assert late - round(late / BEAT - 0.5) * BEAT == pytest.approx(0.5 * BEAT + 0.03, abs=0.006)


def test_under_rubato_there_is_none() -> None:
    flat = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        pulse = Pulse()
        for time in np.cumsum(rng.lognormal(-1.0, 0.5, 40)):
            pulse.strike(float(time), 60, 70)
        pulse.follow(1e6)
        flat += groove_of(pulse, pulse.beats()) is None
    assert flat >= 8


def test_too_little_tells_none() -> None:
    assert learned(np.array([0.0, 0.5, 1.0]), Beats(BEAT, 0.0)) is None
    assert groove_of(Pulse(), None) is None


def test_the_beat_is_corrected_by_the_places() -> None:
    found = learned(moments((0.0, 0.5), 24), Beats(BEAT * 1.004, 12 * BEAT))
    assert found is not None
    assert found.beats.period == pytest.approx(BEAT, rel=0.001)
    given = learned(moments((0.0, 0.5), 24), Beats(BEAT * 1.001, 12 * BEAT, given=True))
    assert given is not None
    assert given.beats.period == BEAT * 1.001


def test_the_integral_and_its_inverse() -> None:
    found = groove((0.0, 0.5))
    assert found.density.mean() == pytest.approx(1.0)
    assert found.before(7.0 + BEAT) - found.before(7.0) == pytest.approx(
        BEAT / found.beats.period, abs=0.05
    )
    begin, end = 7.03, 7.19
    for share in (0.0, 0.3, 0.9):
        time = found.within(begin, end, share)
        passed = found.before(time) - found.before(begin)
        assert begin <= time <= end
        assert passed == pytest.approx(share * (found.before(end) - found.before(begin)), abs=1e-6)


def test_who_begins_in_time_does_not_begin_where_nobody_plays() -> None:
    found = groove((0.0, 0.5))
    after = found.next_peak(8.0) + 0.06  # of a beat of half a second
    peak = found.next_peak(after)
    assert peak - after == pytest.approx(0.19, abs=0.02)
    assert found.filled_from(after, peak) == pytest.approx(peak - 0.03)
    assert found.filled_from(peak - 0.01, peak) == peak - 0.01  # it is there already
    soft = found.softened(0.2)
    assert soft.filled_from(after, peak) == after  # others would play there too


def test_strength_softens_it() -> None:
    full = groove((0.0, 0.5))
    half = full.softened(0.5)
    assert full.softened(1.0) is full
    assert full.density.max() > half.density.max() > 1.0
    assert np.ptp(full.softened(0.01).density) < 0.1


def test_a_player_who_lifts_in_time_gets_ends_in_time() -> None:
    exact, loose = Pulse(), Pulse()
    rng = np.random.default_rng(1)
    for number, time in enumerate(moments((0.0, 0.5)).tolist()):
        for pulse in (exact, loose):
            pulse.strike(time, 60, 70)
        exact.release(BEAT * 0.5 * (number + 1) + float(rng.normal(0.0, 0.004)))
        loose.release(time + float(rng.uniform(0.05, 0.4)))
    for pulse in (exact, loose):
        pulse.follow(100.0)
    found = [groove_of(pulse, pulse.beats()) for pulse in (exact, loose)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].ends is not None
    assert found[1].ends is None
    assert len(found[0].ends.peaks) >= 1
