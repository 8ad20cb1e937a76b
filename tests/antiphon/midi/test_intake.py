from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from antiphon.messages import (
    Clock,
    Control,
    Event,
    Heard,
    NoteOff,
    NoteOn,
    SongPosition,
    Transport,
    control_change,
    note_off,
    note_on,
)
from antiphon.midi.echo import EchoGuard
from antiphon.midi.intake import Intake

if TYPE_CHECKING:
    import pytest


def test_thru_comes_before_the_event() -> None:
    order: list[object] = []
    intake = Intake(order.append, order.append)
    intake.take(note_on(0, 60, 80), 1.0, 1.001)
    heard = Heard(NoteOn(1.0, 0, 60, 80), note_on(0, 60, 80))
    assert order == [note_on(0, 60, 80), heard]


def test_a_clock_is_heard_and_not_passed_on() -> None:
    passed: list[bytes] = []
    heard: list[Heard] = []
    intake = Intake(passed.append, heard.append)
    for data in (b"\xf8", b"\xfa", b"\xf2\x10\x00", b"\xfc"):
        intake.take(data, 1.0, 1.0)
    assert passed == []
    assert [one.event for one in heard] == [
        Clock(1.0), Transport(1.0, "start"), SongPosition(1.0, 16), Transport(1.0, "stop"),
    ]  # fmt: skip


def test_what_is_heard_is_what_came_byte_for_byte() -> None:
    heard: list[Heard] = []
    intake = Intake(None, heard.append)
    data = [b"\x90<P", b"\x80<\x13", b"\x90<\x00", b"\xa0<\x01", b"\xc0\x05", b"\xe3\x01\x02"]
    for message in data:
        intake.take(message, 1.0, 1.0)
    assert [one.data for one in heard] == data


def test_sensing_and_sysex_go_nowhere() -> None:
    order: list[object] = []
    intake = Intake(order.append, order.append)
    for data in (b"\xff", b"\xfe", b"\xf0\x7d\x01\xf7", b"\x90\x3c", b""):
        intake.take(data, 1.0, 1.0)
    assert order == []


def test_an_echo_goes_nowhere() -> None:
    events: list[Event] = []
    guard = EchoGuard()
    intake = Intake(None, lambda heard: events.append(heard.event), guard, port="in")
    guard.played(note_on(0, 60, 80), 1.0)
    intake.take(note_on(0, 60, 80), 1.01, 1.01)
    intake.take(note_off(0, 60), 1.5, 1.5)
    intake.take(note_on(0, 62, 80), 1.6, 1.6)
    assert events == [NoteOn(1.6, 0, 62, 80)]


def test_a_source_that_goes_lets_its_keys_and_pedals_up() -> None:
    passed: list[bytes] = []
    events: list[Event] = []
    intake = Intake(passed.append, lambda heard: events.append(heard.event))
    intake.take(control_change(0, 64, 127), 1.0, 1.0)
    intake.take(note_on(0, 60, 80), 1.0, 1.0)
    passed.clear()
    events.clear()
    intake.release(2.0)
    intake.release(3.0)
    assert passed == [note_off(0, 60), control_change(0, 64, 0)]
    assert events == [NoteOff(2.0, 0, 60), Control(2.0, 0, 64, 0)]


def test_a_failing_receiver_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    events: list[Heard] = []

    def deliver(event: Heard) -> None:
        if not events:
            events.append(event)
            raise RuntimeError("full")
        events.append(event)

    intake = Intake(None, deliver)
    with caplog.at_level(logging.CRITICAL):
        intake.take(note_on(0, 60, 80), 1.0, 1.0)
        intake.take(note_on(0, 61, 80), 1.0, 1.0)
    assert len(events) == 2
