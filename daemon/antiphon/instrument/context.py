"""How an instrument keeps the past: in a state of its own, or as a window of rows.

A card's `context` is {"kind": "stream"}, or {"kind": "window", "length": L} for
networks that read the last L rows again for each note. Then the window itself is
the state: one tensor `window` of shape (L, fields), float32, holding class + 1
of the rows read, the oldest first; 0 is "nothing yet", and so is a class that
is never predicted (that of `codec.start`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import InstrumentError
from antiphon.instrument.card import StateTensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec

WINDOW = "window"
"""Name of the context, and of the state tensor."""


def window_length(card: Card, codec: Codec) -> int | None:
    """Return how many rows are read again for each note; None where a state holds the past.

    Raises
    ------
    InstrumentError
        The card names a context that this version does not know, or describes
        its window wrongly.
    """
    kind, length = card.context["kind"], card.context.get("length")
    if kind == "stream":
        return None
    if kind != WINDOW:
        raise InstrumentError(
            f"The instrument reads its context as {kind!r}, which this version of Antiphon does "
            "not know; update Antiphon."
        )
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise InstrumentError(
            "The instrument's card does not say how many rows its window has; export it again "
            "with `antiphon export`."
        )
    if card.state != (StateTensor(WINDOW, (length, len(codec.fields))),):
        raise InstrumentError(
            f"The instrument's card says that it reads a window of {length} rows, but has another "
            "state than that; export it again with `antiphon export`."
        )
    return length


def shifted(
    window: NDArray[np.float32], rows: NDArray[np.int32], sizes: Sequence[int]
) -> NDArray[np.float32]:
    """Return a window after more rows were read, as the graph itself does it.

    Parameters
    ----------
    window : float32 array, shape (1, length, fields)
        Left unchanged.
    rows : int32 array, shape (rows, fields)
        Classes, the oldest first.
    sizes : sequence of int
        Classes predicted, a field.
    """
    length = window.shape[1]
    read = np.where(rows < np.asarray(sizes), rows + 1, 0)[-length:].astype(np.float32)
    return np.concatenate([window[:, len(read) :], read[None]], axis=1)
