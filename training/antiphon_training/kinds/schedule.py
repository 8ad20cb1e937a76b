"""The learning rate at each step: it follows the steps of a run, and its hours.

A run ends with its last step or with its last hour, whichever comes first, and the rate falls
to 0 by then.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="antiphon")
class WarmHoldDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises, stays, and falls to 0, each linearly (Hu et al., MiniCPM, 2024).

    The rate of a constant part and a fall alone has no warm-up: 1 step.

    Parameters
    ----------
    peak : float
        The highest rate.
    warmup, total : int
        Steps until it is reached, and steps of the whole run.
    decay_share : float
        The share of all steps, at the end, in which it falls; of all hours, too.

    Attributes
    ----------
    spent : keras.Variable or None
        The share of the hours of the run that is used up, 0 to 1; None: the run has no
        variable for it.
    """

    def __init__(self, peak: float, warmup: int, total: int, decay_share: float) -> None:
        self.peak, self.warmup, self.total, self.decay_share = peak, warmup, total, decay_share
        self.spent: Any = None

    def follow_hours(self, optimizer: Any) -> Any:
        """Return a new variable of the optimizer for the share of the hours that is used up.

        It is the optimizer's, so that every back end of Keras reads it anew at each step.
        """
        self.spent = optimizer.add_variable((), "zeros", "float32", name="spent")
        return self.spent

    def __call__(self, step: Any) -> Any:
        """Return the rate at a step."""
        step = ops.cast(step, "float32")
        rising = (step + 1.0) / self.warmup
        steps = max(self.total * self.decay_share, 1.0)
        falling = (self.total - step) / steps
        if self.spent is not None:
            left = 1.0 - ops.cast(self.spent, "float32")
            falling = ops.minimum(falling, left * (self.total / steps))
        return self.peak * ops.clip(ops.minimum(rising, falling), 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "peak": self.peak,
            "warmup": self.warmup,
            "total": self.total,
            "decay_share": self.decay_share,
        }
