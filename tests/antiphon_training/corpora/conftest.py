"""MIDI files made by mido, message by message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import pytest

Events = list[tuple[int, mido.Message | mido.MetaMessage]]
"""Ticks from the start, and what happens then."""
Save = Callable[..., Path]


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
