"""The protocol of a mode: it is called with what the player does, and with the time.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.outputs import Output


class Mode(Protocol):
    """One way of playing; made of an `Ensemble` when it is chosen.

    Everything runs on the partner's thread. What it returns is carried out in its
    order. When another mode is chosen, or the player asks for silence, the partner
    releases everything itself, and this object is not used again.
    """

    @property
    def playing(self) -> bool:
        """Whether it is playing, or about to."""

    @property
    def waits(self) -> bool:
        """Whether it waits for a pause of the player's before it plays."""

    def resumes(self, time: float) -> bool:
        """Tell whether a key that goes down now goes on with the phrase that was answered."""

    def heard(self, gesture: Gesture) -> list[Output]:
        """Return what follows from what the player did: here a mode decides who leads."""

    def tick(self, now: float, calls: int) -> list[Output]:
        """Do what is due, by so many calls of the instrument at most."""

    def next_wake(self, now: float) -> float | None:
        """Return when to call `tick` next; None: not before something is heard.

        A time in the past means at once.
        """
