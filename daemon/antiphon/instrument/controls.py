"""What a host may say to each draw: how freely, and towards what.

Fields are in the codec's order: pitch, step, duration, velocity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.performance import PerformanceCodec

if TYPE_CHECKING:
    from collections.abc import Sequence

FORBID = -1e9
"""Bias that rules a class out, whatever the network says."""

FORCE = 1e9
"""Bias that leaves no other class a chance."""

LOWEST_TEMPERATURE = 0.01


@dataclass(frozen=True, slots=True)
class Controls:
    """How freely each field is drawn.

    Attributes
    ----------
    temperature : float32 array, shape (fields,)
        Divides the logits; 1 is as the network learned, lower is safer.
    min_p : float32 array, shape (fields,)
        Classes less likely than this share of the likeliest are dropped.
    """

    temperature: NDArray[np.float32]
    min_p: NDArray[np.float32]

    @classmethod
    def of(
        cls, temperature: float | Sequence[float] = 1.0, min_p: float | Sequence[float] = 0.0
    ) -> Controls:
        """Return controls from one number for all fields, or one a field.

        Raises
        ------
        ValueError
            A temperature is under `LOWEST_TEMPERATURE`, or a min_p not within
            0 to 1.
        """
        fields = len(PerformanceCodec.fields)
        heat = np.broadcast_to(np.asarray(temperature, np.float32), (fields,)).copy()
        share = np.broadcast_to(np.asarray(min_p, np.float32), (fields,)).copy()
        if not (np.all(np.isfinite(heat)) and np.all(heat >= np.float32(LOWEST_TEMPERATURE))):
            raise ValueError(f"temperatures {heat} are not all at least {LOWEST_TEMPERATURE}")
        if not np.all((share >= 0.0) & (share <= 1.0)):
            raise ValueError(f"min_p {share} is not within 0 to 1")
        return cls(heat, share)


def _row(index: int) -> NDArray[np.float32]:
    """Return a bias of zero for one field."""
    return np.zeros((1, PerformanceCodec.sizes[index]), dtype=np.float32)


@dataclass(slots=True)
class Biases:
    """What is added to the logits of the next note; changed in place.

    Attributes
    ----------
    pitch, step, duration, velocity : float32 array, shape (1, classes)
        Added after the logits were divided by the temperature.
    """

    pitch: NDArray[np.float32] = field(default_factory=lambda: _row(0))
    step: NDArray[np.float32] = field(default_factory=lambda: _row(1))
    duration: NDArray[np.float32] = field(default_factory=lambda: _row(2))
    velocity: NDArray[np.float32] = field(default_factory=lambda: _row(3))

    def clear(self) -> None:
        """Set every bias back to zero."""
        for row in self.rows:
            row.fill(0.0)

    @property
    def rows(self) -> tuple[NDArray[np.float32], ...]:
        """The four arrays, in the codec's order."""
        return (self.pitch, self.step, self.duration, self.velocity)
