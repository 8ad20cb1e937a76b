"""Part a performance into phrases, with room after each for an answer.

Times are seconds from the start of the performance. A break lies where the next
phrase begins: up to there the music plays as it was played, from there on it is
later. What still sounds at a break rings on for at most `RINGS_ON`.

What makes an onset a good break follows how listeners group what they hear: a
long time to the next onset, a long last note, silence (F. Lerdahl and
R. Jackendoff, A Generative Theory of Tonal Music, 1983, grouping preference
rules 2 and 3).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from antiphon.messages import control_change, note_off
from antiphon.messages.spec import CONTROL_CHANGE, NOTE_OFF, NOTE_ON, PEDAL_DOWN, SUSTAIN
from antiphon.music.chords import CHORD_SPAN

if TYPE_CHECKING:
    from collections.abc import Callable

Message = tuple[float, bytes]

RINGS_ON = 1.0
"""Seconds for which notes sound on after a break, and a pedal after the last key."""

SILENCE = 2.0
"""All keys up for so many seconds is a break wherever it lies."""

NEIGHBOURS = 8
"""Gaps and lengths are compared with so many on either side."""

GAP, LENGTH, KEY_DOWN = 1.0, 0.4, 0.25
"""What twice the gap or twice the last note is worth, and what a key still down costs."""

STILL_DOWN = 0.05
"""Keys of a legato overlap for so many seconds; they are not held over the break."""


def leave_room(
    messages: list[Message],
    *,
    shortest: float = 4.0,
    longest: float = 9.0,
    room: Callable[[float], float],
) -> list[Message]:
    """Return a performance with silence after each of its phrases.

    A phrase ends where it breathes most, between `shortest` and `longest`
    seconds after its begin, and wherever all keys are up for `SILENCE`.

    Parameters
    ----------
    messages : list of (float, bytes)
        Channel messages in order of time.
    shortest, longest : float
        How long a phrase may be, in seconds.
    room : callable
        Given how long a phrase sounded, returns the silence to follow, both in
        seconds. Where the performance itself is silent for longer, it stays so.

    Returns
    -------
    list of (float, bytes)
        In order of time. Every note-on has its note-off, and notes keep their
        durations, but none lasts for more than `RINGS_ON` after the break. A
        sustain pedal that is down is lifted as the phrase ends and put down
        again as the music goes on. Note-offs that end nothing are left out.
    """
    if not 0.0 < shortest <= longest:
        raise ValueError(f"no phrase can last {shortest} to {longest} seconds")
    sounds = _sounds(messages)
    if not sounds:
        return list(messages)
    others = [(place, m) for place, m in enumerate(messages) if not _is_note(m[1])]
    parted: list[Message] = []
    pedals: dict[int, bytes] = {}
    shift, begin, note, other = 0.0, sounds[0].onset, 0, 0
    for chord in _breaks(_chords(sounds), shortest, longest):
        last_note = bisect_left(sounds, chord.index, note, key=lambda sound: sound.index)
        last_other = bisect_left(others, chord.index, other, key=lambda placed: placed[0])
        rows, quiet = _phrase(sounds[note:last_note], others[other:last_other], pedals, chord.onset)
        parted += [(time + shift, data) for time, data in rows]
        shift += max(quiet + max(room(quiet - begin), 0.0) - chord.onset, 0.0)
        down = [data for data in pedals.values() if data[2] >= PEDAL_DOWN]
        parted += [(chord.onset + shift, data) for data in down]
        begin, note, other = chord.onset, last_note, last_other
    rows, _ = _phrase(sounds[note:], others[other:], pedals, math.inf)
    return parted + [(time + shift, data) for time, data in rows]


@dataclass(frozen=True, slots=True)
class _Sound:
    """One note; `index` and `end_index` are its places among the messages."""

    index: int
    data: bytes
    onset: float
    end: float
    end_index: float

    @property
    def key(self) -> tuple[int, int]:
        """Channel and pitch."""
        return self.data[0] & 0x0F, self.data[1]


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes struck together, as the end of a phrase might look back at it.

    Attributes
    ----------
    index : int
        Place of the first among the messages.
    onset : float
        Of the first.
    length : float
        Of the longest, in seconds.
    held : int
        Keys that earlier notes keep down over this onset.
    silence : float
        Seconds for which all keys were up before.
    """

    index: int
    onset: float
    length: float
    held: int
    silence: float


def _sounds(messages: list[Message]) -> list[_Sound]:
    """Return the notes by onset; a key struck again ends the note before."""
    sounds: list[_Sound] = []
    down: dict[tuple[int, int], int] = {}

    def end(key: tuple[int, int], time: float, index: float) -> None:
        if (place := down.pop(key, None)) is not None:
            sounds[place] = replace(sounds[place], end=time, end_index=index)

    for index, (time, data) in enumerate(messages):
        if not _is_note(data):
            continue
        key = data[0] & 0x0F, data[1]
        if data[0] & 0xF0 == NOTE_ON and data[2] > 0:
            end(key, time, index - 0.5)
            down[key] = len(sounds)
            sounds.append(_Sound(index, data, time, time, index))
        else:
            end(key, time, index)
    for key in list(down):
        end(key, messages[-1][0], len(messages))
    return sounds


def _chords(sounds: list[_Sound]) -> list[_Chord]:
    """Return what is struck together, in order of time."""
    groups: list[list[_Sound]] = []
    for sound in sounds:
        if groups and sound.onset - groups[-1][-1].onset < CHORD_SPAN:
            groups[-1].append(sound)
        else:
            groups.append([sound])
    chords: list[_Chord] = []
    sounding: list[_Sound] = []
    last_end = math.inf  # before the first note there is no silence
    for group in groups:
        onset = group[0].onset
        sounding = [sound for sound in sounding if sound.end > onset + STILL_DOWN]
        length = max(sound.end for sound in group) - onset
        silence = max(onset - last_end, 0.0)
        chords.append(_Chord(group[0].index, onset, length, len(sounding), silence))
        sounding += group
        last_end = max(onset + length, last_end if chords[1:] else onset)
    return chords


def _breaks(chords: list[_Chord], shortest: float, longest: float) -> list[_Chord]:
    """Return the chords that begin a phrase, but for the first."""
    silences = [place for place, chord in enumerate(chords) if chord.silence >= SILENCE]
    onsets = [chord.onset for chord in chords]
    breaks: list[int] = []
    for start, stop in zip([0, *silences], [*silences, len(chords)], strict=True):
        if start:
            breaks.append(start)
        begin = start
        while onsets[stop - 1] - onsets[begin] > longest:
            early = bisect_left(onsets, onsets[begin] + shortest, begin + 1, stop)
            late = bisect_right(onsets, onsets[begin] + longest, begin + 1, stop)
            # Where the music holds still for that long, it goes on with a new phrase.
            places = range(early, late) or range(late, late + 1)
            whole = [place for place in places if onsets[stop - 1] - onsets[place] >= shortest]
            begin = max(whole or places, key=lambda place: _breath(chords, place))
            breaks.append(begin)
    return [chords[place] for place in breaks]


def _breath(chords: list[_Chord], place: int) -> float:
    """Return how much like a breath the time before a chord is."""
    before = range(max(place - NEIGHBOURS, 1), min(place + NEIGHBOURS + 1, len(chords)))
    gap = chords[place].onset - chords[place - 1].onset
    usual_gap = median(chords[near].onset - chords[near - 1].onset for near in before)
    usual_length = median(chords[near - 1].length for near in before)
    return (
        GAP * math.log2(gap / usual_gap)
        + LENGTH * _doublings(chords[place - 1].length, usual_length)
        - KEY_DOWN * chords[place].held
    )


def _doublings(length: float, usual: float) -> float:
    """Return how often `usual` doubles to `length`, within two either way."""
    tiny = 0.01
    return min(max(math.log2(max(length, tiny) / max(usual, tiny)), -2.0), 2.0)


def _phrase(
    sounds: list[_Sound],
    others: list[tuple[int, Message]],
    pedals: dict[int, bytes],
    end: float,
) -> tuple[list[Message], float]:
    """Return the messages of one phrase in order, and when it is silent.

    Parameters
    ----------
    sounds : list of _Sound
        Its notes.
    others : list of (int, (float, bytes))
        Its other messages with their places.
    pedals : dict of int to bytes
        The last move of each channel's sustain pedal; brought up to date.
    end : float
        When the next phrase begins; infinity at the end of the performance.
    """
    rows: list[tuple[float, float, bytes]] = []
    quiet = -math.inf
    for sound in sounds:
        channel, pitch = sound.key
        release = min(sound.end, end + RINGS_ON)
        rows.append((sound.onset, sound.index, sound.data))
        off = note_off(channel, pitch)
        rows.append((release, sound.end_index, off))
        quiet = max(quiet, release)
    lift = max(quiet, min(end, quiet + RINGS_ON)) if math.isfinite(end) else math.inf
    heard = dict(pedals)
    lifted_at = -math.inf
    for index, (time, data) in others:
        if data[0] & 0xF0 == CONTROL_CHANGE and data[1] == SUSTAIN:
            pedals[data[0] & 0x0F] = data
            if time > lift:
                continue  # a pedal that moves in the room has moved when the music goes on
            if heard.get(data[0] & 0x0F, b"\0\0\0")[2] >= PEDAL_DOWN > data[2]:
                lifted_at = max(lifted_at, time)
            heard[data[0] & 0x0F] = data
        rows.append((time, index, data))
    if math.isfinite(end):
        lifted = [channel for channel, data in heard.items() if data[2] >= PEDAL_DOWN]
        rows += [(lift, math.inf, control_change(ch, SUSTAIN, 0)) for ch in lifted]
        quiet = lift if lifted else max(quiet, lifted_at)
    rows.sort(key=lambda row: row[:2])
    return [(time, data) for time, _, data in rows], quiet


def _is_note(data: bytes) -> bool:
    return data[0] & 0xF0 in (NOTE_ON, NOTE_OFF)
