"""Gestures: what the player did, without the notes that no hand meant and without repeats.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from antiphon.partner.listening.window import Struck


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key was struck: one stroke, however often it was heard."""

    time: float
    stroke: Struck


@dataclass(frozen=True, slots=True)
class KeyUp:
    """The key of a stroke came up; a pedal may still hold the note."""

    time: float
    stroke: Struck


@dataclass(frozen=True, slots=True)
class KeyBack:
    """The key of a stroke came up and is down again at once: its contact bounces."""

    time: float
    stroke: Struck


@dataclass(frozen=True, slots=True)
class PedalDown:
    """The sustain pedal was pressed on purpose."""

    time: float


Gesture = KeyDown | KeyUp | KeyBack | PedalDown
