"""The mode `listen`: it hears and remembers, and never plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.outputs import Output


class Listen:
    """Does nothing; see `Mode`."""

    playing = False
    waits = False

    def __init__(self, ensemble: Ensemble) -> None:
        del ensemble

    def resumes(self, time: float) -> bool:
        """Tell that no phrase was answered."""
        del time
        return False

    def heard(self, gesture: Gesture) -> list[Output]:
        """Let the player play."""
        del gesture
        return []

    def tick(self, now: float, calls: int) -> list[Output]:
        """Do nothing."""
        del now, calls
        return []

    def next_wake(self, now: float) -> float | None:
        """Ask for nothing."""
        del now
        return None
