"""The mode `respond`: it waits for a pause, then answers; any key takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.partner.listening.gestures import KeyDown, PedalDown
from antiphon.partner.modes.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.outputs import Output


class Respond:
    """Answers a phrase, for as long as it was; see `Mode`, and `Turn` for `rest`."""

    waits = True

    def __init__(self, ensemble: Ensemble, rest: Callable[[], float] | None = None) -> None:
        self._turn = Turn(ensemble, rest)

    @property
    def playing(self) -> bool:
        """Whether an answer is being drawn; its last notes may sound longer."""
        return self._turn.playing

    def resumes(self, time: float) -> bool:
        """Tell whether the player, who takes over this early, had not finished the phrase."""
        return self._turn.ended_early(time)

    def heard(self, gesture: Gesture) -> list[Output]:
        """Give way to a key, and to the pedal if it is set so."""
        match gesture:
            case KeyDown(time):
                return self._turn.give_way(time)
            case PedalDown(time):
                return self._turn.pedal(time)
        return []

    def tick(self, now: float, calls: int) -> list[Output]:
        """Do what is due of the turn."""
        return self._turn.tick(now, calls)

    def next_wake(self, now: float) -> float | None:
        """Return when to call `tick` next."""
        return self._turn.next_wake(now)
