"""Grace notes: one, two or three short notes a step beside the note that they lead to.

Times are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.notation.lines import STEP, TOGETHER
from antiphon_training.notation.spelling import STEPS, Name

if TYPE_CHECKING:
    from antiphon_training.notation.lines import Lines

BEFORE = 0.09
"""A grace note begins so shortly before the next one, or before its note, at most."""

SLIGHTEST = 0.015
"""What is nearer was struck together."""

SHORTER = 0.55
"""The share of its note that a grace note lasts, at most."""

ALONE = 3.9
"""How much longer than it is before its note a single one must be alone: trills, runs and dotted
rhythms have their places in the bar."""

CHAIN_ALONE = 2.5
"""The same of two or three, before the first and after their note."""

MOST = 3
"""Grace notes before one note; more are a run."""

CHAIN_STEP = 4
"""Semitones between grace notes of a chain, at most."""

CHAIN_BEATS, CHAIN_BEFORE = 0.115, 0.06
"""The longest time between notes of a chain, in beats where those are told, else in seconds:
thirty-seconds before a note have their places in the bar."""

CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def find_graces(lines: Lines) -> dict[int, tuple[int, ...]]:
    """Return the grace notes before each note that has some, by index."""
    found: dict[int, tuple[int, ...]] = {}
    free = 0
    for first in (lines.durations <= 2 * BEFORE).nonzero()[0].tolist():
        if first < free:
            continue
        chain = _chain(lines, first) or _single(lines, first)
        if chain:
            found[chain[-1]] = chain[:-1]
            free = chain[-2] + 1
    return found


def _single(lines: Lines, grace: int) -> tuple[int, ...]:
    """Return a single grace note and the note that it leads to; nothing if it is none."""
    onsets, durations = lines.onsets, lines.durations
    for main in lines.after(grace, SLIGHTEST, BEFORE):
        before = float(onsets[main] - onsets[grace])
        step = abs(int(lines.pitches[main] - lines.pitches[grace]))
        short = durations[grace] <= min(SHORTER * durations[main], 2 * before)
        if 0 < step <= STEP and short and _alone(lines, grace, main):
            return grace, main
    return ()


def _alone(lines: Lines, grace: int, main: int) -> bool:
    """Return whether no other note of its line begins shortly before or after a grace note.

    The chord of its note may be struck with that.
    """
    start, end = lines.onsets[grace], lines.onsets[main]
    span = ALONE * (end - start)
    around = lines.within(grace, start - span, end + span)
    return all(abs(lines.onsets[n] - end) < TOGETHER for n in around)


def _chain(lines: Lines, first: int) -> tuple[int, ...]:
    """Return two or three grace notes and the note that they lead to; nothing if they are none."""
    chain = [first]
    longest = CHAIN_BEFORE if lines.beats is None else BEFORE
    while len(chain) <= MOST + 1:
        now = chain[-1]
        following = next(lines.after(now, SLIGHTEST, longest), None)
        if following is None or lines.beats_between(now, following) > CHAIN_BEATS:
            break
        step = abs(int(lines.pitches[following] - lines.pitches[now]))
        if not 0 < step <= CHAIN_STEP or lines.durations[now] > 2 * BEFORE:
            break
        chain.append(following)
    if not 3 <= len(chain) <= MOST + 1:
        return ()
    return tuple(chain) if _sets_off(lines, chain) else ()


def _sets_off(lines: Lines, chain: list[int]) -> bool:
    """Return whether grace notes are short, in one voice, and apart from other notes."""
    onsets, (*graces, main) = lines.onsets[chain], chain
    gap = float((onsets[1:] - onsets[:-1]).max())
    held = lines.onsets[graces] + lines.durations[graces] > onsets[-1] + 2 * TOGETHER
    if held.any() or lines.durations[main] < 1.5 * gap:
        return False
    apart = CHAIN_ALONE * gap
    around = lines.within(main, onsets[0] - apart, onsets[-1] + apart)
    return all(n in chain or abs(lines.onsets[n] - onsets[-1]) < TOGETHER for n in around)


def grace_name(pitch: int, name: Name) -> Name:
    """Return the name of a grace note beside a note of another name.

    It is the next step, or the third where it is farther away.
    """
    step, sharps, octave = name
    main = 12 * (octave + 1) + CLASSES[step] + sharps
    steps = sorted(CLASSES, key=CLASSES.__getitem__)
    away = 1 if abs(pitch - main) <= STEP else 2
    place = steps.index(step) + (away if pitch > main else -away)
    octave += place // len(STEPS)
    found = steps[place % len(STEPS)]
    return found, pitch - 12 * (octave + 1) - CLASSES[found], octave
