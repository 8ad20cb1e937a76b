from __future__ import annotations

import threading

from antiphon.messages import control_change, note_off, note_on, panic
from antiphon.midi.echo import MOST_SILENCES, PROBE, REMEMBERED, SILENCED, WINDOW, EchoGuard

ON, OFF = note_on(0, 60, 80), note_off(0, 60)


def test_the_partners_own_note_is_an_echo_and_so_is_its_end() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert guard.is_echo(ON, 1.02, "in")
    assert guard.is_echo(bytes((0x90, 60, 0)), 9.0, "in")  # its note-off, whenever and however


def test_each_message_excuses_one_arrival() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert guard.is_echo(ON, 1.01, "in")
    assert not guard.is_echo(ON, 1.02, "in")


def test_another_velocity_or_time_or_pitch_is_the_players() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert not guard.is_echo(note_on(0, 60, 81), 1.01, "in")
    assert not guard.is_echo(note_on(0, 61, 80), 1.01, "in")
    assert not guard.is_echo(ON, 1.0 + WINDOW + 0.001, "in")


def test_the_players_release_counts_though_the_partner_released_the_same_pitch() -> None:
    guard = EchoGuard()
    assert not guard.is_echo(ON, 1.0, "in")
    guard.played(OFF, 1.1)
    assert not guard.is_echo(OFF, 1.11, "in")


def test_a_fast_repetition_through_thru_is_no_echo() -> None:
    probes: list[bytes] = []
    guard = EchoGuard(probes.append)
    now = 1.0
    for _ in range(60):
        for data in (ON, OFF):
            assert not guard.is_echo(data, now, "keyboard")
            guard.passed(data, now)
            now += 0.005
    assert probes == [PROBE]  # asked once, and nothing came back


def test_what_thru_passed_on_is_an_echo_while_the_key_is_down() -> None:
    guard = EchoGuard()
    guard.passed(ON, 1.0)
    assert guard.is_echo(ON, 1.01, "in")
    guard.passed(OFF, 1.1)
    assert guard.is_echo(OFF, 1.11, "in")


def heard_and_passed(guard: EchoGuard, *arrivals: tuple[bytes, float]) -> list[tuple[bytes, float]]:
    """What thru passes on of what arrives at one port."""
    through = []
    for data, now in arrivals:
        if not guard.is_echo(data, now, "in"):
            guard.passed(data, now)
            through.append((data, now))
    return through


def test_a_key_that_is_struck_twice_through_thru_comes_up() -> None:
    strokes = [(ON, 1.0), (ON, 1.002), (OFF, 1.15)]
    assert heard_and_passed(EchoGuard(), *strokes) == [strokes[0], strokes[2]]


def test_of_two_layers_through_thru_each_chord_ends() -> None:
    guard = EchoGuard()
    for chord in range(20):
        start = 1.0 + chord * 0.18
        strokes = [(ON, start), (ON, start + 0.001), (OFF, start + 0.15), (OFF, start + 0.151)]
        assert heard_and_passed(guard, *strokes) == [strokes[0], strokes[2]]


def test_a_key_struck_again_at_once_on_a_source_that_loops_comes_up() -> None:
    guard = EchoGuard()
    guard.is_echo(PROBE, 0.9, "in")
    strokes = [(ON, 1.0), (OFF, 1.04), (ON, 1.06), (OFF, 1.08)]
    assert heard_and_passed(guard, *strokes) == strokes


def test_keys_played_into_a_port_that_loops_come_up() -> None:
    guard = EchoGuard()
    for start in (1.0, 2.0, 2.2):
        played, echoes = (
            [(ON, start), (OFF, start + 0.1)],
            [(ON, start + 0.01), (OFF, start + 0.11)],
        )
        arrivals = [played[0], echoes[0], played[1], echoes[1]]
        assert heard_and_passed(guard, *arrivals) == played


def test_a_loop_is_found_by_the_probe() -> None:
    probes: list[bytes] = []
    guard = EchoGuard(probes.append)
    guard.passed(ON, 1.0)
    guard.passed(OFF, 1.005)
    assert not guard.is_echo(ON, 1.02, "in")  # may be a repetition
    assert probes == [PROBE]
    guard.passed(ON, 1.02)
    assert guard.is_echo(PROBE, 1.04, "in")
    assert guard.is_echo(ON, 1.041, "in")
    pedal = control_change(0, 64, 127)
    guard.passed(pedal, 1.05)
    assert guard.is_echo(pedal, 1.07, "in")
    later = 1.07 + REMEMBERED + 1.0
    guard.passed(pedal, later)
    assert not guard.is_echo(pedal, later + 0.01, "in")


def test_only_the_source_that_loops_is_suspected() -> None:
    guard = EchoGuard()
    guard.is_echo(PROBE, 1.0, "in")
    guard.passed(ON, 1.1)
    guard.passed(OFF, 1.105)
    assert not guard.is_echo(ON, 1.11, "keyboard")


def test_clock_and_garbage_are_no_echo() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert not guard.is_echo(b"\xf8", 1.0, "in")
    assert not guard.is_echo(b"", 1.0, "in")


def test_a_panic_of_ours_is_an_echo_on_any_way_back() -> None:
    guard = EchoGuard()
    for data in panic():
        guard.played(data, 1.0)
    assert len(panic()) == 48
    for data in panic():
        assert guard.is_echo(data, 1.02, "in")
    for data in panic():
        assert not guard.is_echo(data, 1.03, "in")


def test_a_daw_ends_the_notes_of_all_channels_at_once() -> None:
    guard = EchoGuard()
    guard.is_echo(PROBE, 1.0, "daw")  # this source is known to loop
    for data in panic():
        assert not guard.is_echo(data, 1.01, "daw")
        guard.passed(data, 1.01)


def test_a_channel_is_not_silenced_in_a_row_for_ever() -> None:
    guard = EchoGuard()
    stop, lift = control_change(3, 123, 0), control_change(3, 64, 0)
    now = 1.0
    for _ in range(MOST_SILENCES):  # a DAW that is stopped again and again
        for data in (stop, lift):
            assert not guard.is_echo(data, now, "in")
            guard.passed(data, now)
        now += 0.5
    for _ in range(20):
        assert guard.is_echo(stop, now, "in")
        assert guard.is_echo(lift, now, "in")
        now += 0.5
    assert not guard.is_echo(control_change(2, 123, 0), now, "in")
    assert not guard.is_echo(control_change(3, 64, 20), now, "in")  # half a pedal
    guard.passed(note_on(3, 60, 80), now)
    guard.passed(control_change(3, 64, 127), now)
    assert not guard.is_echo(stop, now + 0.1, "in")
    assert not guard.is_echo(lift, now + 0.1, "in")


def test_after_a_second_a_channel_may_be_silenced_again() -> None:
    guard = EchoGuard()
    stop = control_change(3, 123, 0)
    for k in range(10):
        now = 1.0 + k * (SILENCED + 0.001)
        assert not guard.is_echo(stop, now, "in")
        guard.passed(stop, now)


def test_a_source_that_loops_silences_a_channel_once() -> None:
    guard = EchoGuard()
    guard.is_echo(PROBE, 1.0, "loop")
    stop = control_change(3, 123, 0)
    guard.passed(stop, 1.1)
    assert guard.is_echo(stop, 1.5, "loop")
    assert not guard.is_echo(stop, 1.5, "keyboard")


def test_without_thru_what_silences_a_channel_always_counts() -> None:
    guard = EchoGuard()
    guard.played(control_change(0, 123, 0), 1.0)
    assert not guard.is_echo(control_change(0, 123, 0), 1.0 + WINDOW + 0.001, "in")


def test_a_key_struck_after_an_echo_comes_up_by_its_own_note_off() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert guard.is_echo(ON, 1.01, "in")  # and its end is lost: the cable was pulled
    assert not guard.is_echo(note_on(0, 60, 90), 30.0, "in")
    assert not guard.is_echo(OFF, 30.5, "in")


def test_after_all_notes_off_no_note_off_is_an_echo_any_more() -> None:
    guard = EchoGuard()
    guard.played(ON, 1.0)
    assert guard.is_echo(ON, 1.01, "in")
    assert not guard.is_echo(control_change(0, 123, 0), 1.5, "in")
    assert not guard.is_echo(OFF, 20.0, "in")


def test_the_probe_is_sent_with_no_lock_held() -> None:
    # An outlet tells the guard of its panic while it holds its own lock, which the
    # probe needs: one thread in each must not wait for the other.
    asked: list[bool] = []

    def send_probe(data: bytes) -> None:
        other = threading.Thread(target=guard.played, args=(data, 1.02), daemon=True)
        other.start()
        other.join(10.0)
        asked.append(not other.is_alive())

    guard = EchoGuard(send_probe)
    guard.passed(ON, 1.0)
    guard.passed(OFF, 1.005)
    assert not guard.is_echo(ON, 1.02, "in")
    assert asked == [True]
