"""Swung music is written as the plain music that it stands for, under a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import TimeSignature
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.files.telling import notated_by
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.music.swing import PAIRS, Level, Swing
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.page import Page, lay_out

if TYPE_CHECKING:
    from pathlib import Path

BEAT = 0.5
COMMON = Notated(BeatClock.of([(0.0, BEAT)]), (TimeSignature(0.0, 4, 4),))
PITCHES = (60, 62, 64, 65, 67, 65, 64, 62, 72, 71, 69, 67, 65, 64, 62, 59)


def tune(swing: Swing | None = None, level: Level = "eighths") -> NoteArray:
    """Return two bars of eighths, one with staccato and a triplet, over halves in the bass."""
    places = [*np.arange(0.0, 8.0, 0.5), 8.0, 8.5, 9.0, 9 + 1 / 3, 9 + 2 / 3, 10.0, 10.5, 11.0]
    lengths = [*[0.5] * 16, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 0.25, 0.5, 1.0]
    line = zip(places, lengths, (*PITCHES, *PITCHES[:8]), strict=True)
    bass = [(2.0 * half, 2.0, 43 + half) for half in range(6)]
    notes = [(PAIRS[level] * at, PAIRS[level] * long, pitch) for at, long, pitch in (*line, *bass)]
    moments = np.unique([at for at, _, _ in notes])
    moments = np.append(moments, 12.0 * PAIRS[level])
    played = moments if swing is None else swing.played(moments)

    def second(beat: float) -> float:
        return BEAT * float(np.interp(beat, moments, played))

    return notes_to_array(
        Note(pitch, second(at), second(at + long) - second(at), 80) for at, long, pitch in notes
    )


def laid_out(notes: NoteArray) -> Page:
    return lay_out(notes, notated=COMMON)


def music(page: Page) -> str:
    return lilypond(page).replace('"Swing" ', "").replace('"Swing 16ths" ', "")


@pytest.mark.parametrize("ratio", [1.3, 1.6, 2.0, 2.5])
@pytest.mark.parametrize("level", ["eighths", "sixteenths"])
def test_a_swung_tune_is_written_straight(ratio: float, level: Level) -> None:
    straight = laid_out(tune(level=level))
    assert straight.swing is None
    page = laid_out(tune(Swing(ratio, level=level), level))
    assert page.swing is not None
    assert page.swing.level == level
    assert page.swing.ratio == pytest.approx(ratio)
    assert "c'" in music(page)
    assert music(page) == music(straight)


@pytest.mark.train
def test_the_mark_stands_before_the_tempo() -> None:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    for level, words in (("eighths", "Swing"), ("sixteenths", "Swing 16ths")):
        page = laid_out(tune(Swing(1.6, level=level), level))
        assert f'\\tempo "{words}" 4 = 120' in lilypond(page)
        root = ElementTree.fromstring(musicxml(make_score(page), page))
        (words_and_tempo,) = (
            each for each in root.iter("direction") if each.find("direction-type/words") is not None
        )
        kinds = [kind[0] for kind in words_and_tempo.findall("direction-type")]
        assert [kind.tag for kind in kinds] == ["words", "metronome"]
        assert (kinds[0].text or "").strip("\N{NO-BREAK SPACE}") == words
        assert not [*root.iter("swing")], "MuseScore 3 takes the file for damaged"
    plain = laid_out(tune())
    assert "\\tempo 4 = 120" in lilypond(plain)
    assert b"Swing" not in musicxml(make_score(plain), plain)


def test_long_and_short_in_six_eight_are_what_they_are() -> None:
    told = Notated(BeatClock.of([(0.0, BEAT)]), (TimeSignature(0.0, 6, 8),))
    assert lay_out(tune(Swing(2.0)), notated=told).swing is None


def test_a_swung_file_tells_its_beats(tmp_path: Path) -> None:
    path = tmp_path / "swung.mid"
    notes = tune(Swing(1.6))
    write_midi(path, [Part("Piano", 0, 0, notes)], notated=COMMON)
    performance = read_performance(path)
    heard = performance.notes()
    told = notated_by(performance, heard)
    assert told.clock is not None
    page = lay_out(heard, notated=told)
    assert page.swing is not None
    assert page.swing.ratio == pytest.approx(1.6, abs=0.02)
