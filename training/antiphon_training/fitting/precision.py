"""The precision that layers compute in: bfloat16 where the hardware multiplies it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def in_precision(precision: str) -> Iterator[None]:
    """Make and compute layers in this precision while the block runs."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(_policy(precision))
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)


def _policy(precision: str) -> str:
    """Return Keras' name of a precision; "auto" is bfloat16 where it is faster."""
    if precision == "auto":
        precision = "bfloat16" if _multiplies_bfloat16() else "float32"
    return "mixed_bfloat16" if precision == "bfloat16" else "float32"


def _multiplies_bfloat16() -> bool:
    if tf.config.list_physical_devices("GPU"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
