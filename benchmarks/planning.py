"""Measure what an answer costs that is planned: calls, memory, groove and pulse.

Everything is done in turns, `--rounds` times each, on one thread and one instrument, so
that a machine which is busy is so for all; what is printed is the least and the median in
milliseconds, and the medians beside that of one call of the instrument. The player's
phrase and what is remembered are a performance that comes with Antiphon, again and again:
`python benchmarks/planning.py [INSTRUMENT.onnx]`. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument import Predictor
from antiphon.music.files.reading import read_performance
from antiphon.partner import PartnerSettings
from antiphon.partner.line.form import cue_of
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line, prepared
from antiphon.partner.line.memory_for import memory_for
from antiphon.partner.line.plan import Plan
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.pulse import Pulse, pulse_of
from antiphon.partner.memory.settings import MemorySettings
from antiphon.resources import house_instrument, house_performance

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.note import NoteArray

CANDIDATES, NOTES = 8, 60
PHRASE = 64
REMEMBERED = 4096
BREATH = 1.0
"""Seconds from the end of the performance until it is played again."""


def main() -> None:
    """Print what each part costs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("instrument", nargs="?", type=Path, default=house_instrument())
    parser.add_argument("--rounds", type=int, default=20, help="how often all is done (20)")
    options = parser.parse_args()
    tasks = tasks_of(options.instrument)
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(options.rounds):
        for name, (task, count) in tasks.items():
            begun = time.perf_counter()
            task()
            spent[name].append(1000.0 * (time.perf_counter() - begun) / count)
    call = float(np.median(spent["call"]))
    figures = {
        name: {
            "least_ms": round(min(took), 4),
            "p50_ms": round(float(np.median(took)), 4),
            "calls": round(float(np.median(took)) / call, 2),
        }
        for name, took in spent.items()
    }
    print(json.dumps(figures, indent=2))


def tasks_of(instrument: Path) -> dict[str, tuple[Callable[[], object], int]]:
    """Return what is measured: a function, and how many times it does a thing, by name."""
    predictor = Predictor(instrument)
    heard = repeated(read_performance(house_performance()).notes(), REMEMBERED + 1)
    phrase = heard[-PHRASE:]
    cue = replace(cue_of(FormSettings(), phrase), memory=None)
    improviser = improviser_for(predictor, predictor.codec, PartnerSettings(longest=30.0))
    memory = memory_for(predictor, predictor.codec, MemorySettings(notes=REMEMBERED))
    with_memory = replace(cue, memory=memory)
    tuned, place = place_after(improviser, heard, with_memory)
    begin = float(heard["onset"][-1])

    def line() -> Line:
        return Line(tuned, place, begin, 30.0, np.random.default_rng(1), cue.gap)

    def planned() -> None:
        plan = Plan(line().forked(CANDIDATES), cue.critic)
        for _ in range(NOTES):
            plan.draw(begin)
        plan.choose()

    def alone() -> None:
        one = line()
        for _ in range(NOTES):
            one.draw(begin)

    drafts = prepared(line().forked(CANDIDATES), begin)
    asks = [draft.ask for draft in drafts]
    plain = replace(asks[0], memory=None)
    pulse = pulse_of(phrase)

    def followed() -> None:
        follower = Pulse()
        for note in phrase:
            follower.strike(float(note["onset"]), int(note["pitch"]), int(note["velocity"]))
            follower.follow(float(note["onset"]))

    tasks: dict[str, tuple[Callable[[], object], int]] = {
        "call": (lambda: [predictor.step(plain) for _ in range(NOTES)], NOTES),
        "call_with_memory": (lambda: [predictor.step(asks[0]) for _ in range(NOTES)], NOTES),
        "batch_of_8": (lambda: [predictor.step_batch(asks) for _ in range(NOTES)], NOTES),
        "note_drawn_alone": (alone, NOTES),
        "answer_of_60_notes_planned_8_times": (planned, 1),
        "groove": (lambda: groove_of(pulse, pulse.beats()), 1),
        "pulse_a_note": (followed, PHRASE),
    }
    trail = place.trail
    if memory is not None and trail is not None:
        tasks["recall"] = (lambda: [memory.recall(trail) for _ in range(NOTES)], NOTES)
    return tasks


def repeated(notes: NoteArray, count: int) -> NoteArray:
    """Return the last notes of a performance that is played again and again."""
    length = float(notes["onset"][-1] - notes["onset"][0]) + BREATH
    times = -(-count // len(notes))
    played = np.tile(notes, times)
    played["onset"] += np.repeat(np.arange(times) * length, len(notes))
    return played[-count:]


if __name__ == "__main__":
    main()
