"""The pure core of a session: the partner and the schedule of its notes, stepped by time.

In a jam two threads step it: one gives it what is heard and lets the partner draw notes,
the other plays what is due. In simulated time one caller does both (`Simulation`). The
caller's lock guards the schedule, and every message is sent while the lock is held, so
that a note-on can never follow the silence that should have ended it. Times are seconds
of the session's clock.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Protocol

from antiphon.partner.inputs import Panic, Stop
from antiphon.partner.outputs import Cancel, End, Play, Report, Silence
from antiphon.stage.schedule import NoteSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.partner.inputs import Input
    from antiphon.partner.outputs import Output

_log = logging.getLogger(__name__)


class Sender(Protocol):
    """What the stage needs of an outlet."""

    def send(self, data: bytes) -> None:
        """Send one message, without waiting or raising."""


class Mind(Protocol):
    """What the stage needs of a partner."""

    def take(self, given: Input) -> list[Output]:
        """Take what was heard or commanded, and return what follows from it."""

    def tick(self, now: float) -> list[Output]:
        """Do what is due."""

    def next_wake(self) -> float | None:
        """Return when `tick` is to be called next, if nothing is heard before."""


class Observer(Protocol):
    """Watches a stage, as a log or a test does; runs on the partner's thread, must not wait."""

    def took(self, given: Input) -> None:
        """See an input, before the partner takes it."""

    def ticked(self, now: float) -> None:
        """See a tick, before the partner is told of it."""

    def did(self, output: Output, now: float) -> None:
        """See an output, as it is carried out."""


class Stage:
    """Gives a partner its inputs, and carries out its outputs.

    `take`, `tick` and `next_wake` belong to one thread, the partner's; `play` and
    `next_play` may be called from another.

    Parameters
    ----------
    partner : Mind
        The partner.
    outlet : Sender
        Where its messages go.
    channel : int
        The partner's channel, 0 to 15.
    leaving : callable, optional
        Called with (message, now) just before each message leaves, such as the `played`
        of an echo guard.
    panic : callable, optional
        Silences every device, after the note-offs were sent.
    report : callable, optional
        Called with each `Report` of the partner's.
    observers : sequence of Observer
        See `Observer`.
    lock : context manager, optional
        Guards the schedule; it must be re-entrant.
    changed : callable, optional
        Called, while the lock is held, when `next_play` may be sooner than before.
    """

    def __init__(
        self,
        partner: Mind,
        outlet: Sender,
        channel: int = 0,
        *,
        leaving: Callable[[bytes, float], None] | None = None,
        panic: Callable[[], None] | None = None,
        report: Callable[[Report], None] | None = None,
        observers: Sequence[Observer] = (),
        lock: contextlib.AbstractContextManager[object] | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self.partner = partner
        self._outlet = outlet
        self._channel = channel
        self._leaving = leaving
        self._panic = panic
        self._report = report
        self._observers = tuple(observers)
        self._schedule = NoteSchedule()
        self._lock = lock or contextlib.nullcontext()
        self._changed = changed
        self._stopped = False

    def take(self, given: Input, now: float) -> None:
        """Give the partner an input, and carry out its outputs."""
        for observer in self._observers:
            observer.took(given)
        self._do(self.partner.take(given), now)

    def tick(self, now: float) -> None:
        """Let the partner do what is due, and carry out its outputs."""
        for observer in self._observers:
            observer.ticked(now)
        self._do(self.partner.tick(now), now)

    def next_wake(self) -> float | None:
        """Return when `tick` is to be called next, if nothing is heard before."""
        return self.partner.next_wake()

    def play(self, now: float) -> None:
        """Send what is due."""
        with self._lock:
            self._send(self._schedule.due(now), now)

    def next_play(self) -> float | None:
        """Return when `play` will next have something to send."""
        with self._lock:
            return self._schedule.next_deadline()

    def recover(self, now: float) -> None:
        """Release everything after the partner failed, and let it wait for the next phrase.

        Raises
        ------
        Exception
            The partner fails again; what sounded is released all the same.
        """
        self.release(now)
        self.take(Panic(now), now)

    def release(self, now: float) -> None:
        """Drop all planned notes and release all sounding ones, without asking the partner."""
        with self._lock:
            self._send(self._schedule.release(), now)

    def close(self, now: float) -> None:
        """Release everything for good: notes that are planned later are not played."""
        with self._lock:
            self._stopped = True
            self.release(now)

    def stop(self, now: float) -> None:
        """Release everything for good, and tell the partner."""
        self.close(now)
        self.take(Stop(now), now)

    def _do(self, outputs: list[Output], now: float) -> None:
        for output in outputs:
            for observer in self._observers:
                observer.did(output, now)
            match output:
                case Silence(panic=panic):
                    self.release(now)
                    if panic and self._panic is not None:
                        self._panic()
                case Report():
                    if self._report is not None:
                        self._report(output)
                case _:
                    self._plan(output, now)

    def _plan(self, output: Play | End | Cancel, now: float) -> None:
        """Change the plan; messages that are due already are sent at once, on this thread."""
        with self._lock:
            if self._stopped:
                return
            before = self._schedule.next_deadline()
            match output:
                case Play(identity, note):
                    self._schedule.play(identity, note, self._channel)
                case End(time, identity):
                    self._schedule.end(identity, time)
                case Cancel(time):
                    self._schedule.cancel(time)
            self._send(self._schedule.due(now), now)
            after = self._schedule.next_deadline()
            if after is not None and (before is None or after < before) and self._changed:
                self._changed()

    def _send(self, messages: list[bytes], now: float) -> None:
        for data in messages:
            try:
                if self._leaving is not None:
                    self._leaving(data, now)
                self._outlet.send(data)
            except Exception:  # noqa: BLE001 - the others must still leave, note-offs above all
                _log.exception("a message could not be played")
