"""The processes that train together, and what they say to each other.

Keras' distribution API does the work, on its JAX back end: every process holds
the whole network, computes its share of the rows of each batch, and JAX adds
the gradients up. A batch, a loss and an epoch are those of all processes
together, so that a run is the same whoever computes it, but for the order in
which floats are summed.

Each process reads the corpora itself, and keeps its own rows of each batch. The
first alone writes; what it alone knows, it tells the others.
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
from antiphon_training.scale.seat import check_own_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon_training.scale.seat import Seat


WAITING_S = 900
"""How long the first who come wait for the last; some have a corpus to parse."""

SILENCE_S = 60
"""How long nothing may be heard of a process before the others end. One that ends, for
whatever reason, is noticed at once; this is for a machine that has lost its power."""

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The processes that train together, seen from one of them.

    Attributes
    ----------
    processes : int
        How many there are.
    index : int
        Which of them this is, from 0.
    devices : int
        Processors or graphics cards that share a batch, of all processes together.
    """

    processes: int = 1
    index: int = 0
    devices: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.index == 0

    def check_batch(self, batch: int) -> None:
        """See that a batch can be shared.

        Raises
        ------
        UsageError
            Some would have more rows than others.
        """
        if batch % self.devices:
            raise UsageError(
                f"A batch of {batch} rows cannot be shared evenly among {self.devices}; "
                "change batch in the recipe, or the number of processes."
            )

    def from_first(self, content: bytes) -> bytes:
        """Return what the first process gave; what the others give is not looked at."""
        if self.processes == 1:
            return content
        from jax.experimental.multihost_utils import broadcast_one_to_all

        length = int(broadcast_one_to_all(np.array(len(content))))
        told = np.zeros(length, dtype=np.uint8)
        if self.first:
            told[:] = np.frombuffer(content, dtype=np.uint8)
        return bytes(np.asarray(broadcast_one_to_all(told)))

    def decide(self, wish: bool) -> bool:
        """Return the first's wish; clocks differ, and all must stop at the same epoch."""
        return self.from_first(bytes([wish])) == b"\x01"

    def agree(self, what: str, content: bytes) -> None:
        """See that all processes have the same.

        Parameters
        ----------
        what : str
            What is compared, as part of a sentence: "the recipe".
        content : bytes
            What this process has.

        Raises
        ------
        TrainingError
            In every process: one has another than the first.
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
                "give every process the same, and start all of them again."
            )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let the end of this process be the end of all, while the block runs.

        JAX would have it wait for the others when the program ends, and they wait
        for it in the middle of a batch. So it goes at once, and they notice.

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
                    "Another of the processes has ended; see what it said, and start all of "
                    "them again: they go on after the last whole epoch."
                ) from error
            raise


def _end_at_once(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def join(seat: Seat) -> Ensemble:
    """Meet the other processes, and let Keras share batches with them from now on.

    To be called before Keras is imported, for it settles the back end: JAX for
    several processes. One process is left as it is, but where Keras was told to
    run on JAX (`KERAS_BACKEND=jax`) it shares batches among all graphics cards.

    Raises
    ------
    UsageError
        Keras runs on another back end already.
    TrainingError
        JAX is not installed, or the others did not come.
    """
    if seat.processes > 1:
        _choose_jax()
    elif os.environ.get("KERAS_BACKEND") != "jax":
        return Ensemble()  # and leave Keras, which takes seconds, to whoever needs it
    import keras

    if keras.backend.backend() != "jax":
        if seat.processes > 1:
            raise UsageError(
                "Several processes train on Keras' JAX back end, and Keras runs on "
                f"{keras.backend.backend()} already; set KERAS_BACKEND=jax."
            )
        return Ensemble()
    if seat.processes > 1:
        _meet(seat)
    devices = keras.distribution.get_device_count()
    if devices > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    if not keras.distribution.list_devices()[0].startswith("cpu"):
        _leave_cards_to_jax()
    return Ensemble(seat.processes, seat.index, devices)


def _choose_jax() -> None:
    import importlib.util

    if importlib.util.find_spec("jax") is None:
        raise TrainingError(
            "Several processes train together through JAX, which is not installed; "
            "pip install 'antiphon[train,jax]' on every machine."
        )
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "jax"


def _meet(seat: Seat) -> None:
    """Do what `keras.distribution.initialize` does, but wait less for whoever is gone."""
    import jax
    from jax.experimental.multihost_utils import sync_global_devices

    check_own_address(seat)
    if seat.first:
        # Else JAX would listen on all addresses of this machine.
        os.environ.setdefault("JAX_COORDINATOR_BIND_ADDRESS", seat.coordinator)
    try:
        jax.distributed.initialize(
            seat.coordinator,
            seat.processes,
            seat.index,
            initialization_timeout=WAITING_S,
            heartbeat_timeout_seconds=SILENCE_S,
        )
        with _stdout_for_data():
            sync_global_devices("all have come")
    except (RuntimeError, ValueError) as error:
        atexit.register(_end_at_once, TrainingError.exit_code)
        summary = str(error).partition("\n")[0]
        raise TrainingError(
            f"The {seat.processes} processes did not meet at {seat.coordinator} ({summary}); "
            f"start all within {WAITING_S // 60} minutes, with the same --coordinator."
        ) from error


@contextmanager
def _stdout_for_data() -> Iterator[None]:
    """Send to stderr what Gloo, from C++, says on stdout when processes are connected."""
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
    """Keep TensorFlow, which only hands on batches here, from taking a card's memory."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
