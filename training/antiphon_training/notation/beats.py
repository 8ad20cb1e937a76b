"""Beat tracking: from performed onsets to places on a grid of beats.

The result is the likeliest path through a metrical hidden Markov model (Viterbi's algorithm;
the model of Nakamura, Yoshii and Sagayama, "Rhythm transcription of polyphonic piano music",
2017, much simplified). A state is a tempo, a division of the beat in two or in three, and a
place within the beat. Each place of the grid has a probability that a note begins there; a
note is played at its place plus a random error; and the tempo drifts.

Places are ticks, `BEAT` to a beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon_training.notation.strokes import even_step

if TYPE_CHECKING:
    from collections.abc import Sequence

BEAT = 24

DIVISIONS = {
    "whole": {0: 0.92, 12: 0.06, 18: 0.02},
    "halves": {0: 0.88, 12: 0.75, 6: 0.02, 18: 0.03},
    "quarters": {0: 0.92, 12: 0.88, 6: 0.75, 18: 0.8, 3: 0.01, 9: 0.01, 15: 0.01, 21: 0.02},
    "eighths": {0: 0.92, 12: 0.9, 6: 0.85, 18: 0.85, 3: 0.75, 9: 0.75, 15: 0.75, 21: 0.75},
    "thirds": {0: 0.9, 8: 0.7, 16: 0.82, 4: 0.01, 12: 0.05, 20: 0.02},
    "sixths": {0: 0.92, 8: 0.88, 16: 0.88, 4: 0.75, 12: 0.8, 20: 0.75},
}
"""The divisions of a beat, each with the probability of an onset at each place: rounded
counts from piano music with time signatures."""

THREE = np.array([name in ("thirds", "sixths") for name in DIVISIONS])

OFTEN = {
    "whole": 0.25,
    "halves": 0.33,
    "quarters": 0.22,
    "eighths": 0.03,
    "thirds": 0.13,
    "sixths": 0.04,
}
"""The probability of each division."""

CHANGE = 0.15
"""The probability that a beat is divided in another way than the one before."""

ACCENTS = {0: 1.0, 12: 0.0, 6: -0.7, 18: -0.6, 8: -0.5, 16: -0.4}
FAINTEST = -1.0
"""How well an accent fits each place of the beat, and all other places."""

ACCENT = 1.5
"""The weight of accents."""

QUICKEST, SLOWEST, USUAL = 0.32, 1.2, 0.58
"""Seconds a beat: the shortest, the longest and the most common."""

USUAL_EVEN = 0.55
"""Seconds a beat, the most common where the onsets are even: see `antiphon.music.pulse`."""

UNUSUAL = 0.4
UNUSUAL_WEIGHT, UNUSUAL_EVEN = 0.25, 2.0
"""Standard deviation of the logarithm of a beat's length, and its weight in each beat: played
by hand, and where the onsets are even, which leaves a few beats to choose from."""

TEMPO_STEP = 0.025
DRIFT = 0.05
"""Standard deviation of the change of the logarithm of the tempo in a second."""

DRIFTS = (-3, -2, -1, 0, 1, 2, 3)
ERROR, ERROR_BY_GAP, ERROR_EVEN = 0.022, 0.06, 0.004
"""Standard deviations of a stroke's time: in seconds, for each second since the last
stroke, and in seconds where the onsets are even."""

STRANGEST = 14.0
"""The largest cost of a single stroke's error."""

MOST_BEATS = 16
"""Beats of the longest gap; longer ones are cut to it."""


@dataclass(frozen=True, slots=True)
class Beats:
    """The places of all strokes.

    Attributes
    ----------
    times : float array, shape (strokes,)
        Seconds.
    ticks : int array, shape (strokes,)
        The place of each stroke; the first beat with a stroke begins at 0.
    in_three : bool array, shape (strokes,)
        Whether the beat of each stroke is divided in three.
    """

    times: NDArray[np.float64]
    ticks: NDArray[np.int64]
    in_three: NDArray[np.bool_]

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return times in ticks, interpolated between strokes and extended beyond them."""
        times, ticks = self.times, self.ticks.astype(np.float64)
        rate = BEAT / USUAL
        if len(times) > 1:
            rate = (ticks[-1] - ticks[0]) / (times[-1] - times[0])
        inside = np.interp(seconds, times, ticks)
        after = np.maximum(seconds - times[-1], 0.0) * rate
        before = np.maximum(times[0] - seconds, 0.0) * rate
        return np.asarray(inside + after - before)

    @property
    def seconds_a_beat(self) -> float:
        """The median length of a beat, in seconds."""
        if len(self.times) < 2:
            return USUAL
        return float(np.median(np.diff(self.times) / np.diff(self.ticks))) * BEAT


def find_beats(times: NDArray[np.float64], accents: NDArray[np.float64] | None = None) -> Beats:
    """Return the rhythm of strokes, shape (strokes,), in ascending seconds.

    Raises
    ------
    ValueError
        There is no stroke.
    """
    if len(times) == 0:
        raise ValueError("there are no strokes")
    step = even_step(times)
    tempos = _tempos(step)
    model = _Model(tempos, even=step is not None)
    return model.path(times, np.zeros(len(times)) if accents is None else accents)


def _tempos(step: float | None) -> NDArray[np.float64]:
    """Return the lengths of a beat to try, in s: multiples of an even step, if there is one."""
    if step is not None:
        multiples = step * np.array([0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24])
        inside = multiples[(multiples >= QUICKEST) & (multiples <= SLOWEST)]
        if len(inside):
            return inside
    count = round(np.log(SLOWEST / QUICKEST) / TEMPO_STEP)
    return QUICKEST * np.exp(TEMPO_STEP * np.arange(count + 1))


class _Model:
    """The states, and the cost of each transition.

    Costs are negative log-probabilities; lower is likelier.
    """

    def __init__(self, tempos: NDArray[np.float64], *, even: bool) -> None:
        self.tempos = tempos
        self.even = even
        self.places = np.array([place for kind in DIVISIONS.values() for place in kind])
        self.kinds = np.repeat(range(len(DIVISIONS)), [len(kind) for kind in DIVISIONS.values()])
        chance = np.array([c for kind in DIVISIONS.values() for c in kind.values()])
        often = np.array([OFTEN[name] for name in DIVISIONS])
        self.begins = -np.log(chance)
        self.first = -np.log(often[self.kinds])
        self.accents = np.array([ACCENTS.get(int(place), FAINTEST) for place in self.places])
        self.turn = -np.log(
            CHANGE * np.tile(often, (len(often), 1)) + (1 - CHANGE) * np.eye(len(often))
        )
        self.silent = _silence()
        self.passed = self._passed()
        self.drifts = (0,) if even else DRIFTS
        usual = USUAL_EVEN if even else USUAL
        self.unusual = 0.5 * (np.log(tempos / usual) / UNUSUAL) ** 2

    def _passed(self) -> NDArray[np.float64]:
        """Return the cost of all places passed in silence, [beats, from, to].

        It includes the cost of a change of division. A place that is not ahead costs more
        than any path.
        """
        states = len(self.places)
        cost = np.full((MOST_BEATS + 1, states, states), 1e9)
        whole = min(float(kind.sum()) for kind in self.silent)
        for source in range(states):
            for target in range(states):
                kinds = int(self.kinds[source]), int(self.kinds[target])
                a, b = int(self.places[source]), int(self.places[target])
                if kinds[0] == kinds[1] and b > a:
                    cost[0, source, target] = _between(self.silent[kinds[0]], a + 1, b)
                ahead = _between(self.silent[kinds[0]], a + 1, BEAT)
                ahead += _between(self.silent[kinds[1]], 0, b) + self.turn[kinds]
                for beats in range(1, MOST_BEATS + 1):
                    cost[beats, source, target] = ahead + (beats - 1) * whole
        return cost

    def path(self, times: NDArray[np.float64], accents: NDArray[np.float64]) -> Beats:
        """Return the likeliest path through all strokes."""
        places = self.begins - ACCENT * accents[:, None] * self.accents  # [stroke, state]
        score = self.first + places[0] + self.unusual[:, None]
        back: list[tuple[NDArray[np.int8], NDArray[np.int8]]] = []
        for index, gap in enumerate(np.diff(times).tolist(), start=1):
            score, source, drift = self._advance(score, gap)
            score += places[index]
            back.append((source, drift))
        tempo, state = np.unravel_index(int(np.argmin(score)), score.shape)
        return self._trace(times, back, int(tempo), int(state))

    def _advance(
        self, score: NDArray[np.float64], gap: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int8]]:
        """Return the scores after a gap, and the state and drift before: [tempo, state]."""
        drifted, drift = self._drift(score, gap)
        beats, wrong = self._beats(gap)
        states = np.arange(len(self.places))
        there = self.passed[beats, states[:, None], states[None, :]]
        total = drifted[:, :, None] + there + wrong
        source = total.argmin(axis=1)
        best = np.take_along_axis(total, source[:, None, :], axis=1)[:, 0, :]
        weight = UNUSUAL_EVEN if self.even else UNUSUAL_WEIGHT
        usual = self.unusual * (weight * gap / self.tempos)
        score = best + usual[:, None]
        return score, source.astype(np.int8), drift

    def _drift(
        self, score: NDArray[np.float64], gap: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Return the scores after a drift of the tempo, and its steps."""
        if len(self.drifts) == 1:
            return score, np.zeros(score.shape, dtype=np.int8)
        likely = 2.0 * DRIFT**2 * (gap + 0.05)
        moved = np.full((len(self.drifts), *score.shape), 1e9)
        for index, steps in enumerate(self.drifts):
            cost = (steps * TEMPO_STEP) ** 2 / likely
            if steps > 0:
                moved[index, steps:] = score[:-steps] + cost
            elif steps < 0:
                moved[index, :steps] = score[-steps:] + cost
            else:
                moved[index] = score
        drift = moved.argmin(axis=0)
        best = np.take_along_axis(moved, drift[None], axis=0)[0]
        return best, np.array(self.drifts, dtype=np.int8)[drift]

    def _beats(self, gap: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the beats of a gap, and the cost of the error: [tempo, from, to]."""
        offset = (self.places[None, :] - self.places[:, None]) / BEAT
        wanted = gap / self.tempos
        beats = np.rint(wanted[:, None, None] - offset)
        # To a place that is not later in the beat, a beat must pass.
        beats = np.maximum(beats, np.where(offset > 0, 0, 1))
        error = (wanted[:, None, None] - beats - offset) * self.tempos[:, None, None]
        spread = ERROR_EVEN if self.even else float(np.hypot(ERROR, ERROR_BY_GAP * gap))
        wrong = np.minimum(0.5 * (error / spread) ** 2, STRANGEST)
        return np.minimum(beats, MOST_BEATS).astype(np.int64), wrong

    def _trace(
        self,
        times: NDArray[np.float64],
        back: Sequence[tuple[NDArray[np.int8], NDArray[np.int8]]],
        tempo: int,
        state: int,
    ) -> Beats:
        """Return the path that ends in a state."""
        gaps = np.diff(times)
        steps, states = [], [state]
        for index in range(len(back) - 1, -1, -1):
            source, drift = back[index]
            before = int(source[tempo, state])
            offset = int(self.places[state] - self.places[before])
            wanted = float(gaps[index]) / self.tempos[tempo] - offset / BEAT
            beats = min(max(round(wanted), 0 if offset > 0 else 1), MOST_BEATS)
            steps.append(beats * BEAT + offset)
            tempo -= int(drift[tempo, before])
            state = before
            states.append(state)
        ticks = np.cumsum([int(self.places[state]), *steps[::-1]])
        return Beats(times, ticks.astype(np.int64), THREE[self.kinds[states[::-1]]])


def _silence() -> list[NDArray[np.float64]]:
    """Return the cost of no onset at each tick of a beat, for each division."""
    kinds = []
    for chances in DIVISIONS.values():
        cost = np.zeros(BEAT)
        for tick, chance in chances.items():
            cost[tick] = -np.log1p(-chance)
        kinds.append(cost)
    return kinds


def _between(cost: NDArray[np.float64], start: int, end: int) -> float:
    return float(cost[start:end].sum())
