from __future__ import annotations

import math

import numpy as np
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


@pytest.mark.parametrize(("beat", "pause"), [(0.0, 5.0), (0.64, 2.72), (0.3, 2.5), (2.1, 5.0)])
def test_a_slow_player_is_waited_for_until_the_next_bar_where_the_beat_is_sure(
    beat: float, pause: float
) -> None:
    """But for one of their gaps at least: the beat may be told twice as fast."""
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [2.5 * i for i in range(5)], length=2.0)
    detector.beat = beat
    assert detector.pause == pytest.approx(pause)
    assert detector.end() == pytest.approx(10.0 + 2.0 + pause)


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


def test_chords_are_no_gaps_however_many_notes_they_have() -> None:
    detector = PhraseDetector(PartnerSettings(chord_span=0.05))
    # Rolled chords: each note within the span of the chord's first, not of the one before.
    _play(detector, [beat + roll for beat in (0.0, 1.0, 2.0, 3.0) for roll in (0.0, 0.03, 0.049)])
    assert detector.pause == pytest.approx(2.0)
    _play(detector, [3.06])  # just outside it is an onset of its own
    assert detector.pause == pytest.approx(2.0)
    _play(detector, [3.12, 3.18, 3.24, 3.30])
    assert detector.pause == pytest.approx(0.6)


def test_the_last_sixteen_gaps_count() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.1 * i for i in range(30)])
    slow = [2.9 + 1.0 * i for i in range(1, 10)]
    _play(detector, slow[:7])
    assert detector.pause == pytest.approx(0.6)  # 7 of 16 are slow
    _play(detector, slow[7:])
    assert detector.pause == pytest.approx(2.0)  # 9 of 16 are


def test_a_phrase_begins_with_its_first_key_and_ends_with_its_last_movement() -> None:
    detector = PhraseDetector(PartnerSettings())
    assert detector.start == -math.inf
    assert detector.seconds() == 0.0
    detector.press(2.0)
    detector.press(1.9)  # two cables, out of order
    detector.lift(3.0)
    assert detector.start == 1.9
    assert detector.seconds() == pytest.approx(1.1)
    detector.clear()
    assert detector.start == -math.inf


def test_a_gap_as_long_as_the_longest_pause_counts_and_no_longer_one() -> None:
    for gap, pause in ((2.0, 2.0), (2.1, 0.6)):
        detector = PhraseDetector(PartnerSettings(longest_pause=2.0))
        _play(detector, [0.0, gap, 2 * gap])
        assert detector.pause == pytest.approx(pause)


@pytest.mark.parametrize(("gap", "pause"), [(2.9, 4.0), (3.0, 4.0), (3.1, 0.6)])
def test_a_lone_note_tells_the_tempo_by_the_gap_after_it(gap: float, pause: float) -> None:
    detector = PhraseDetector(PartnerSettings(longest_pause=4.0))
    _play(detector, [10.0])
    detector.clear()
    _play(detector, [10.0 + gap])
    assert detector.pause == pytest.approx(pause)


def test_after_a_phrase_of_several_notes_the_gap_is_a_rest() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.0, 0.3])
    detector.clear()
    _play(detector, [2.0])
    assert detector.pause == pytest.approx(0.6)


@pytest.mark.parametrize(("gap", "pause"), [(4.0, 4.0), (4.5, 1.0)])
def test_who_resumes_after_longer_than_the_longest_pause_has_finished(
    gap: float, pause: float
) -> None:
    detector = PhraseDetector(PartnerSettings(longest_pause=4.0))
    _play(detector, [0.0, 0.5])
    detector.clear()
    detector.press(0.5 + gap, resumed=True)
    # Of two gaps, 0.5 s and this one, the median is taken.
    assert detector.pause == pytest.approx(min(max(pause, 0.6), 4.0))


def test_a_drone_stops_counting_at_its_time() -> None:
    detector = PhraseDetector(PartnerSettings())
    detector.press(1.0)
    assert detector.end(held_until=1.6) == pytest.approx(1.6)
    assert detector.end(held_until=2.0) == pytest.approx(2.0)
    assert detector.end(held_until=3.4) == pytest.approx(3.4)
    assert detector.end(held_until=3.6) == pytest.approx(3.5)
    assert detector.seconds(held_until=2.0) == 0.0
    assert detector.seconds(held_until=3.6) == pytest.approx(2.5)


def test_a_phrase_whose_answer_was_broken_off_is_waited_for_again() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.0, 1.3])
    detector.clear()
    detector.resume(1.0, 5.0)
    assert detector.start == 1.0
    assert detector.end() == pytest.approx(5.6)
    detector.put_off(4.0)  # nothing is moved back
    assert detector.end() == pytest.approx(5.6)


@pytest.mark.parametrize(("slow", "pause"), [(7, 0.6), (8, 1.1), (9, 2.0)])
def test_exactly_sixteen_gaps_count(slow: int, pause: float) -> None:
    """With eight of each the median lies between a fast gap and a slow one."""
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [0.1 * i for i in range(30)])
    _play(detector, [2.9 + 1.0 * i for i in range(1, slow + 1)])
    assert detector.pause == pytest.approx(pause)


@pytest.mark.parametrize("apart", [0.0, -0.01])
def test_a_key_at_the_time_of_the_lone_one_before_it_tells_no_tempo(apart: float) -> None:
    detector = PhraseDetector(PartnerSettings())
    detector.press(10.0)
    detector.clear()  # a panic, say
    _play(detector, [10.0 + apart, 12.0 + apart])
    assert detector.pause == pytest.approx(4.0)


def _answered(detector: PhraseDetector, time: float, let_pass: float) -> float:
    """Play a phrase of 8 s, and go on when so much of its answer has passed; return that time."""
    _play(detector, [time + 0.5 * i for i in range(17)], length=0.0)
    detector.clear(time + 9.0)
    again = time + 9.0 + let_pass
    detector.press(again, resumed=let_pass < PartnerSettings().shortest)
    detector.lift(again)
    return again


def test_who_goes_on_soon_again_and_again_is_given_more_time_each_time() -> None:
    """Somebody who plays straight through does not want answers."""
    detector = PhraseDetector(PartnerSettings(pause=0.5, pause_gaps=0.0))
    pauses, time = [detector.pause], 0.0
    for let_pass in (0.1, 1.4, 1.9, 0.5):
        time = _answered(detector, time, let_pass)
        pauses.append(detector.pause)
    assert pauses == pytest.approx([0.5, 1.0, 2.0, 4.0, 4.0])


def test_an_answer_that_is_listened_to_makes_the_pause_shorter_again() -> None:
    detector = PhraseDetector(PartnerSettings(pause=0.5, pause_gaps=0.0))
    pauses, time = [], 0.0
    for let_pass in (0.1, 1.0, 2.5, 3.9, 4.1, 30.0, 8.0):
        time = _answered(detector, time, let_pass)
        pauses.append(detector.pause)
    # One that is cut off between a quarter and a half of it says neither.
    assert pauses == pytest.approx([1.0, 2.0, 2.0, 2.0, 1.0, 0.5, 0.5])


def test_an_answer_to_a_held_chord_is_as_long_as_the_chord_was_held() -> None:
    detector = PhraseDetector(PartnerSettings(pause_gaps=0.0, held_pause=5.0))
    detector.press(1.0)
    detector.clear(6.1, held_until=math.inf)
    detector.press(8.1)  # 2 s of an answer of 5 s say neither
    assert detector.pause == pytest.approx(0.6)
    detector.clear(8.8)
    detector.press(9.1, resumed=True)
    detector.clear(14.2, held_until=math.inf)
    detector.press(16.2)
    assert detector.pause == pytest.approx(1.2), "else it would be 0.6 again"


def test_patience_is_a_setting_and_waits_for_held_keys_longer_too() -> None:
    for growth, held in ((1.0, 2.5), (1.5, 3.75), (2.0, 5.0), (4.0, 6.0)):
        detector = PhraseDetector(PartnerSettings(pause_gaps=0.0, patience=growth))
        time = _answered(detector, 0.0, 0.1)
        assert detector.pause == pytest.approx(0.6 * growth)
        assert detector.end(held_until=math.inf) == pytest.approx(time + held)
    detector = PhraseDetector(PartnerSettings(pause_gaps=0.0, held_pause=9.0))
    time = _answered(detector, 0.0, 0.1)
    assert detector.end(held_until=math.inf) == pytest.approx(time + 9.0)


def test_a_phrase_without_an_answer_teaches_no_patience() -> None:
    detector = PhraseDetector(PartnerSettings(pause_gaps=0.0))
    _play(detector, [0.0, 0.5])
    detector.clear()  # a panic, or another mode
    detector.press(1.0, resumed=True)
    assert detector.pause == pytest.approx(0.6)


def test_a_pedal_that_is_down_makes_the_pause_longer() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.0, 1.2])
    assert detector.end(pedal_until=math.inf) == pytest.approx(1.25 + 4.0 * 0.6)
    assert detector.end(pedal_until=1.1) == pytest.approx(1.25 + 0.6)  # lifted before the end
    assert detector.end(pedal_until=1.8) == pytest.approx(2.1)  # a moment for the next key
    assert detector.end(pedal_until=3.6) == pytest.approx(1.25 + 4.0 * 0.6)
    slow = PhraseDetector(PartnerSettings(longest_pause=0.8))
    _play(slow, [1.0, 1.2])
    assert slow.end(pedal_until=math.inf) == pytest.approx(1.25 + 0.8)


def test_an_expected_silence_is_no_pause_up_to_four_pauses() -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.0, 1.2])
    assert not detector.judged
    for until, end in ((1.5, 1.85), (2.5, 2.5), (9.0, 1.25 + 4 * 0.6)):
        detector.expect(until)
        assert detector.judged
        assert detector.end() == pytest.approx(end)
    _play(detector, [1.4])  # the player went on: what was expected is over
    assert not detector.judged
    assert detector.end() == pytest.approx(1.45 + 0.6)


@pytest.mark.parametrize("how", ["clear", "resume"])
def test_a_silence_is_judged_anew_after_an_answer(how: str) -> None:
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.0])
    detector.expect(3.0)
    detector.clear()
    if how == "resume":
        detector.resume(1.0, 5.0)
    else:
        _play(detector, [5.0])
    assert not detector.judged


@pytest.mark.parametrize(
    ("beat", "waited"),
    [
        (0.0, 2.5),  # not sure
        (1.0, 4.25),  # one bar
        (0.25, 3.0625),  # three bars
        (0.5, 4.125),  # two bars
        (0.7, 2.975),
        (0.6, 2.55),  # a bar and the time of a late chord: a little more than `held_pause`
        (1.2, 5.0),  # twice `held_pause`
    ],
)
def test_a_held_key_is_waited_for_until_a_bar_is_over_where_the_beat_is_sure(
    beat: float, waited: float
) -> None:
    detector = PhraseDetector(PartnerSettings())
    detector.press(1.0)
    detector.beat = beat
    assert detector.end(held_until=math.inf) == pytest.approx(1.0 + waited)
    assert detector.end() == pytest.approx(1.6)  # the key is up
    hasty = PhraseDetector(PartnerSettings(longest_pause=2.8))
    hasty.press(1.0)
    hasty.beat = beat
    assert hasty.end(held_until=math.inf) == pytest.approx(1.0 + min(waited, 2.8))


@pytest.mark.parametrize("pause", [0.6, 2.0, 2.5, 4.0])
def test_a_beat_that_is_heard_a_little_longer_never_makes_the_wait_a_bar_longer(
    pause: float,
) -> None:
    detector = PhraseDetector(PartnerSettings(held_pause=pause))
    detector.press(1.0)
    waits = []
    beats = np.geomspace(0.25, 1.4, 4001)  # each 0.04 % longer than the one before
    for beat in beats.tolist():
        detector.beat = beat
        end = detector.end(held_until=math.inf)
        assert end is not None
        waits.append(end - 1.0)
    assert np.all(np.array(waits) >= pause - 1e-9)
    assert np.all(np.abs(np.diff(waits)) < 0.05 * beats[1:])


def test_a_pedal_that_is_down_is_not_waited_for_until_a_bar_is_over() -> None:
    """Many keep it down all the time, and nothing but a longer pause tells when they have ended."""
    detector = PhraseDetector(PartnerSettings())
    _play(detector, [1.0, 1.2])
    for beat in (0.0, 0.5, 0.7):
        detector.beat = beat
        assert detector.end(pedal_until=math.inf) == pytest.approx(1.25 + 2.4)
