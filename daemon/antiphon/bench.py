"""Measure the live side on this machine: speed, start-up and memory.

Each call of the instrument is timed on its own, with all its inputs, as in a jam.
Start-up and memory are those of a real `antiphon jam` in a process of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import AntiphonError
from antiphon.instrument import Predictor
from antiphon.instrument.ask import Ask

if TYPE_CHECKING:
    from antiphon.sections import Settings

STEPS = 2000
WARM_UP = 100
WINDOW_NOTES = 64
PRIMINGS = 20
STARTS = 3
READY = "ready after"
_PEAK = re.compile(r"peak memory ([0-9.]+) MiB")
"""A jam with -v logs `READY` when it can answer, and `_PEAK` at its end."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures; each name ends with the unit."""

    instrument: str
    precision: str
    step_p50_ms: float
    step_p99_ms: float
    priming_64_notes_ms: float
    start_up_s: float
    peak_memory_mib: float

    def as_dict(self) -> dict[str, str | float]:
        """Return the figures as JSON values."""
        return asdict(self)


def measure(settings: Settings) -> Figures:
    """Measure this machine with the instrument of the settings.

    Raises
    ------
    AntiphonError
        The instrument cannot be played, or a jam does not start.
    """
    path = settings.instrument.file
    predictor = Predictor(path)
    steps = time_steps(predictor, STEPS)
    starts = [_start(str(path)) for _ in range(STARTS)]
    return Figures(
        instrument=predictor.card.name,
        precision=predictor.card.precision,
        step_p50_ms=round(1e3 * float(np.percentile(steps, 50)), 4),
        step_p99_ms=round(1e3 * float(np.percentile(steps, 99)), 4),
        priming_64_notes_ms=round(1e3 * _priming(predictor), 3),
        start_up_s=round(float(np.median([start for start, _ in starts])), 3),
        peak_memory_mib=max(peak for _, peak in starts),
    )


def time_steps(predictor: Predictor, count: int) -> list[float]:
    """Return the seconds of each of `count` calls that continue each other."""
    rng = np.random.default_rng(0)
    state, row = predictor.initial_state(), np.array(predictor.codec.start, dtype=np.int32)
    taken = []
    for uniforms in rng.random((WARM_UP + count, len(row)), dtype=np.float32):
        before = time.perf_counter()
        drawn = predictor.step(Ask(state, row, uniforms))
        taken.append(time.perf_counter() - before)
        state, row = drawn.state, drawn.classes
    return taken[WARM_UP:]


def _priming(predictor: Predictor) -> float:
    """Return the median seconds to read a window of 64 notes."""
    rows = np.ones((WINDOW_NOTES, len(predictor.codec.fields)), dtype=np.int32)
    taken = []
    for _ in range(PRIMINGS):
        before = time.perf_counter()
        predictor.prime(predictor.initial_state(), rows)
        taken.append(time.perf_counter() - before)
    return float(np.median(taken))


def _start(instrument: str) -> tuple[float, float]:
    """Start a jam; return the seconds until it can answer, and its peak memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "antiphon", "-v", "jam", "--instrument", instrument),
            *("--sessions", folder, "--duration", "1"),
        ]
        before = time.monotonic()
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "ANTIPHON_SYNTH__RENDER": "off"},
        ) as process:
            assert process.stderr is not None
            ready = peak = None
            for line in process.stderr:
                if READY in line:
                    ready = time.monotonic() - before
                elif (found := _PEAK.search(line)) is not None:
                    peak = float(found[1])
    if ready is None or peak is None:
        raise AntiphonError("A jam does not start here: `antiphon -v jam` says why.")
    return ready, peak
