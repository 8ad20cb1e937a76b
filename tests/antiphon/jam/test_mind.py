from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from antiphon.jam.mind import MOST_FAILURES, Mind
from antiphon.messages import NoteOn
from antiphon.midi.scheduler import Scheduler

if TYPE_CHECKING:
    from antiphon.messages import Event
    from antiphon.partner.action import Action


class Nowhere:
    """Where nobody listens."""

    def send(self, data: bytes) -> None:
        pass


class Failing:
    """A partner that cannot hear without failing."""

    def hear(self, event: Event) -> list[Action]:
        raise RuntimeError(f"no ear for {event}")

    def tick(self, now: float) -> list[Action]:
        del now
        return []

    def next_wake(self) -> float | None:
        return None

    def panic(self, now: float) -> list[Action]:
        del now
        return []

    def stop(self, now: float) -> list[Action]:
        del now
        return []


def mind_of(partner: Failing) -> Mind:
    return Mind(partner, Scheduler(Nowhere()), 0, lambda: None)  # type: ignore[arg-type]


def fail(mind: Mind, times: int) -> None:
    for _ in range(times):
        mind.hear(NoteOn(time.monotonic(), 0, 60, 80))


def test_a_few_failures_are_outlived() -> None:
    mind = mind_of(Failing())
    fail(mind, MOST_FAILURES)
    mind.start()
    mind.stop()
    assert mind.failure is None


def test_failure_after_failure_ends_it() -> None:
    mind = mind_of(Failing())
    fail(mind, MOST_FAILURES + 1)
    mind.start()
    mind.stop()
    assert "no ear" in str(mind.failure)


class Drawing(Failing):
    """A partner that draws without end, and is played to while it does."""

    def __init__(self) -> None:
        self.mind: Mind | None = None
        self.did: list[str] = []
        self.enough = threading.Event()

    def hear(self, event: Event) -> list[Action]:
        self.did.append("hear")
        return []

    def tick(self, now: float) -> list[Action]:
        assert self.mind is not None
        self.did.append("tick")
        if len(self.did) == 5:
            fail(self.mind, 2)  # two keys, in the midst of a call of the instrument
        if len(self.did) == 20:
            self.enough.set()
        return []

    def next_wake(self) -> float | None:
        return 0.0  # at once


def test_a_key_waits_for_one_tick_at_most() -> None:
    partner = Drawing()
    partner.mind = mind_of(partner)
    fail(partner.mind, 1)
    partner.mind.start()
    assert partner.enough.wait(10.0)
    partner.mind.stop()
    assert partner.did[:8] == ["hear", "tick", "tick", "tick", "tick", "hear", "hear", "tick"]
