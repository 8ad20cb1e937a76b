from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.messages import Control, NoteOff, NoteOn, OtherMessage
from antiphon.midi.intake import Intake
from antiphon.partner import MODES, Change, Panic, PartnerSections, Play, Silence, Stop

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

INSTRUMENTS = ("performance", "triplet", "symbols", "steps")


def _check_taken_over(stage: Stage, when: float) -> None:
    """Nothing of the partner's is left, and the window says what was heard."""
    assert stage.pending == []
    assert stage.sounding == []
    assert not stage.answering
    own = [s for s in stage.heard if s.note.onset <= when]
    seed = stage.snapshot(when + 0.001)
    for sounded in own[-8:]:
        rows = (seed["pitch"] == sounded.note.pitch) & (seed["onset"] == sounded.note.onset)
        assert np.count_nonzero(rows) == 1
        lasted = max((sounded.end or 0.0) - sounded.note.onset, 0.001)
        assert seed["duration"][rows][0] == pytest.approx(lasted, abs=0.001)
    assert np.all(seed["onset"] <= when)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    after=st.floats(0.0, 4.0),
    how=st.sampled_from(["key", "sustain", "panic"]),
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
        "panic": Panic(when),
    }[how]
    stage = kit.stage(seed=seed, instrument=instrument).run(phrase, until=when)
    busy = bool(stage.pending or stage.sounding)
    answered = bool(stage.heard)
    stage.run([event], until=when)
    if busy or how == "panic":
        assert stage.silences == [when]
    assert stage.panics == (how == "panic")
    _check_taken_over(stage, when)
    heard = len(stage.heard)
    wait = 0.6 if instrument in ("symbols", "steps") else 0.0
    if how == "key":
        # The key is held: only after `held_pause` is it the partner's turn.
        stage.run([], until=when + 2.499)
        assert len(stage.heard) == heard
        stage.run([], until=when + 6.5 + wait)  # patience, and until a bar is over
        assert len(stage.heard) > heard
    elif how == "panic":
        stage.run([], until=when + 30.0)
        assert len(stage.heard) == heard
    elif not answered:
        # A pedal says nothing: the phrase is answered as if it had not been pressed.
        stage.run([], until=phrase[-1].time + 5.5 + wait)
        assert stage.heard


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("pedal", ["stop", "finish", "ignore"])
def test_a_pedal_alone_never_leaves_the_player_without_an_answer(
    kit: Kit, pedal: str, instrument: str
) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time + 0.6
    stage = kit.stage(pedal_does=pedal, instrument=instrument).run(phrase, until=end + 0.8)
    assert stage.answering
    sounding = [*stage.sounding]
    stage.run([kit.pedal(stage.now, down=True)], until=stage.now)
    now = stage.now
    assert stage.answering == (pedal == "ignore")
    assert (stage.silences == [now]) == (pedal == "stop")
    assert stage.pending == [] or pedal == "ignore"
    assert stage.sounding == ([] if pedal == "stop" else sounding)
    heard = len(stage.heard)
    stage.run([], until=now + 0.599)
    assert len(stage.heard) == heard or pedal == "ignore"
    stage.run([], until=now + 12.0)
    assert len(stage.heard) > heard
    assert stage.pending == stage.sounding == []


@pytest.mark.parametrize("moves", [(61, 66, 63, 65) * 8, (127, 58, 73, 20, 0), (0, 30, 60, 50)])
def test_a_pedal_that_hovers_or_bounces_ends_no_answer(kit: Kit, moves: tuple[int, ...]) -> None:
    phrase = kit.phrase()
    down = [] if moves[0] != 127 else [kit.pedal(0.5, down=True)]
    pause = 2.8 if down else 1.0  # a pedal that is down is waited for longer
    stage = kit.stage().run([*down, *phrase], until=phrase[-1].time + pause)
    assert stage.answering
    start = stage.now
    hover = [Control(start + 0.05 * step, 0, 64, value) for step, value in enumerate(moves)]
    stage.run(hover, until=start + 30.0)
    assert stage.silences == []
    assert stage.onsets[-1] > start + 0.5


@pytest.mark.parametrize("control", [66, 67, 65, 1, 121])
def test_other_pedals_and_wheels_end_no_answer(kit: Kit, control: int) -> None:
    phrase = kit.phrase()
    stage = kit.stage().run(phrase, until=phrase[-1].time + 1.0)
    assert stage.answering
    stage.run([kit.pedal(stage.now, down=True, control=control)], until=stage.now)
    assert stage.answering
    assert stage.silences == []


def test_lifting_the_pedal_is_no_take_over(kit: Kit) -> None:
    phrase = [kit.pedal(0.5, down=True), *kit.phrase()]
    stage = kit.stage().run([*phrase, kit.pedal(phrase[-1].time + 1.0, down=False)], until=30.0)
    assert stage.silences == []


@pytest.mark.parametrize("do", ["stop", "panic", *MODES])
@pytest.mark.parametrize("after", [0.1, 0.5, 0.61, 0.7, 1.5, 9.0])
def test_stop_panic_and_modes_release_everything(kit: Kit, do: str, after: float) -> None:
    phrase = kit.phrase()
    now = phrase[-1].time + after
    before = "listen" if do == "respond" else "respond"
    stage = kit.stage(mode=before).run(phrase, until=now)
    outputs = len(stage.outputs)
    commands = {"stop": Stop(now), "panic": Panic(now)}
    stage.run([commands.get(do, Change(now, "partner.mode", do))], until=now)
    if do == before:
        assert stage.outputs[outputs:] == []
        return
    assert stage.outputs[outputs:] == [Silence(now, panic=do == "panic")]
    _check_taken_over(stage, now)
    heard = len(stage.heard)
    stage.run(kit.phrase(start=now + 5.0), until=now + 9.0)
    assert (len(stage.heard) > heard) == (do not in ("stop", "listen"))
    stage.run([Stop(now + 9.0)], until=now + 10.0)
    assert stage.partner.next_wake() is None
    assert stage.sounding == stage.pending == []


def test_one_that_only_listens_remembers(kit: Kit) -> None:
    stage = kit.stage(mode="listen").run(kit.phrase(), until=10.0)
    assert stage.outputs == []
    assert len(stage.snapshot(10.0)) == 8
    # What was played while listening is no longer answered.
    stage.run([Change(10.0, "partner.mode", "respond")], until=20.0)
    assert stage.heard == []
    stage.run(kit.phrase(start=21.0), until=30.0)
    assert stage.heard


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("partner.mode", "dance", "respond"),
        ("partner.paus", 1.0, "did you mean partner.pause?"),
        ("partner.low", 120, "must not exceed"),
        ("partner.seed", 3, "cannot change while playing"),
        ("midi.channel", 3, "no section midi"),
    ],
)
def test_a_change_that_cannot_be_is_reported_and_changes_nothing(
    kit: Kit, name: str, value: Any, sentence: str
) -> None:
    phrase = kit.phrase()
    stage = kit.stage().run(phrase, until=phrase[-1].time + 1.0)
    assert stage.answering
    stage.run([Change(stage.now, name, value)], until=stage.now)
    assert len(stage.sentences) == 1
    assert sentence in stage.sentences[0]
    assert stage.answering
    assert stage.partner.ensemble.sections == PartnerSections()


def test_a_change_of_temperature_holds_in_the_middle_of_an_answer(kit: Kit) -> None:
    phrase = kit.phrase()
    plain = kit.stage(seed=3).run(phrase, until=30.0)
    now = phrase[-1].time + 1.2
    changed = kit.stage(seed=3)
    changed.run([*phrase, Change(now, "partner.temperature", "8")], until=30.0)
    same = [s.note for s in plain.heard if s.note.onset < now]
    assert len(same) > 1
    assert [s.note for s in changed.heard][: len(same)] == same
    assert [s.note for s in changed.heard] != [s.note for s in plain.heard]


def test_a_change_of_range_moves_what_is_played_next(kit: Kit) -> None:
    phrase = kit.phrase(pitches=[60, 62, 64, 65] * 4)
    stage = kit.stage(horizon=0.1).run(phrase, until=phrase[-1].time + 1.2)
    last = max(onset for _, onset in stage.planned)
    stage.run([Change(stage.now, "partner.low", 72)], until=30.0)
    later = [s.note.pitch for s in stage.heard if s.note.onset > last]
    assert len(later) > 1
    assert min(later) >= 72


def test_after_stop_nothing_is_heard(kit: Kit) -> None:
    partner = kit.partner()
    assert partner.take(Stop(1.0)) == [Silence(1.0)]
    assert partner.take(Stop(1.1)) == []
    assert [partner.take(kit.given(event)) for event in kit.phrase(start=2.0)] == [[]] * 16
    assert partner.tick(9.0) == []


def test_drums_are_no_phrase_unless_asked_for(kit: Kit) -> None:
    drums = kit.phrase(channel=9)
    assert kit.stage().run(drums, until=20.0).outputs == []
    assert kit.stage(ignored_channels=()).run(drums, until=20.0).heard


RUBBISH = [
    b"",
    b"\x90",
    b"\x90\x3c",
    b"\x90\xc8\x50",
    b"\x90\x3c\xff",
    b"\x3c\x50",
    b"\x90\x3c\x50\x40",
    b"\xf0\x7d\x01\xf7",
    b"\xfe",
    b"\xff",
    b"\x80\x3c\x40",
    b"\x90\x3c\x00",
    b"\xb0\x01\x40",
    b"\xb0\x7b\x00",
    b"\xb9\x78\x00",
    b"\xe0\x00\x40",
    b"\xf8",
    b"\xfa",
    b"\xfc",
    b"\xf2\x00\x10",
]


@pytest.mark.parametrize("data", RUBBISH, ids=bytes.hex)
def test_what_means_nothing_does_nothing(kit: Kit, data: bytes) -> None:
    stage = kit.stage()
    intake = Intake(None, lambda heard: stage.run([heard], until=stage.now))  # type: ignore[arg-type, return-value]
    intake.take(data, 1.0, 1.0)
    assert stage.outputs == []
    assert stage.partner.next_wake() is None
    stage.run(kit.phrase(start=2.0), until=5.5)
    assert stage.answering
    outputs = len(stage.outputs)
    intake.take(data, 5.5, 5.5)
    assert stage.answering
    assert stage.outputs[outputs:] == []


def test_a_note_off_without_its_note_does_not_put_off_the_answer(kit: Kit) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time + 0.6
    stray = [NoteOff(end - 0.1, 0, 99), NoteOff(end - 0.05, 3, 60)]
    stage = kit.stage().run([*phrase, *stray], until=20.0)
    assert end <= stage.onsets[0] <= end + 0.29  # the next place in the beat


# Random players: (gap to the next event, what happens).
_moves = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0.001, 0.3), st.floats(0.3, 8.0)),
        st.sampled_from(["on", "off", "pedal", "soft", "drum", "all off", "panic", "other"]),
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
                "on": NoteOn(stamp, 0, pitch, max(value, 1)),
                "off": NoteOff(stamp, 0, pitch),
                "pedal": Control(stamp, 0, 64, value),
                "soft": Control(stamp, 0, 67, value),
                "drum": NoteOn(stamp, 9, pitch, max(value, 1)),
                "all off": Control(stamp, 0, 123, 0),
                "panic": Panic(max(stamp, 0.0)),
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
    plays = [action for action in stage.outputs if isinstance(action, Play)]
    assert len({play.identity for play in plays}) == len(plays)
    _check_answers(stage)
    most = 64 if instrument == "performance" else 4 * 32
    assert len(stage.snapshot(stage.now)) <= most


def _check_answers(stage: Stage) -> None:
    """No answer, uninterrupted, is longer than the longest, and none has a long gap."""
    answer: list[float] = []
    for action in stage.outputs:
        if not isinstance(action, Play):
            answer = []
            continue
        onset = action.note.onset
        if answer and onset - answer[-1] > 2.0 + 0.41:
            answer = []
        answer.append(onset)
        assert onset >= max(answer)
        assert onset - answer[0] <= 20.0


def test_it_jams_for_an_hour(kit: Kit) -> None:
    imitator = kit.imitator(memory=32)
    stage = kit.stage(predictor=imitator, form_candidates=1)  # it draws a batch one by one
    rng = np.random.default_rng(7)
    start = 1.0
    while start < 3600.0:
        pitches = rng.integers(48, 84, int(rng.integers(4, 24))).tolist()
        events = kit.phrase(start=start, gap=float(rng.uniform(0.08, 0.5)), pitches=pitches)
        rest = float(rng.uniform(3.0, 12.0))  # in some they take over, in some they wait
        stage.run(events, until=events[-1].time + rest)
        start = stage.now
    assert len(stage.heard) > 2000
    assert len(stage.silences) > 20
    assert stage.now >= 3600.0
