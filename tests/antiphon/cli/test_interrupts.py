"""An interrupt in a destructor is repeated, and other ignored exceptions are as ever."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from antiphon.cli.interrupts import none_lost


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
