"""The log of a stage: every kind of input and output is read as it was written."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages import (
    ClockEvent,
    Control,
    Event,
    Heard,
    NoteOff,
    NoteOn,
    OtherMessage,
)
from antiphon.music.note import Note
from antiphon.partner import Cancel, Change, End, Forget, Panic, Play, Report, Silence, Stop
from antiphon.partner.inputs import Input
from antiphon.partner.outputs import Output
from antiphon.stage import log as module
from antiphon.stage.log import GIVEN, StageLog, entry_of, entry_of_output, input_of, output_of

times = st.floats(0.0, 1e6, allow_nan=False)
channels, bytes7 = st.integers(0, 15), st.integers(0, 127)


def message(kind: int, *data: Any) -> Any:
    """Return messages of one kind, on any channel."""
    return st.builds(
        lambda time, channel, *rest: Heard.parse(bytes((kind | channel, *rest)), time),
        times, channels, *data,
    )  # fmt: skip


HEARD = {
    NoteOn: message(0x90, bytes7, st.integers(1, 127)),
    NoteOff: st.one_of(message(0x80, bytes7, bytes7), message(0x90, bytes7, st.just(0))),
    Control: message(0xB0, bytes7, bytes7),
    OtherMessage: st.one_of(
        message(0xA0, bytes7, bytes7), message(0xC0, bytes7), message(0xD0, bytes7),
        message(0xE0, bytes7, bytes7),
    ),
}  # fmt: skip
INPUTS = {
    Heard: st.one_of(*HEARD.values()),
    Change: st.builds(
        Change,
        times,
        st.text(),
        st.one_of(st.text(), st.floats(allow_nan=False), st.integers(), st.booleans()),
    ),
    Panic: st.builds(Panic, times),
    Forget: st.builds(Forget, times, st.sampled_from(["phrase", "all"])),
    Stop: st.builds(Stop, times),
}
notes = st.builds(Note, bytes7, times, st.one_of(st.none(), times), st.integers(1, 127))
OUTPUTS = {
    Play: st.builds(Play, st.integers(1, 1 << 40), notes),
    End: st.builds(End, times, st.integers(1, 1 << 40)),
    Cancel: st.builds(Cancel, times),
    Silence: st.builds(Silence, times, st.booleans()),
}
UNLOGGED = {Report}
"""What is no part of a log: it changes nothing that sounds."""


def written(entry: object) -> Any:
    """Return an entry as it comes from a file."""
    return json.loads(json.dumps(entry))


def test_there_are_kinds_to_try() -> None:
    assert {Heard, Change, Panic, Forget, Stop} <= set(get_args(Input))
    assert {Play, End, Cancel, Silence} <= set(get_args(Output))
    assert {NoteOn, NoteOff, Control, OtherMessage} <= set(get_args(Event))


@pytest.mark.parametrize("kind", get_args(Input))
@given(data=st.data())
def test_every_kind_of_input_is_read_as_it_was_written(kind: type, data: Any) -> None:
    one = data.draw(INPUTS[kind])
    assert type(one) is kind
    assert entry_of(one)[0] in GIVEN
    assert input_of(written(entry_of(one))) == one


@pytest.mark.parametrize("kind", get_args(Event))
@given(data=st.data())
def test_every_kind_of_message_is_read_as_it_was_written(kind: type, data: Any) -> None:
    one = data.draw(HEARD[kind])
    assert type(one.event) is kind
    assert input_of(written(entry_of(one))) == one


@pytest.mark.parametrize("kind", [kind for kind in get_args(Output) if kind not in UNLOGGED])
@given(data=st.data())
def test_every_kind_of_output_is_read_as_it_was_written(kind: type, data: Any) -> None:
    one = data.draw(OUTPUTS[kind])
    assert type(one) is kind
    entry = entry_of_output(one)
    assert entry is not None
    assert entry[0] not in GIVEN
    assert output_of(written(entry)) == one


def test_entries_of_different_kinds_have_different_names() -> None:
    outputs = [Play(1, Note(60, 0.1, None, 9)), End(0.2, 1), Cancel(0.3), Silence(0.4)]
    names = [entry[0] for output in outputs if (entry := entry_of_output(output))]
    assert len({*names, *GIVEN}) == 4 + len(GIVEN)
    assert entry_of_output(Report(0.0, "echo", playing=True)) is None


@pytest.mark.parametrize(
    "entry",
    [["play", 1, 60, 0.1, 0.2], ["play", 1, 200, 0.1, 0.2, 9], ["end", 1], ["dance", 0.1], []],
)
def test_what_is_no_output_is_refused(entry: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"no output|pitch 200"):
        output_of(entry)


CLOCKS = (b"\xf8", b"\xfa", b"\xfb", b"\xfc", b"\xf2\x10\x00")


def test_a_clock_is_logged_for_the_partner_follows_it() -> None:
    log = StageLog()
    kinds, heard = set(), []
    for data in CLOCKS:
        given = Heard.parse(data, 1.0)
        assert given is not None
        kinds.add(type(given.event))
        heard.append(given)
        log.took(given)
    assert kinds == set(get_args(ClockEvent))
    assert [input_of(entry) for entry in log.entries()] == heard


def test_a_log_that_nobody_writes_ends_and_stays_a_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    log = StageLog()
    for time in range(5):
        log.ticked(float(time))
    assert log.ended
    assert len(list(log.lines())) == 3
    log.ticked(9.0)
    assert list(log.lines()) == []
