"""The learning rate of the house network at each step."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="antiphon")
class WarmHoldDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises, stays, and falls to 0, each linearly (Hu et al., MiniCPM, 2024).

    Parameters
    ----------
    peak : float
        The highest rate.
    warmup, total : int
        Steps until it is reached, and steps of the whole run.
    decay_share : float
        The share of all steps, at the end, in which it falls.
    """

    def __init__(self, peak: float, warmup: int, total: int, decay_share: float) -> None:
        self.peak, self.warmup, self.total, self.decay_share = peak, warmup, total, decay_share

    def __call__(self, step: Any) -> Any:
        """Return the rate at a step."""
        step = ops.cast(step, "float32")
        rising = (step + 1.0) / self.warmup
        falling = (self.total - step) / max(self.total * self.decay_share, 1.0)
        return self.peak * ops.clip(ops.minimum(rising, falling), 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "peak": self.peak,
            "warmup": self.warmup,
            "total": self.total,
            "decay_share": self.decay_share,
        }
