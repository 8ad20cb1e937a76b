"""The swing of a player is told from what is heard, at any tempo."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.music.swing import Swing
from antiphon.partner.line.cue import Cue
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.pulse import pulse_of
from antiphon.partner.listening.settings import GrooveSettings
from antiphon.partner.listening.swinging import swing_of

SECOND = {"straight": 0.5, "shuffle": 0.6, "swing": 2 / 3}


def comped(beat: float, second: float, bars: int = 4, seed: int = 3) -> NoteArray:
    """Return a melody in eighths over a bass in quarters, played by hand."""
    rng = np.random.default_rng(seed)
    notes = []
    for number in range(4 * bars):
        notes.append((40 + number % 5, float(number), 0.9))
        notes.append((70 + number % 7, float(number), second))
        if number % 4 != 3:
            notes.append((72 + number % 5, number + second, 1.0 - second))
    off = rng.normal(0.0, 0.008, len(notes))
    return notes_to_array(
        Note(pitch, 1.0 + max(place * beat + late, 0.0), beat * length, 80)
        for (pitch, place, length), late in zip(notes, off.tolist(), strict=True)
    )


@pytest.mark.parametrize("tempo", [60, 90, 120, 150, 180, 220])
@pytest.mark.parametrize("kind", ["shuffle", "swing"])
def test_the_swing_of_a_phrase(tempo: int, kind: str) -> None:
    beat = 60.0 / tempo
    pulse = pulse_of(comped(beat, SECOND[kind], bars=6))
    swing = swing_of(pulse, pulse.beats())
    assert swing is not None
    assert swing.period == pytest.approx(beat, rel=0.02)
    beats = (swing.anchor - 1.0) / beat
    assert beats == pytest.approx(round(beats), abs=0.1)
    assert swing.offbeat == pytest.approx(SECOND[kind], abs=0.04)


@pytest.mark.parametrize("tempo", [60, 90, 120, 150, 180, 220])
def test_straight_eighths_have_none(tempo: int) -> None:
    assert Cue.heard(comped(60.0 / tempo, 0.5)).swing is None


def test_the_beats_of_words_are_those_of_the_swing() -> None:
    cue = Cue.heard(comped(60.0 / 220, SECOND["shuffle"], bars=6))
    assert cue.beats is not None
    assert cue.word_beats is not None
    assert cue.word_beats.period == pytest.approx(60.0 / 220, rel=0.02)
    assert cue.beats.period > 1.2 * cue.word_beats.period
    assert Cue().word_beats is None


def halves(beat: float) -> NoteArray:
    """Return chords in halves, with a quarter here and there: no eighth."""
    onsets = [0, 2, 4, 5, 6, 8, 10, 12, 13, 14, 16]
    return notes_to_array(Note(60, 1.0 + beat * onset, beat, 80) for onset in onsets)


def test_the_swing_goes_on_where_a_phrase_has_no_eighths() -> None:
    before = Swing(1.8, 0.5, 0.0)
    pulse = pulse_of(halves(0.52))
    beats = pulse.beats()
    assert beats is not None
    swing = swing_of(pulse, beats, before=before)
    assert swing is not None
    assert swing.ratio == 1.8
    assert swing.anchor == beats.anchor
    assert swing.period == pytest.approx(0.52, rel=0.02)
    assert swing_of(pulse, beats) is None
    assert swing_of(pulse, beats, before=Swing(1.8, 0.4, 0.0)) is None, "the tempo is another"
    assert swing_of(pulse, None, before=before) is None


def test_straight_eighths_end_it() -> None:
    pulse = pulse_of(comped(0.5, 0.5))
    assert swing_of(pulse, pulse.beats(), before=Swing(1.8, 0.5, 0.0)) is None


def funk(beat: float, second: float, bars: int = 4) -> NoteArray:
    """Return a line in sixteenths with gaps over a bass in quarters, played by hand."""
    rng = np.random.default_rng(5)
    late = (2.0 * second - 1.0) / 4.0  # beats by which the second of two sixteenths is late
    line = [0.0, 0.25 + late, 0.5, 0.75 + late, 1.0, 1.5, 1.75 + late, 2.25 + late, 2.5, 3.0]
    notes = [(40, 4.0 * bar + beat) for bar in range(bars) for beat in range(4)]
    notes += [(70 + n % 3, 4.0 * bar + at) for bar in range(bars) for n, at in enumerate(line)]
    off = rng.normal(0.0, 0.005, len(notes)).tolist()
    return notes_to_array(
        Note(pitch, max(1.0 + beat * place + by, 0.0), 0.1 * beat, 80)
        for (pitch, place), by in sorted(zip(notes, off, strict=True), key=lambda note: note[0][1])
    )


@pytest.mark.parametrize("tempo", [80, 100, 112])
def test_swung_sixteenths_on_beats_that_are_given(tempo: int) -> None:
    beat = 60.0 / tempo
    given = Beats(beat, 1.0, given=True)
    swing = swing_of(pulse_of(funk(beat, 0.6)), given)
    assert swing is not None
    assert swing.level == "sixteenths"
    assert swing.ratio == pytest.approx(1.5, rel=0.12)
    assert swing.period == beat
    assert swing_of(pulse_of(funk(beat, 0.5)), given) is None


def test_the_level_can_be_asked_for_and_swing_switched_off() -> None:
    pulse = pulse_of(funk(0.6, 0.6))
    heard = swing_of(pulse, Beats(0.6, 1.0))
    assert heard is not None
    assert (heard.level, heard.period) == ("eighths", 0.3), "a tempo of 200 is as likely"
    asked = swing_of(pulse, Beats(0.6, 1.0), GrooveSettings(swing="sixteenths"))
    assert asked is not None
    assert (asked.level, asked.period) == ("sixteenths", 0.6)
    assert swing_of(pulse, Beats(0.6, 1.0), GrooveSettings(swing="off"), before=heard) is None
    given = Beats(0.6, 1.0, given=True)
    assert swing_of(pulse, given, GrooveSettings(swing="eighths")) is None


def test_a_ratio_that_is_asked_for_holds_whatever_is_played() -> None:
    pulse = pulse_of(halves(0.5))
    beats = Beats(0.5, 1.0)
    fixed = GrooveSettings(swing="eighths", swing_ratio=1.7)
    assert swing_of(pulse, beats, fixed) == Swing(1.7, 0.5, 1.0)
    assert swing_of(pulse, beats, GrooveSettings(swing_ratio=1.7)) is None, "auto"
    assert swing_of(pulse, None, fixed) is None
