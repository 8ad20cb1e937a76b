from __future__ import annotations

import time
from typing import TYPE_CHECKING

from antiphon.jam.mind import MOST_FAILURES, Mind
from antiphon.midi.message import NoteOn
from antiphon.midi.scheduler import Scheduler

if TYPE_CHECKING:
    from antiphon.midi.message import Event
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
