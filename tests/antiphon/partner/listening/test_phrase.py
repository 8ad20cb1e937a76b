from __future__ import annotations

import math

import pytest

from antiphon.partner.listening.phrase import PhraseDetector
from antiphon.partner.settings import PartnerSettings


def _play(detector: PhraseDetector, onsets: list[float], length: float = 0.05) -> None:
    for onset in onsets:
        detector.press(onset)
        detector.lift(onset + length)


def test_a_fast_player_is_answered_after_the_shortest_pause() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.1 * i for i in range(16)])
    assert detector.end() == pytest.approx(1.5 + 0.05 + 0.6)
    assert detector.seconds() == pytest.approx(1.55)


def test_a_slow_player_is_given_two_of_his_gaps() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.2 * i for i in range(5)], length=1.0)
    assert detector.pause == pytest.approx(2.4)
    assert detector.end() == pytest.approx(4.8 + 1.0 + 2.4)


def test_a_chord_is_one_onset() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [beat + spread for beat in (0.0, 1.0, 2.0, 3.0) for spread in (0, 0.015, 0.03)])
    assert detector.pause == pytest.approx(2.0)


def test_a_slow_player_stays_slow_at_the_start_of_his_next_phrase() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.0, 1.0, 2.0, 3.0])
    detector.clear()
    assert detector.end() is None
    _play(detector, [10.0])
    assert detector.pause == pytest.approx(2.0)
    _play(detector, [10.2, 10.4, 10.6])
    assert detector.pause == pytest.approx(0.6)


def test_who_goes_on_where_he_seemed_to_have_finished_is_given_more_time() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.0])
    assert detector.pause == pytest.approx(0.6)
    detector.clear()
    detector.press(1.5, resumed=True)
    assert detector.pause == pytest.approx(3.0)


def test_a_rest_is_no_gap_and_the_pause_has_a_limit() -> None:
    detector = PhraseDetector(PartnerSettings(longest_pause=4.0))
    _play(detector, [0.0, 50.0, 53.0, 56.0, 59.0])
    assert detector.pause == 4.0


def test_a_held_key_is_waited_for_longer() -> None:
    detector = PhraseDetector(PartnerSettings())
    detector.press(1.0)
    assert detector.end(held_until=math.inf) == pytest.approx(3.5)
    assert detector.seconds(held_until=math.inf) == pytest.approx(2.5)
    detector.lift(1.3)
    assert detector.end() == pytest.approx(1.9)


def test_keys_heard_out_of_order_do_no_harm() -> None:
    detector = PhraseDetector(PartnerSettings())
    for onset in (1.0, 1.5, 1.49, 2.0, 1.98):
        detector.press(onset)
        detector.lift(onset)
    assert detector.pause == pytest.approx(1.0)
    assert detector.end() == pytest.approx(3.0)
