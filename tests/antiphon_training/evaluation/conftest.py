"""A tiny instrument, and music that is short enough to count by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.music.note import NOTE_DTYPE, NoteArray, sort_notes

TINY = Path(__file__).parents[2] / "antiphon" / "instrument" / "tiny.onnx"
Make = Callable[..., NoteArray]


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    return TINY


@pytest.fixture(scope="session")
def tiny() -> Predictor:
    return Predictor(TINY)


@pytest.fixture(scope="session")
def make() -> Make:
    """Make notes from pitches, onsets (a number: so far apart) and durations."""

    def notes(
        pitch: Sequence[int],
        onset: float | Sequence[float] = 0.25,
        duration: float | Sequence[float] = 0.2,
    ) -> NoteArray:
        array = np.zeros(len(pitch), NOTE_DTYPE)
        array["pitch"], array["velocity"], array["duration"] = pitch, 64, duration
        array["onset"] = np.arange(len(pitch)) * onset if isinstance(onset, float) else onset
        return sort_notes(array)

    return notes


@pytest.fixture(scope="session")
def tune(make: Make) -> Make:
    """A tune of so many notes, four a second, made of the same four bars as all others."""

    def notes(count: int, seed: int = 1) -> NoteArray:
        motifs = 60 + np.random.default_rng(0).integers(0, 12, (4, 8))
        bars = np.random.default_rng(seed).integers(0, 4, -(-count // 8))
        return make(motifs[bars].reshape(-1)[:count], 0.25, 0.2)

    return notes
