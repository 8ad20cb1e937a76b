"""A plan: several lines that begin alike are drawn note by note, and the best is chosen.

Nothing of it was played: a plan that is dropped never happened.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.line.line import prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.partner.line.critic import Critic
    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.line import Line


class Plan:
    """Draws lines in lockstep, all by one call of the instrument for each note.

    Parameters
    ----------
    lines : sequence of Line
        One at least, forked from one.
    critic : Critic or None
        Chooses; without one the likeliest line is the best.
    """

    def __init__(self, lines: Sequence[Line], critic: Critic | None) -> None:
        self._lines = list(lines)
        self._critic = critic
        self._step = lines[0].predictor.step_batch
        self._nats = [0.0] * len(lines)
        self._calls = [0] * len(lines)

    @property
    def cost(self) -> int:
        """How many calls of the instrument one call for all lines is worth.

        Two lines in one call take about as long as one alone.
        """
        return (len(self._lines) + 1) // 2

    @property
    def begun(self) -> bool:
        """Whether each line has a note."""
        return all(line.first is not None or line.finished for line in self._lines)

    @property
    def notes(self) -> int:
        """How many notes the longest line has."""
        return max(len(line.drawn) for line in self._lines)

    @property
    def finished(self) -> bool:
        """Whether the last note of every line was drawn."""
        return all(line.finished for line in self._lines)

    def draw(self, now: float) -> None:
        """Draw the next note of each line, by one call of the instrument."""
        unfinished = [index for index, line in enumerate(self._lines) if not line.finished]
        drafts = prepared([self._lines[index] for index in unfinished], now)
        predictions = self._step([draft.ask for draft in drafts])
        for index, draft, drawn in zip(unfinished, drafts, predictions, strict=True):
            line = self._lines[index]
            prediction = line.improviser.mixed(draft, drawn)
            line.accept(draft, prediction)
            self._nats[index] += float(np.add.reduce(prediction.log_probability))
            self._calls[index] += 1

    def change(self, cue: Cue) -> None:
        """Draw all lines anew, by other rules and for another critic."""
        for line in self._lines:
            line.change(cue)
        self._critic = cue.critic
        self._nats = [0.0] * len(self._lines)
        self._calls = [0] * len(self._lines)

    def choose(self) -> Line:
        """Return the best line of those that are finished; of all where none is."""
        finished = [index for index, line in enumerate(self._lines) if line.finished]
        return self._lines[max(finished or range(len(self._lines)), key=self._score)]

    def _score(self, index: int) -> float:
        line = self._lines[index]
        nats = self._nats[index] / max(self._calls[index], 1)
        if self._critic is None:
            return nats
        return self._critic.judge(line.drawn, nats, line.ends, finished=line.finished)


def planned(
    line: Line, cue: Cue, candidates: int, progress: Callable[[int], None] | None = None
) -> Line:
    """Return the best of several candidates for a line, whole: for where no clock runs.

    Parameters
    ----------
    line : Line
        Where they begin. An instrument that reads a window for each note draws this one only.
    cue : Cue
        Whose critic chooses.
    candidates : int
        How many there are.
    progress : callable, optional
        Called after each draw with the number of notes so far.
    """
    plan = Plan(line.forked(candidates if line.predictor.window is None else 1), cue.critic)
    while not plan.finished:
        plan.draw(-math.inf)  # no clock runs: every onset is early enough
        if progress:
            progress(plan.notes)
    return plan.choose()
