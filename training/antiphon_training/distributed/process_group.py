"""The processes that train together, and what they exchange.

Keras' distribution API does the work, on its JAX back end: each process holds the whole
network and computes its share of the rows of each batch, and JAX sums the gradients. A
batch, a loss and an epoch are those of all processes together. A run is therefore the
same for any number of processes, except for the order in which floats are summed.

Each process reads the corpora itself. Only the first writes files; it sends the others
what they need of them.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import AntiphonError, TrainingError, UsageError
from antiphon_training.distributed.process_options import check_own_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon_training.distributed.process_options import ProcessOptions


WAITING_S = 900
"""Time that a process waits for the others at the start; some have a corpus to parse."""

SILENCE_S = 60
"""Time that a process may be silent before the others end. They notice at once when a
process ends; this is for a machine that lost power."""

INTERRUPTED = 130  # as a shell counts a process that SIGINT ended


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The processes that train together, as one of them sees them.

    Attributes
    ----------
    processes : int
        The number of processes.
    index : int
        The index of this process, from 0.
    devices : int
        Processors or graphics cards that share a batch, over all processes.
    """

    processes: int = 1
    index: int = 0
    devices: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and prints messages."""
        return self.index == 0

    def check_batch(self, batch: int) -> None:
        """Check that a batch can be shared evenly.

        Raises
        ------
        UsageError
            Some devices would have more rows than others.
        """
        if batch % self.devices:
            raise UsageError(
                f"A batch of {batch} rows cannot be shared evenly among {self.devices}; "
                "change batch in the recipe, or the number of processes."
            )

    def from_first(self, content: bytes) -> bytes:
        """Return what the first process passes; what the others pass is ignored."""
        if self.processes == 1:
            return content
        from jax.experimental.multihost_utils import broadcast_one_to_all

        length = int(broadcast_one_to_all(np.array(len(content))))
        received = np.zeros(length, dtype=np.uint8)
        if self.first:
            received[:] = np.frombuffer(content, dtype=np.uint8)
        return bytes(np.asarray(broadcast_one_to_all(received)))

    def decide(self, choice: bool) -> bool:
        """Return the choice of the first: clocks differ, and all must end at the same epoch."""
        return self.from_first(bytes([choice])) == b"\x01"

    def agree(self, what: str, content: bytes) -> None:
        """Check that all processes have the same content.

        Parameters
        ----------
        what : str
            The name of the content for a message: "the recipe".
        content : bytes
            The content of this process.

        Raises
        ------
        TrainingError
            In every process, where one differs from the first.
        """
        if self.processes == 1:
            return
        from jax.experimental.multihost_utils import process_allgather

        digest = np.frombuffer(hashlib.sha256(content).digest(), dtype=np.uint8)
        digests = np.asarray(process_allgather(digest))
        others = [i for i in range(self.processes) if not np.array_equal(digests[i], digests[0])]
        if others:
            raise TrainingError(
                f"Process {others[0]} has not got {what} of process 0; "
                "give each process the same, and start all of them again."
            )

    @contextmanager
    def together(self) -> Iterator[None]:
        """End all processes when this one ends, while the block runs.

        At exit JAX would wait for the other processes, and they for this one, in the
        middle of a batch. So this process exits at once, and the others notice it.

        Raises
        ------
        TrainingError
            Another process has ended.
        """
        if self.processes == 1:
            yield
            return
        try:
            yield
        except BaseException as error:
            code = error.exit_code if isinstance(error, AntiphonError) else 1
            code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else code
            atexit.register(_end_at_once, code)
            if isinstance(error, (RuntimeError, ValueError)) and "Gloo" in str(error):
                raise TrainingError(
                    "Another of the processes has ended; read its message, and start all of "
                    "them again: they continue after the last whole epoch."
                ) from error
            raise


def _end_at_once(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def join(options: ProcessOptions) -> ProcessGroup:
    """Connect to the other processes; from then on Keras shares batches with them.

    Call it before Keras is imported, because it chooses the back end: JAX for several
    processes. For one process it changes nothing, unless Keras runs on JAX
    (`KERAS_BACKEND=jax`): then Keras shares batches among all graphics cards.

    Raises
    ------
    UsageError
        Keras already runs on another back end.
    TrainingError
        JAX is not installed, or the processes did not connect in time.
    """
    if options.processes > 1:
        _choose_jax()
    elif os.environ.get("KERAS_BACKEND") != "jax":
        return ProcessGroup()  # without importing Keras, which takes seconds
    import keras

    if keras.backend.backend() != "jax":
        if options.processes > 1:
            raise UsageError(
                "Several processes train on Keras' JAX back end, but Keras already runs on "
                f"{keras.backend.backend()}; set KERAS_BACKEND=jax."
            )
        return ProcessGroup()
    if options.processes > 1:
        _meet(options)
    devices = keras.distribution.get_device_count()
    if devices > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    if not keras.distribution.list_devices()[0].startswith("cpu"):
        _leave_cards_to_jax()
    return ProcessGroup(options.processes, options.index, devices)


def _choose_jax() -> None:
    import importlib.util

    if importlib.util.find_spec("jax") is None:
        raise TrainingError(
            "Several processes train together through JAX, which is not installed; "
            "in the clone on every machine, .venv/bin/pip install -e '.[train,jax]'."
        )
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "jax"


def _meet(options: ProcessOptions) -> None:
    """Connect as `keras.distribution.initialize` does, with shorter time limits."""
    import jax
    from jax.experimental.multihost_utils import sync_global_devices

    check_own_address(options)
    if options.first:
        # Else JAX would listen on all addresses of this machine.
        os.environ.setdefault("JAX_COORDINATOR_BIND_ADDRESS", options.coordinator)
    try:
        jax.distributed.initialize(
            options.coordinator,
            options.processes,
            options.index,
            initialization_timeout=WAITING_S,
            heartbeat_timeout_seconds=SILENCE_S,
        )
        with _stdout_for_data():
            sync_global_devices("all are connected")
    except (RuntimeError, ValueError) as error:
        atexit.register(_end_at_once, TrainingError.exit_code)
        summary = str(error).partition("\n")[0]
        raise TrainingError(
            f"The {options.processes} processes did not meet at {options.coordinator} ({summary}); "
            f"start all within {WAITING_S // 60} minutes, with the same --coordinator."
        ) from error


@contextmanager
def _stdout_for_data() -> Iterator[None]:
    """Send to stderr what Gloo prints to stdout, from C++, when processes connect."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def _leave_cards_to_jax() -> None:
    """Hide graphics cards from TensorFlow, which would take their memory for tf.data alone."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
