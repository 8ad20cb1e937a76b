from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from antiphon.jam.partner_thread import MOST_FAILURES, PartnerThread
from antiphon.messages import Heard, NoteOn
from antiphon.stage import Stage

if TYPE_CHECKING:
    from antiphon.partner import Input, Output


class Nowhere:
    """Where nobody listens."""

    def send(self, data: bytes) -> None:
        pass


class Failing:
    """A partner that cannot hear without failing."""

    def take(self, given: Input) -> list[Output]:
        if isinstance(given, Heard):
            raise RuntimeError(f"no ear for {given.event}")
        return []

    def tick(self, now: float) -> list[Output]:
        del now
        return []

    def next_wake(self) -> float | None:
        return None


def thread_of(partner: Failing) -> PartnerThread:
    return PartnerThread(Stage(partner, Nowhere()))


def fail(mind: PartnerThread, times: int) -> None:
    for _ in range(times):
        mind.hear(Heard(NoteOn(time.monotonic(), 0, 60, 80), b"\x90\x3c\x50"))


def test_a_few_failures_are_outlived() -> None:
    mind = thread_of(Failing())
    fail(mind, MOST_FAILURES)
    mind.start()
    mind.stop()
    assert mind.failure is None


def test_failure_after_failure_ends_it() -> None:
    mind = thread_of(Failing())
    fail(mind, MOST_FAILURES + 1)
    mind.start()
    mind.stop()
    assert "no ear" in str(mind.failure)


class Drawing(Failing):
    """A partner that draws without end, and is played to while it does."""

    def __init__(self) -> None:
        self.mind: PartnerThread | None = None
        self.did: list[str] = []
        self.enough = threading.Event()

    def take(self, given: Input) -> list[Output]:
        if isinstance(given, Heard):
            self.did.append("hear")
        return []

    def tick(self, now: float) -> list[Output]:
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
    partner.mind = thread_of(partner)
    fail(partner.mind, 1)
    partner.mind.start()
    assert partner.enough.wait(10.0)
    partner.mind.stop()
    assert partner.did[:8] == ["hear", "tick", "tick", "tick", "tick", "hear", "hear", "tick"]


class Hopeless(Failing):
    """A partner that fails at everything, at falling silent too."""

    def take(self, given: Input) -> list[Output]:
        raise RuntimeError(f"cannot take {given}")


def test_one_that_fails_at_its_recovery_is_given_up_and_the_jam_is_told() -> None:
    mind = thread_of(Hopeless())
    fail(mind, 1)
    mind.start()
    mind.stop()
    assert "cannot take" in str(mind.failure)
