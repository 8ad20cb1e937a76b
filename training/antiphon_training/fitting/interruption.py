"""Ctrl-C while a network learns: heard at once, obeyed between two batches.

Python raises `KeyboardInterrupt` wherever it is; inside a destructor or a
callback of TensorFlow's it would be printed and forgotten, and the training go on.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from types import FrameType


class Interruption(keras.callbacks.Callback):
    """Ends a training when SIGINT came; a context around `fit`, and one of its callbacks.

    A second SIGINT does what it did before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        """Listen from now on; signals reach the main thread only."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the signal to whoever had it before."""
        self._give_back()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End where somebody asked for it."""
        del batch, logs
        self._obey()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End where somebody asked for it, while pieces are watched too."""
        del batch, logs
        self._obey()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked = True
        self._give_back()

    def _give_back(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _obey(self) -> None:
        if self._asked:
            raise KeyboardInterrupt
