"""Signals that end a command: it leaves nothing half done behind.

SIGTERM and SIGHUP end it as Ctrl-C does, so that it removes what it has not finished writing.
Ctrl-C is obeyed also where Python would drop it.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. In a destructor, or
in a callback of the garbage collector as JAX has one, it cannot be raised: Python prints
"Exception ignored in ..." and the command goes on to its end.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")

DELAY = 0.05
"""Seconds until an interrupt is repeated: the destructor must be left by then."""


class Terminated(KeyboardInterrupt):
    """A signal other than Ctrl-C asked the command to end.

    Parameters
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def told_to_end() -> Iterator[None]:
    """Raise `Terminated` at such a signal, unless it is ignored, as `nohup` has it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    usual = [kind for kind in kinds if signal.getsignal(kind) is signal.SIG_DFL]
    for kind in usual:
        signal.signal(kind, _end)
    try:
        yield
    finally:
        for kind in usual:
            signal.signal(kind, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    raise Terminated(number)


def _again() -> None:
    """Interrupt the main thread a little later."""
    main = threading.main_thread().ident
    if main is None:
        return
    # A real signal, which also ends a wait for a lock; `interrupt_main` does not.
    timer = threading.Timer(DELAY, signal.pthread_kill, (main, signal.SIGINT))
    timer.daemon = True
    timer.start()


@contextmanager
def none_lost(again: Callable[[], None] = _again) -> Iterator[None]:
    """Repeat an interrupt that was raised where exceptions are ignored.

    Parameters
    ----------
    again : callable
        Interrupts the main thread once more, after the ignored exception is done with.
    """
    before = sys.unraisablehook

    def hook(ignored: sys.UnraisableHookArgs, /) -> None:
        if issubclass(ignored.exc_type, KeyboardInterrupt):
            again()
        else:
            before(ignored)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before
