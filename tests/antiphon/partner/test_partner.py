from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import SettingError
from antiphon.messages import Control, NoteOff, NoteOn, OtherMessage
from antiphon.partner import Play, Silence

if TYPE_CHECKING:
    from .conftest import Kit, Stage  # noqa: TID252

INSTRUMENTS = ("performance", "triplet", "symbols", "steps")


def _check_taken_over(stage: Stage, when: float) -> None:
    """Nothing of the partner's is left, and the window says what was heard."""
    assert stage.pending == []
    assert stage.sounding == []
    assert not stage.partner.answering
    own = [s for s in stage.heard if s.note.onset <= when]
    seed = stage.partner.snapshot(when + 0.001)
    for sounded in own[-8:]:
        rows = (seed["pitch"] == sounded.note.pitch) & (seed["onset"] == sounded.note.onset)
        assert np.count_nonzero(rows) == 1
        lasted = max((sounded.end or 0.0) - sounded.note.onset, 0.001)
        assert seed["duration"][rows][0] == pytest.approx(lasted, abs=0.001)
    assert np.all(seed["onset"] <= when)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    after=st.floats(0.0, 4.0),
    how=st.sampled_from(["key", "sustain", "sostenuto", "soft", "all off", "all sound off"]),
    seed=st.integers(0, 50),
    instrument=st.sampled_from(INSTRUMENTS),
)
def test_the_player_takes_over_at_any_instant(
    kit: Kit, after: float, how: str, seed: int, instrument: str
) -> None:
    phrase = kit.phrase()
    when = phrase[-1].time + after
    event: Any = {
        "key": NoteOn(when, 0, 72, 90),
        "sustain": kit.pedal(when, down=True),
        "sostenuto": kit.pedal(when, down=True, control=66),
        "soft": kit.pedal(when, down=True, control=67),
        "all off": Control(when, 0, 123, 0),
        "all sound off": Control(when, 0, 120, 0),
    }[how]
    stage = kit.stage(seed=seed, instrument=instrument).run(phrase, until=when)
    busy = bool(stage.pending or stage.sounding)
    stage.run([event], until=when)
    if busy or how.startswith("all"):
        assert stage.silences == [when]
    _check_taken_over(stage, when)
    heard = len(stage.heard)
    if how == "key":
        # He holds the key: only after `held_pause` is it the partner's turn.
        stage.run([], until=when + 2.499)
        assert len(stage.heard) == heard
        stage.run([], until=when + 3.0 + (0.6 if instrument in ("symbols", "steps") else 0.0))
        assert len(stage.heard) > heard
    elif how.startswith("all") or after > 0.7:
        stage.run([], until=when + 30.0)
        assert len(stage.heard) == heard


def test_lifting_the_pedal_is_no_take_over(kit: Kit) -> None:
    phrase = [kit.pedal(0.5, down=True), *kit.phrase()]
    stage = kit.stage().run([*phrase, kit.pedal(phrase[-1].time + 1.0, down=False)], until=30.0)
    assert stage.silences == []


@pytest.mark.parametrize("do", ["stop", "panic", "respond", "listen"])
@pytest.mark.parametrize("after", [0.1, 0.5, 0.61, 0.7, 1.5, 9.0])
def test_stop_panic_and_modes_release_everything(kit: Kit, do: str, after: float) -> None:
    phrase = kit.phrase()
    now = phrase[-1].time + after
    stage = kit.stage().run(phrase, until=now)
    partner = stage.partner
    if do == "stop":
        actions = partner.stop(now)
    elif do == "panic":
        actions = partner.panic(now)
    else:
        actions = partner.set_mode(do, now)
    assert actions == [Silence(now, panic=do == "panic")]
    stage.take(actions)
    _check_taken_over(stage, now)
    heard = len(stage.heard)
    stage.run(kit.phrase(start=now + 5.0), until=now + 30.0)
    assert (len(stage.heard) > heard) == (do in ("panic", "respond"))
    assert partner.next_wake() is None


def test_who_only_listens_remembers(kit: Kit) -> None:
    stage = kit.stage(mode="listen").run(kit.phrase(), until=10.0)
    assert stage.actions == []
    assert len(stage.partner.snapshot(10.0)) == 8
    # What was played while listening is no longer answered.
    stage.take(stage.partner.set_mode("respond", 10.0))
    stage.run([], until=20.0)
    assert stage.heard == []
    stage.run(kit.phrase(start=21.0), until=30.0)
    assert stage.heard


def test_an_unknown_mode_is_refused_and_changes_nothing(kit: Kit) -> None:
    partner = kit.partner()
    with pytest.raises(SettingError, match="respond, listen"):
        partner.set_mode("dance", 1.0)
    assert partner.mode == "respond"


def test_after_stop_nothing_is_heard(kit: Kit) -> None:
    partner = kit.partner()
    assert partner.stop(1.0) == [Silence(1.0)]
    assert partner.stop(1.1) == [Silence(1.1)]
    assert [partner.hear(event) for event in kit.phrase(start=2.0)] == [[]] * 16
    assert partner.tick(9.0) == []


def test_drums_are_no_phrase_unless_asked_for(kit: Kit) -> None:
    drums = kit.phrase(channel=9)
    assert kit.stage().run(drums, until=20.0).actions == []
    assert kit.stage(ignored_channels=()).run(drums, until=20.0).heard


RUBBISH = [
    NoteOff(1.0, 0, 60),
    NoteOn(1.0, 0, 60, 0),
    NoteOn(1.0, 0, 200, 80),
    NoteOn(1.0, 0, -1, 80),
    NoteOn(1.0, 0, 60, 300),
    NoteOn(float("nan"), 0, 60, 80),
    NoteOn(float("inf"), 0, 60, 80),
    NoteOn(1.0, 99, 60, 80),
    Control(1.0, 0, 64, -5),
    Control(1.0, 0, 1, 64),
    Control(float("-inf"), 0, 64, 127),
    OtherMessage(1.0, b"\xe0\x00\x40"),
]


@pytest.mark.parametrize("event", RUBBISH, ids=repr)
def test_rubbish_does_nothing(kit: Kit, event: Any) -> None:
    partner = kit.partner()
    assert partner.hear(event) == []
    assert partner.next_wake() is None
    stage = kit.stage().run(kit.phrase(), until=4.5)
    assert stage.partner.answering
    assert stage.partner.hear(event) == []
    assert stage.partner.answering


def test_a_note_off_without_its_note_does_not_put_off_the_answer(kit: Kit) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time + 0.6
    stray = [NoteOff(end - 0.1, 0, 99), NoteOff(end - 0.05, 3, 60)]
    stage = kit.stage().run([*phrase, *stray], until=20.0)
    assert end <= stage.onsets[0] <= end + 0.17


# Random players: (gap to the next event, what happens).
_moves = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0.001, 0.3), st.floats(0.3, 8.0)),
        st.sampled_from(["on", "off", "pedal", "soft", "drum", "panic", "other"]),
        st.integers(40, 52),
        st.integers(0, 127),
        st.floats(-0.05, 0.0),
    ),
    max_size=60,
)


def _events(moves: list[tuple[float, str, int, int, float]]) -> list[Any]:
    now, events = 1.0, []
    for gap, kind, pitch, value, shift in moves:
        now += gap
        stamp = now + shift  # stamps come a little out of order
        events.append(
            {
                "on": NoteOn(stamp, 0, pitch, value),
                "off": NoteOff(stamp, 0, pitch),
                "pedal": Control(stamp, 0, 64, value),
                "soft": Control(stamp, 0, 67, value),
                "drum": NoteOn(stamp, 9, pitch, value),
                "panic": Control(stamp, 0, 123, 0),
                "other": OtherMessage(stamp, b"\xd0\x40"),
            }[kind]
        )
    return events


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    moves=_moves,
    seed=st.integers(0, 3),
    lag=st.sampled_from([0.0, 0.002, 0.05, 0.4]),
    pedal=st.sampled_from(["keys", "sustain"]),
    instrument=st.sampled_from(INSTRUMENTS),
)
def test_whatever_is_played_the_promises_hold(
    kit: Kit,
    moves: list[tuple[float, str, int, int, float]],
    seed: int,
    lag: float,
    pedal: str,
    instrument: str,
) -> None:
    stage = kit.stage(seed=seed, lag=lag, pedal=pedal, instrument=instrument)
    for event in _events(moves):
        silences = len(stage.silences)
        stage.run([event], until=max(stage.now, event.time))
        if len(stage.silences) > silences:
            assert stage.pending == []
            assert stage.sounding == []
    stage.run([], until=stage.now + 60.0)
    # At rest: the last answer has ended, and there is nothing to wake for.
    assert stage.partner.next_wake() is None
    assert stage.pending == []
    assert stage.sounding == []
    plays = [action for action in stage.actions if isinstance(action, Play)]
    assert len({play.identity for play in plays}) == len(plays)
    _check_answers(stage)
    most = 64 if instrument == "performance" else 4 * 32
    assert len(stage.partner.snapshot(stage.now)) <= most


def _check_answers(stage: Stage) -> None:
    """No answer, uninterrupted, is longer than the longest, and none has a long gap."""
    answer: list[float] = []
    for action in stage.actions:
        if isinstance(action, Silence):
            answer = []
            continue
        onset = action.note.onset
        if answer and onset - answer[-1] > 2.0 + 0.41:
            answer = []
        answer.append(onset)
        assert onset >= max(answer)
        assert onset - answer[0] <= 20.0


def test_an_hour_of_jamming_takes_a_second_or_two(kit: Kit) -> None:
    imitator = kit.imitator(memory=32)
    stage = kit.stage(predictor=imitator)
    began = time.perf_counter()
    rng = np.random.default_rng(7)
    start = 1.0
    while start < 3600.0:
        pitches = rng.integers(48, 84, int(rng.integers(4, 24))).tolist()
        events = kit.phrase(start=start, gap=float(rng.uniform(0.08, 0.5)), pitches=pitches)
        rest = float(rng.uniform(3.0, 12.0))  # in some he takes over, in some he waits
        stage.run(events, until=events[-1].time + rest)
        start = stage.now
    seconds = time.perf_counter() - began
    assert len(stage.heard) > 2000
    assert len(stage.silences) > 20
    assert stage.now >= 3600.0
    assert seconds < 20.0  # a second or two; more only where the machine is busy
