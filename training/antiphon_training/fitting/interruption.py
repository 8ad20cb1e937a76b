"""Ctrl-C during training: noticed at once, obeyed between two batches.

Python raises `KeyboardInterrupt` wherever it happens to be. In a destructor or a callback
of TensorFlow the exception would be printed and dropped, and the training would continue.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from types import FrameType


class Interruption(keras.callbacks.Callback):
    """End a training after SIGINT: a context around `fit`, and one of its callbacks.

    A second SIGINT is handled as it was before the context.
    """

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        """Handle SIGINT from now on; only the main thread can."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the handler from before."""
        self._restore()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End the training if SIGINT came."""
        del batch, logs
        self._check()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End the training if SIGINT came during validation."""
        del batch, logs
        self._check()

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked = True
        self._restore()

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _check(self) -> None:
        if self._asked:
            raise KeyboardInterrupt
