"""A MIDI clock, with the jitter of a DAW, with and without a start."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.messages import Clock, SongPosition, Transport
from antiphon.partner.listening.clock import MidiClock
from antiphon.partner.listening.pulse import Pulse

JITTER = 0.0016
"""Standard deviation of Ardour's clock, in seconds."""


def ticks(begin: float, beats: float, period: float, seed: int = 0) -> list[Clock]:
    rng = np.random.default_rng(seed)
    times = begin + np.arange(round(24 * beats)) * period / 24
    return [Clock(float(time)) for time in np.sort(times + rng.normal(0.0, JITTER, len(times)))]


def hear(clock: MidiClock, *events: Clock | Transport | SongPosition) -> None:
    for event in events:
        clock.hear(event)


@pytest.mark.parametrize("seed", range(4))
def test_the_beat_of_a_clock_that_jitters(seed: int) -> None:
    clock = MidiClock()
    hear(clock, Transport(0.99, "start"), *ticks(1.0, 8.5, 0.5, seed))
    beats = clock.beats(5.3, Pulse())
    assert beats is not None
    assert beats.given
    assert beats.period == pytest.approx(0.5, rel=0.002)
    assert beats.next(5.3) == pytest.approx(5.5, abs=0.0015)


def test_a_song_position_says_where_the_beat_is() -> None:
    clock = MidiClock()
    hear(clock, SongPosition(0.9, 6), Transport(0.95, "continue"), *ticks(1.0, 4.0, 0.5))
    beats = clock.beats(2.9, Pulse())
    assert beats is not None
    assert (beats.next(3.0) - 1.25) / 0.5 == pytest.approx(4.0, abs=0.01)  # six: half a beat in


def test_it_goes_on_where_it_stopped() -> None:
    clock = MidiClock()
    hear(clock, Transport(0.99, "start"), *ticks(1.0, 1.25, 0.5), Transport(1.63, "stop"))
    hear(clock, Transport(4.9, "continue"), *ticks(5.0, 4.0, 0.5))
    beats = clock.beats(6.9, Pulse())
    assert beats is not None
    off = (beats.anchor - 5.0 + 0.125) / 0.5
    assert off == pytest.approx(round(off), abs=0.01)


def test_without_a_start_the_player_says_where_the_beat_is() -> None:
    clock, pulse = MidiClock(), Pulse()
    hear(clock, *ticks(1.0, 12.0, 0.5))
    for number in range(10):
        pulse.strike(1.2 + 0.5 * number, 48, 70)
    pulse.follow(7.0)
    beats = clock.beats(6.9, pulse)
    assert beats is not None
    assert beats.period == pytest.approx(0.5, rel=0.002)
    off = (beats.anchor - 1.2) / 0.5
    assert off == pytest.approx(round(off), abs=0.02)


def test_another_tempo_is_followed_within_a_beat() -> None:
    clock = MidiClock()
    hear(clock, Transport(0.99, "start"), *ticks(1.0, 8.0, 0.5), *ticks(5.0, 1.5, 0.6))
    beats = clock.beats(5.9, Pulse())
    assert beats is not None
    assert beats.period == pytest.approx(0.6, rel=0.01)
    assert beats.next(6.0) == pytest.approx(6.2, abs=0.005)


def test_a_clock_that_stopped_is_forgotten() -> None:
    clock = MidiClock()
    hear(clock, Transport(0.99, "start"), *ticks(1.0, 8.0, 0.5))
    assert clock.beats(6.5, Pulse()) is not None
    assert clock.beats(7.5, Pulse()) is None
    hear(clock, *ticks(20.0, 0.3, 0.5))
    assert clock.beats(20.2, Pulse()) is None  # too few ticks yet
