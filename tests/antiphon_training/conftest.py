"""What the tests of training share: a tiny recipe, corpora, MIDI files and an instrument."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.music.note import NOTE_DTYPE, NoteArray, sort_notes
from antiphon.resources import house_instrument

MUSIC = Path(__file__).parents[1] / "data"
TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"
TINY_RECIPE = """
[network]
units = 12
embedding = 8
head = 8

[corpus]
valid_share = 0.4

[corpus.sources.songs]
licence = "CC0-1.0"

[fit]
batch = 4
steps = 12
batches_a_round = 2
rounds_an_epoch = 3
epochs = 4
learning_rate = 0.01
warmup_steps = 3
precision = "float32"
"""
Start = Callable[..., "subprocess.Popen[str]"]
Events = list[tuple[int, mido.Message | mido.MetaMessage]]
"""Ticks from the start, and what happens then."""
Save = Callable[..., Path]
Make = Callable[..., NoteArray]


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY_RECIPE)
    return path


@pytest.fixture(scope="session")
def folders() -> Sequence[Path]:
    return (MUSIC / "rolls", MUSIC / "songs")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `antiphon ...` as a shell would, with a home of its own."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}

    def popen(*args: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "antiphon", *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    return popen


def note(pitch: int, start: int, end: int, velocity: int = 64, channel: int = 0) -> Events:
    """Return the two messages of a note."""
    on = mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)
    return [(start, on), (end, mido.Message("note_off", note=pitch, channel=channel))]


def track(events: Events, name: str = "") -> mido.MidiTrack:
    """Return a track with these events in order of time."""
    made = mido.MidiTrack()
    if name:
        made.append(mido.MetaMessage("track_name", name=name))
    before = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        made.append(message.copy(time=tick - before))
        before = tick
    return made


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a MIDI file of 480 ticks a quarter, and return where it is.

    Tracks are lists of events or pairs of a name and such a list.
    """

    def write(name: str, *tracks: Any, kind: int = 1, tempo: int = 500_000) -> Path:
        file = mido.MidiFile(type=kind, ticks_per_beat=480)
        for index, told in enumerate(tracks):
            named = told if isinstance(told, tuple) else ("", told)
            events = [*named[1]]
            if index == 0:
                events.insert(0, (0, mido.MetaMessage("set_tempo", tempo=tempo)))
            file.tracks.append(track(events, named[0]))
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(path)
        return path

    return write


@pytest.fixture
def make_note() -> Callable[..., Events]:
    """Return what makes the messages of a note."""
    return note


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    return TINY


@pytest.fixture(scope="session")
def tiny() -> Predictor:
    return Predictor(TINY)


@pytest.fixture(scope="session")
def house() -> Predictor:
    """The shipped instrument: the tiny one has learned nothing, and expects any silence."""
    return Predictor(house_instrument())


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
