"""Signals end a command in order; one in a destructor is repeated."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from antiphon.cli import failures
from antiphon.cli.interrupts import Terminated, none_lost, told_to_end
from antiphon.cli.verbosity import Verbosity


class Raises:
    """An object whose destructor raises."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def test_an_ignored_interrupt_is_repeated() -> None:
    repeated: list[bool] = []
    before = sys.unraisablehook
    with none_lost(lambda: repeated.append(True)):
        lost = Raises(KeyboardInterrupt)
        del lost
    assert repeated == [True]
    assert sys.unraisablehook is before


def test_other_errors_are_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[type[BaseException]] = []
    repeated: list[bool] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda ignored: told.append(ignored.exc_type))
    with none_lost(lambda: repeated.append(True)):
        lost = Raises(ValueError)
        del lost
    assert (told, repeated) == ([ValueError], [])


def test_it_comes_again_as_a_signal() -> None:
    came = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: came.set())
    try:
        with none_lost():
            lost = Raises(KeyboardInterrupt)
            del lost
            assert came.wait(20.0)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_is_begun_is_tidied_up_at_the_end(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    tidied: list[bool] = []

    def work() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            tidied.append(True)

    try:
        with told_to_end(), pytest.raises(Terminated) as ended:
            work()
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert tidied == [True]
    assert failures.report(ended.value, Verbosity()) == 128 + number


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with told_to_end():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
