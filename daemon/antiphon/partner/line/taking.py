"""How much a line takes up of what is remembered, steered while it is drawn.

A memory that counts as fitted leads into a theme seldom, and once in one it goes on for
long: each note that is taken up makes the next one likelier. So it counts for more while
the line has taken up little, and for less the more it has taken up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.instrument.ask import Recall

RUN = 4
"""So many notes in a row that were played before are taken up; fewer may be chance."""

NOTES = 32.0
"""The share of the last notes, about so many, that were taken up is what counts."""

SHORT, LEAST = 0.5, 6.0
"""Or of so much of the notes of a short phrase, which would be over before a copy is noticed."""

LEAD = 2.5
"""What the gain is multiplied by where nothing was taken up. Of pieces of the training sets, 50
piano rolls (20 s after 20 s) and 45 to 60 songs (10 s after 30 s), 0.06 and 0.12 of the top line
were in themes of the last 10 s with 2, 0.11 and 0.17 with 3; of what the pieces did themselves
0.12 and 0.15. No more than 2 % of the continuations were copies, 7 % of what the songs did."""

MOST = 0.5
"""The share, for a gain of 1, at which nothing more is taken up; a greater gain allows more."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What a line has taken up of late.

    Attributes
    ----------
    run : int
        How many of its last notes were played before in this order, in some transposition;
        no more than `RUN` are counted.
    share : float
        How much of its last notes lies in runs of `RUN` of them at least, 0 to 1.
    notes : float
        How many of the last notes count, about.
    """

    run: int = 0
    share: float = 0.0
    notes: float = NOTES

    @classmethod
    def beginning(cls, phrase: int) -> Self:
        """Return what a line has taken up that answers a phrase of so many notes: nothing."""
        return cls(notes=min(max(SHORT * phrase, LEAST), NOTES))

    def after(self, row: NDArray[np.int32], recall: Recall | None) -> Taking:
        """Return the same after a note, for which something was recalled."""
        run = 0
        if recall is not None:
            same = recall.lengths[recall.rows[:, 0] == row[0]]
            if len(same):
                run = min(int(np.maximum.reduce(same)), self.run, RUN - 1) + 1
        share = self.share + ((run == RUN) - self.share) / self.notes
        return Taking(run, share, self.notes)

    def steered(self, recall: Recall | None) -> Recall | None:
        """Return what is recalled, with the gain that it should have now."""
        if recall is None:
            return None
        left = 1.0 - self.share / (MOST * recall.gain)
        return recall.gained(recall.gain * LEAD * max(left, 0.0))
