"""What is asked of a track before it takes the place of the pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.partner.listening.octave import octaves

if TYPE_CHECKING:
    from antiphon.partner.listening.tracks import Tracks

MARGIN = 2.5
"""How much likelier another track must be to take over, as a logarithm."""
SAME_MARGIN = 1.0
"""The same for one of nearly the same beat, or of its half or double."""
PROVED = 5
"""For so many moments in a row."""
LOST, AT_ONCE = 0.3, 2
"""Or so many, if the last onsets fit the pulse less than this: then the last few count."""
CHANGED, PLAIN = 2, 6.0
"""Or a track in another tempo, which has paid for that (`changes.COST`); at once, if it is so much
likelier."""
FAR = 5.0
"""But no track takes over that is so much less likely than another, as a logarithm."""


def asked(tracks: Tracks, chosen: int, best: int, better: float) -> tuple[float, int]:
    """Return by how much a track must be likelier than the pulse, and for how many moments.

    Parameters
    ----------
    tracks : Tracks
        The tracks.
    chosen, best : int
        Which of them is the pulse, and which is to take over.
    better : float
        How much likelier that one is now, as a logarithm.
    """
    same = octaves(tracks.period[chosen], tracks.period[best]) is not None
    margin = SAME_MARGIN if same else MARGIN
    if tracks.changed[best]:
        return margin, 1 if better > PLAIN else CHANGED
    return margin, AT_ONCE if tracks.fit[chosen] < LOST else PROVED
