"""How the partner listens and answers, with the reason for each default.

All times are seconds. The section `[partner]` of `config/jam.toml` sets what
musicians may want to change; the rest is fixed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from antiphon.errors import SettingError
from antiphon.music.chords import CHORD_SPAN

Mode = Literal["respond", "listen"]
"""`respond` answers when the player pauses; `listen` never plays."""

MODES: tuple[Mode, ...] = get_args(Mode)

# The range of each number. Two keys of which one must not exceed the other: _ORDERED.
_RANGES: dict[str, tuple[float, float]] = {
    "pause": (0.05, 60.0),
    "pause_gaps": (0.0, 20.0),
    "longest_pause": (0.05, 120.0),
    "held_pause": (0.05, 120.0),
    "chord_span": (0.0, 0.2),
    "shortest": (0.1, 300.0),
    "longest": (0.1, 600.0),
    "first_note_within": (0.0, 5.0),
    "longest_gap": (0.05, 9.0),
    "longest_note": (0.01, 60.0),
    "voices": (1, 128),
    "notes_per_second": (1, 500),
    "low": (0, 127),
    "high": (0, 127),
    "temperature_pitch": (0.01, 10.0),
    "temperature_step": (0.01, 10.0),
    "temperature_duration": (0.01, 10.0),
    "temperature_velocity": (0.01, 10.0),
    "min_p": (0.0, 1.0),
    "window_notes": (1, 4096),
    "window_seconds": (1.0, 3600.0),
    "horizon": (0.0, 10.0),
    "lead": (0.0, 1.0),
    "read_ahead": (0.0, 10.0),
    "calls_per_tick": (1, 1000),
}

_ORDERED = (("low", "high"), ("shortest", "longest"), ("pause", "longest_pause"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSettings:
    """How the partner listens and answers.

    Attributes
    ----------
    mode : {"respond", "listen"}
        What it does at first.
    pause, pause_gaps : float
        The player has finished once no key moved for `pause`, or for
        `pause_gaps` times his own median gap between onsets, whichever is
        longer: 0.6 s is twice the gap at a beat of 200 a minute.
    longest_pause : float
        The pause asked for never exceeds this, and a longer gap is a rest, not
        a gap: a player of one note in three seconds is still answered.
    held_pause : float
        How long no key may have moved while keys are still down. Longer than
        `pause`, for a held note is most often one that goes on.
    chord_span : float
        Onsets within this are one chord: 40 ms parts the spread of a chord
        (under 30 ms) from the fastest trill (over 60 ms).
    shortest, longest : float
        An answer lasts as long as the phrase, within these.
    first_note_within : float
        The first note comes this soon after the pause. A little room leaves the
        place of the entry to the instrument.
    longest_gap : float
        No more time passes between two onsets of an answer (nor more than a
        third of the answer, so that the shortest still has a few notes). It
        must lie within the codec's table of steps, which ends at 10 s.
    longest_note : float
        Longer notes are cut to this.
    voices : int
        So many notes of the partner's sound at once, unless that would make it
        wait longer than `longest_gap`: two hands, and what a pedal keeps.
    notes_per_second : int
        No more onsets than this in a second, a quarter of them at once. Pianists
        reach 30 to 40 and chords of ten; a model that stumbles would go on for
        ever at one instant.
    low, high : int
        The pitches it may play: those of a piano.
    temperature_pitch, temperature_step, temperature_duration, temperature_velocity : float
        1 is as the instrument learned; lower is safer, higher wilder. Where an
        instrument speaks in words, that of the pitch is theirs.
    min_p : float
        Classes less likely than this share of the likeliest are not drawn: it
        cuts the tail, where a small network is least to be trusted.
    window_notes, window_seconds : int, float
        What it remembers of what was played: so many notes, not older than this;
        more notes where an instrument reads a longer window.
    horizon : float
        Notes are drawn so far ahead of their onset. Long enough for any delay
        of the machine, short enough that little is drawn in vain.
    lead : float
        The first note lies this much after the end of the pause, which hides
        the time it takes to draw and send it; no onset is nearer to now than
        half of it.
    read_ahead : float
        The window is read, and the first notes are drawn, this long before the
        pause ends, so that the answer need not wait for that: 64 notes at up to
        4 ms each.
    calls_per_tick : int
        The instrument is called so often in one `tick` at most: the longest
        that a key may have to wait, a few milliseconds. Once only where it reads
        a window anew each time.
    ignored_channels : tuple of int
        Channels, 0 to 15, that are no player: 9 is the drums'.
    """

    mode: Mode = "respond"
    pause: float = 0.6
    pause_gaps: float = 2.0
    longest_pause: float = 6.0
    held_pause: float = 2.5
    chord_span: float = CHORD_SPAN
    shortest: float = 1.5
    longest: float = 20.0
    first_note_within: float = 0.15
    longest_gap: float = 2.0
    longest_note: float = 10.0
    voices: int = 24
    notes_per_second: int = 40
    low: int = 21
    high: int = 108
    temperature_pitch: float = 1.0
    temperature_step: float = 1.0
    temperature_duration: float = 1.0
    temperature_velocity: float = 1.0
    min_p: float = 0.02
    window_notes: int = 64
    window_seconds: float = 30.0
    horizon: float = 0.5
    lead: float = 0.02
    read_ahead: float = 0.3
    calls_per_tick: int = 4
    ignored_channels: tuple[int, ...] = (9,)

    def __post_init__(self) -> None:
        """Refuse what makes no sense, with a sentence that says what would."""
        check_mode(self.mode)
        for key, (low, high) in _RANGES.items():
            value = getattr(self, key)
            if not (math.isfinite(value) and low <= value <= high):
                raise SettingError(f"partner.{key} is {value}; it must be from {low} to {high}.")
        for less, more in _ORDERED:
            if getattr(self, less) > getattr(self, more):
                raise SettingError(f"partner.{less} must not be above partner.{more}.")
        if not all(0 <= channel <= 15 for channel in self.ignored_channels):
            raise SettingError("partner.ignored_channels must each be from 0 to 15.")

    def temperature(self, field: str) -> float:
        """Return the temperature of one field of a note."""
        return {
            "pitch": self.temperature_pitch,
            "step": self.temperature_step,
            "duration": self.temperature_duration,
            "velocity": self.temperature_velocity,
        }[field]


def check_mode(mode: str) -> Mode:
    """Return the mode of that name.

    Raises
    ------
    SettingError
        There is none.
    """
    for known in MODES:
        if mode == known:
            return known
    raise SettingError(f"There is no mode {mode!r}; the modes are {', '.join(MODES)}.")
