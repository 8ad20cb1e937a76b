"""Lower the gain so that notes that sound together do not clip.

FluidSynth adds its voices up and has no limiter. At a gain that makes a soft
performance audible, a fortissimo of many notes would clip. `Headroom` sees every
message before it sounds, and estimates the loudest sample to come from velocities,
pedals and volumes. Just before a note that would clip it lowers the gain. FluidSynth
moves to a new gain within one block of 64 frames.

Levels are amplitudes at a gain of 1; 1.0 is full scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    PEDAL_DOWN,
    PROGRAM_CHANGE,
    SUSTAIN,
    is_channel_message,
)

if TYPE_CHECKING:
    from antiphon.synth.engine import Engine

DEFAULT_GAIN = 3.0
"""At this gain the first 50 s of the bundled performance, which are soft, peak at -14 to
-8 dBFS."""

CEILING = 0.9
"""The estimate is kept below this."""

CREST = 2.0
"""The peak of notes of different pitches is at most this many times the root of the sum of
their squares: 1.5 to 1.8 times, measured with 4 to 68 notes at once
(tests/antiphon/synth/test_headroom.py)."""

RECOVERY_DB = 6.0
"""Decibels a second by which the gain rises again, at the notes that follow."""

PIANOS = range(8)
"""Programs that fade while a key is held; the others are assumed not to fade."""
PIANO_FADES = 1.0
"""Seconds in which a struck string falls to 1/e: 0.5 to 0.8 in TimGM6mb, low strings last."""
RELEASE_FADES = 0.4
"""Seconds in which a released note falls to 1/e; most fall faster."""

LOUDEST_PROGRAM = 2.5
"""How many times louder than its piano TimGM6mb's loudest program is, a French horn; every
program that is no piano is assumed to be as loud."""

VOLUME = 7
DEFAULT_VOLUME = 100
INAUDIBLE = 0.001

TYPICAL_NOTE = 0.26
"""TimGM6mb's loudest piano note, for a SoundFont that has no piano to measure."""

PROBED = (24, 36, 48, 60, 72, 84, 96)
PROBE_SECONDS = 0.15


@dataclass(slots=True)
class _Sound:
    """One note: its level, since when, and how it fades (seconds to 1/e; inf: not at all)."""

    level: float
    since: float
    fades: float
    let_go: bool = False

    def level_at(self, now: float) -> float:
        return self.level * math.exp(-max(now - self.since, 0.0) / self.fades)


class Headroom:
    """Returns the gain that each message needs; see the module.

    Parameters
    ----------
    gain : float
        The largest gain, 0 to 10; it holds while few notes sound.
    loudest_note : float
        Level of the loudest piano note at velocity 127; see `loudest_note`.
    """

    def __init__(self, gain: float, loudest_note: float) -> None:
        self._most = self._gain = gain
        self._loudest = loudest_note
        self._set_at = -math.inf
        self._sounds: dict[tuple[int, int], _Sound] = {}
        self._pedals: set[int] = set()
        self._programs: dict[int, int] = {}
        self._volumes: dict[int, int] = {}

    def gain_for(self, data: bytes, now: float) -> float | None:
        """Return the gain to set before a message is sounded, or None to leave it.

        Parameters
        ----------
        data : bytes
            One message.
        now : float
            When it sounds, in seconds of any clock that does not go back.
        """
        if not is_channel_message(data):
            return None
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == NOTE_ON and data[2] > 0:
            self._strike(channel, data[1], data[2], now)
            before, self._gain, self._set_at = self._gain, self._allowed(now), now
            return self._gain if self._gain != before else None
        if kind in (NOTE_ON, NOTE_OFF):
            self._let_go(channel, data[1], now)
        elif kind == CONTROL_CHANGE:
            self._control(channel, data[1], data[2], now)
        elif kind == PROGRAM_CHANGE:
            self._programs[channel] = data[1]
        return None

    def estimate(self, now: float) -> float:
        """Return the loudest sample to come, at a gain of 1, if no other note is struck."""
        by_pitch: dict[int, float] = {}
        for key, sound in list(self._sounds.items()):
            level = sound.level_at(now)
            if level < INAUDIBLE:
                del self._sounds[key]
                continue
            channel, pitch = key
            level *= (self._volumes.get(channel, DEFAULT_VOLUME) / DEFAULT_VOLUME) ** 2
            by_pitch[pitch] = by_pitch.get(pitch, 0.0) + level  # one pitch may be in phase
        levels = by_pitch.values()
        return min(sum(levels), CREST * math.sqrt(sum(level * level for level in levels)))

    def _allowed(self, now: float) -> float:
        estimate = self.estimate(now)
        wanted = min(self._most, CEILING / estimate) if estimate > 0.0 else self._most
        risen = RECOVERY_DB * max(now - self._set_at, 0.0)
        return min(wanted, self._gain * math.pow(10.0, min(risen, 100.0) / 20.0))

    def _strike(self, channel: int, pitch: int, velocity: int, now: float) -> None:
        piano = self._programs.get(channel, 0) in PIANOS
        level = self._loudest * (velocity / 127.0) ** 2 * (1.0 if piano else LOUDEST_PROGRAM)
        before = self._sounds.get((channel, pitch))
        if before is not None:
            level = max(level, before.level_at(now))
        self._sounds[channel, pitch] = _Sound(level, now, PIANO_FADES if piano else math.inf)

    def _let_go(self, channel: int, pitch: int, now: float) -> None:
        sound = self._sounds.get((channel, pitch))
        if sound is not None:
            sound.let_go = True
            if channel not in self._pedals:
                _fade(sound, now)

    def _control(self, channel: int, control: int, value: int, now: float) -> None:
        if control == SUSTAIN and value >= PEDAL_DOWN:
            self._pedals.add(channel)
        elif control == SUSTAIN:
            self._pedals.discard(channel)
            for (where, _), sound in self._sounds.items():
                if where == channel and sound.let_go:
                    _fade(sound, now)
        elif control in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            for where, pitch in list(self._sounds):
                if where == channel:
                    self._let_go(channel, pitch, now)
        elif control == VOLUME:
            self._volumes[channel] = value


def _fade(sound: _Sound, now: float) -> None:
    """Let a note fade quickly from now on."""
    if sound.fades > RELEASE_FADES:
        sound.level, sound.since = sound.level_at(now), now
        sound.fades = RELEASE_FADES


def loudest_note(engine: Engine, sample_rate: int) -> float:
    """Return the level of the loudest piano note of a SoundFont, at velocity 127 and a gain of 1.

    Parameters
    ----------
    engine : Engine
        A synthesizer with the SoundFont and a gain of 1, that no audio device plays.
    sample_rate : int
        Its frames a second.
    """
    loudest = 0
    for pitch in PROBED:
        engine.noteon(0, pitch, 127)
        samples = engine.get_samples(round(PROBE_SECONDS * sample_rate))
        loudest = max(loudest, int(samples.max()), -int(samples.min()))
        engine.cc(0, ALL_SOUND_OFF, 0)
        engine.get_samples(round(PROBE_SECONDS * sample_rate))
    return loudest / 32_768 or TYPICAL_NOTE
