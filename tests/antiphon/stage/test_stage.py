"""What the stage makes of a partner's outputs, and how a simulation steps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import note_off, note_on
from antiphon.music.note import Note
from antiphon.partner.inputs import Panic, Stop
from antiphon.partner.outputs import Cancel, End, Play, Report, Silence
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import StageLog
from antiphon.stage.simulation import MOST_IDLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.partner.inputs import Input
    from antiphon.partner.outputs import Output


class Scripted:
    """A partner that does at its times what is written, and notes when it was woken."""

    def __init__(
        self, script: dict[float, list[Output]], panic: list[Output] | None = None
    ) -> None:
        self.script = dict(script)
        self.on_panic = panic or []
        self.given: list[Input] = []
        self.woken: list[float] = []

    def take(self, given: Input) -> list[Output]:
        self.given.append(given)
        return []

    def tick(self, now: float) -> list[Output]:
        self.woken.append(now)
        due = [time for time in self.script if time <= now]
        return [output for time in sorted(due) for output in self.script.pop(time)]

    def next_wake(self) -> float | None:
        return min(self.script, default=None)


class Ears:
    """An outlet that notes when what arrived."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)


def a_stage(
    partner: Scripted, **how: Callable[..., None]
) -> tuple[Stage, list[tuple[float, bytes]]]:
    heard: list[tuple[float, bytes]] = []
    stage = Stage(partner, Ears(), 3, leaving=lambda data, now: heard.append((now, data)), **how)  # type: ignore[arg-type]
    return stage, heard


def test_each_message_leaves_at_its_time_on_the_partners_channel() -> None:
    partner = Scripted(
        {
            1.0: [Play(1, Note(60, 1.5, 0.5, 80)), Play(2, Note(64, 1.25, None, 81))],
            3.0: [End(3.25, 2)],
        }
    )
    stage, heard = a_stage(partner)
    simulation = Simulation(stage).run([], until=5.0)
    assert heard == [
        (1.25, note_on(3, 64, 81)),
        (1.5, note_on(3, 60, 80)),
        (2.0, note_off(3, 60)),
        (3.25, note_off(3, 64)),
    ]
    assert partner.woken == [1.0, 3.0]
    assert (simulation.now, simulation.ticks) == (5.0, 2)


def test_what_is_due_at_once_leaves_without_waking_a_thread() -> None:
    woken: list[int] = []
    partner = Scripted({1.0: [Play(1, Note(60, 1.0, None, 80))]})
    stage, heard = a_stage(partner, changed=lambda: woken.append(1))
    stage.tick(1.0)
    assert heard == [(1.0, note_on(3, 60, 80))]
    assert woken == []


def test_a_thread_is_woken_only_where_it_has_to_play_sooner() -> None:
    woken: list[int] = []
    partner = Scripted(
        {
            1.0: [Play(1, Note(60, 5.0, 1.0, 80))],
            2.0: [Play(2, Note(61, 6.0, 1.0, 80))],
            2.5: [Play(3, Note(62, 5.0, 1.0, 80))],
            3.0: [Play(4, Note(63, 4.0, 1.0, 80))],
            3.5: [Cancel(3.9)],
        }
    )
    stage, _ = a_stage(partner, changed=lambda: woken.append(1))
    counts = []
    for now in (1.0, 2.0, 2.5, 3.0, 3.5):
        stage.tick(now)
        counts.append(len(woken))
    assert counts == [1, 1, 1, 2, 2]
    assert stage.next_play() is None


def test_only_a_silence_by_panic_reaches_every_device() -> None:
    panics: list[int] = []
    reports: list[Report] = []
    told = Report(2.0, "respond", False, "hello")
    sounding: list[Output] = [Play(1, Note(60, 1.0, 9.0, 80))]
    partner = Scripted({1.0: sounding, 2.0: [Silence(2.0), told], 3.0: [Silence(3.0, panic=True)]})
    stage, heard = a_stage(partner, panic=lambda: panics.append(1), report=reports.append)
    stage.tick(1.0)
    stage.tick(2.0)
    assert heard == [(1.0, note_on(3, 60, 80)), (2.0, note_off(3, 60))]
    assert (panics, reports) == ([], [told])
    stage.tick(3.0)
    assert panics == [1]


def test_nobody_needs_to_watch() -> None:
    outputs: list[Output] = [Report(1.0, "respond", False), Silence(1.0, panic=True)]
    outlet = Ears()
    stage = Stage(Scripted({1.0: [*outputs, Play(1, Note(60, 1.0, 1.0, 80))]}), outlet)
    stage.tick(1.0)
    assert outlet.sent == [note_on(0, 60, 80)]


def test_after_a_failure_what_sounds_is_released_before_the_partner_is_asked() -> None:
    partner = Scripted({1.0: [Play(1, Note(60, 1.0, 9.0, 80)), Play(2, Note(64, 2.0, 1.0, 80))]})
    stage, heard = a_stage(partner)
    stage.tick(1.0)
    stage.recover(1.5)
    stage.play(9.0)
    assert heard == [(1.0, note_on(3, 60, 80)), (1.5, note_off(3, 60))]
    assert partner.given == [Panic(1.5)]


def test_after_the_end_nothing_sounds_any_more() -> None:
    note = Play(1, Note(60, 1.0, 9.0, 80))
    partner = Scripted({1.0: [note], 3.0: [Play(2, Note(64, 3.0, 1.0, 80))]})
    stage, heard = a_stage(partner)
    stage.tick(1.0)
    stage.stop(2.0)
    stage.tick(3.0)
    stage.play(9.0)
    assert heard == [(1.0, note_on(3, 60, 80)), (2.0, note_off(3, 60))]
    assert partner.given == [Stop(2.0)]
    assert stage.next_play() is None


def test_a_device_that_fails_keeps_no_other_message_back(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Ears):
        def send(self, data: bytes) -> None:
            super().send(data)
            raise OSError("unplugged")

    outlet = Broken()
    stage = Stage(Scripted({1.0: [Play(i, Note(60 + i, 1.0, 1.0, 80)) for i in (0, 1)]}), outlet)
    stage.tick(1.0)
    assert outlet.sent == [note_on(0, 60, 80), note_on(0, 61, 80)]
    assert caplog.text.count("a message could not be played") == 2


def test_a_tick_takes_its_time_and_may_come_late() -> None:
    partner = Scripted({1.0: [], 1.3: [], 2.0: []})
    stage, _ = a_stage(partner)
    Simulation(stage, cost=0.5, lag=0.25).run([], until=5.0)
    assert partner.woken == [1.25, 1.75, 2.25]  # 1.3 is overdue once the first is done


def test_an_input_that_comes_while_a_tick_runs_is_taken_after_it() -> None:
    partner = Scripted({1.0: []})
    stage, _ = a_stage(partner)
    simulation = Simulation(stage, cost=0.5)
    simulation.run([Panic(1.2)], until=1.3)
    assert simulation.now == 1.5
    assert partner.woken == [1.0]
    assert partner.given == [Panic(1.2)]


def test_a_wake_at_the_very_time_of_an_input_comes_after_it() -> None:
    partner = Scripted({1.0: []})
    stage, _ = a_stage(partner)
    Simulation(stage).run([Panic(1.0)], until=1.0)
    assert (partner.given, partner.woken) == ([Panic(1.0)], [])


@pytest.mark.parametrize(("times", "fails"), [(MOST_IDLE - 1, False), (MOST_IDLE + 1, True)])
def test_a_partner_that_lets_no_time_pass_is_broken(times: int, fails: bool) -> None:
    class Restless(Scripted):
        def next_wake(self) -> float | None:
            return 1.0 if len(self.woken) < times + 1 else None  # the first lets time pass

    stage, _ = a_stage(Restless({}))
    simulation = Simulation(stage)
    if fails:
        with pytest.raises(RuntimeError, match="time pass"):
            simulation.run([], until=2.0)
    else:
        assert simulation.run([], until=2.0).ticks == times + 1


def test_a_log_has_each_tick_before_what_came_of_it() -> None:
    """A replay wakes the partner when the session did."""
    partner = Scripted({1.0: [Play(1, Note(60, 1.5, 0.5, 80))]})
    log = StageLog()
    stage = Stage(partner, Ears(), observers=[log])
    stage.tick(0.5)
    stage.tick(1.0)
    assert [*log.entries()] == [
        ["tick", 0.5],
        ["tick", 1.0],
        ["play", 1, 60, 1.5, 0.5, 80],
    ]
