"""Load TensorFlow without what it writes to stderr about processors and drivers."""

from __future__ import annotations

import os
import sys


def load_tensorflow() -> None:
    """Import TensorFlow for the processor alone, and let it find its devices, in silence.

    It writes past Python, before its own log level applies: so file descriptor 2
    leads nowhere meanwhile. Errors still arrive as exceptions.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # A step is far too small for a graphics card, and parity is a matter of the processor.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow as tf

        tf.zeros(1)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
