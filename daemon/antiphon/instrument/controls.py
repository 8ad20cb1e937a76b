"""Controls of each draw: temperatures, and biases towards classes.

Fields are in the codec's order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec

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
        cls,
        temperature: float | Sequence[float] = 1.0,
        min_p: float | Sequence[float] = 0.0,
        fields: int = 4,
    ) -> Controls:
        """Return controls for so many fields, from one number for all, or one a field.

        Raises
        ------
        ValueError
            A temperature is under `LOWEST_TEMPERATURE`, or a min_p not within
            0 to 1.
        """
        heat = np.broadcast_to(np.asarray(temperature, np.float32), (fields,)).copy()
        share = np.broadcast_to(np.asarray(min_p, np.float32), (fields,)).copy()
        if not (np.all(np.isfinite(heat)) and np.all(heat >= np.float32(LOWEST_TEMPERATURE))):
            raise ValueError(f"temperatures {heat} are not all at least {LOWEST_TEMPERATURE}")
        if not np.all((share >= 0.0) & (share <= 1.0)):
            raise ValueError(f"min_p {share} is not within 0 to 1")
        return cls(heat, share)


class Biases:
    """What is added to the logits of the next note; changed in place.

    Parameters
    ----------
    codec : Codec
        Says which fields there are, and their sizes.
    lines : int
        Of how many lines the next notes are. A call takes those of one: see `line`.

    Attributes
    ----------
    rows : tuple of float32 array, each of shape (lines, classes)
        One a field, in the codec's order; added after the logits were divided by
        the temperature.
    """

    __slots__ = ("_fields", "rows")

    def __init__(self, codec: Codec, lines: int = 1) -> None:
        self.rows: tuple[NDArray[np.float32], ...] = tuple(
            [np.zeros((lines, size), dtype=np.float32) for size in codec.sizes]
        )
        self._fields = codec.fields

    def line(self, index: int) -> Biases:
        """Return those of one line, each row of shape (1, classes), in the same memory."""
        return self._with(tuple([row[index : index + 1] for row in self.rows]))

    def lines(self) -> list[Biases]:
        """Return those of each line, as `line` does."""
        each = zip(*[list(row[:, np.newaxis]) for row in self.rows], strict=True)
        return list(map(self._with, each))

    def _with(self, rows: tuple[NDArray[np.float32], ...]) -> Biases:
        one = Biases.__new__(Biases)
        one.rows, one._fields = rows, self._fields
        return one

    def row(self, field: str) -> NDArray[np.float32]:
        """Return the bias of one field, shape (lines, classes), to be changed in place."""
        return self.rows[self._fields.index(field)]

    def clear(self) -> None:
        """Set every bias back to zero."""
        for row in self.rows:
            row.fill(0.0)
