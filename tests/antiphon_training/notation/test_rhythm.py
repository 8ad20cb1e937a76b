"""From onsets to beats and bars: played evenly, and by hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon_training.notation.beats import BEAT, find_beats
from antiphon_training.notation.metre import find_metre
from antiphon_training.notation.metres import DOTTED, QUARTER, Metre
from antiphon_training.notation.strokes import even_step, find_accents, find_strokes

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIXTEENTHS = (0, 6, 12, 18)


def played(beats: list[float], beat: float = 0.5, error: float = 0.0) -> NDArray[np.float64]:
    """Return when beats are played, with errors of so many seconds."""
    rng = np.random.default_rng(7)
    return np.sort(np.array(beats) * beat + rng.normal(0.0, error, len(beats)))


def chords(*spread: float) -> NoteArray:
    """Return a chord a second, whose three notes begin so many seconds apart."""
    return notes_to_array(
        [
            Note(48 + 4 * index, second + index * gap, 0.5, 80)
            for second, gap in enumerate(spread)
            for index in range(3)
        ]
    )


def test_a_chord_is_one_stroke_however_it_is_spread() -> None:
    strokes = find_strokes(chords(0.0, 0.01, 0.03, 0.08, 0.0))
    assert strokes.of_note.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert strokes.times == pytest.approx([0.0, 1.01, 2.03, 3.08, 4.0])


def test_a_run_is_no_chord() -> None:
    run = notes_to_array([Note(60 + index, 0.09 * index, 0.1, 80) for index in range(12)])
    assert len(find_strokes(run).times) == 12


@pytest.mark.parametrize("step", [0.0625, 0.125, 0.21, 1 / 3])
def test_the_step_of_a_machine_is_found(step: float) -> None:
    places = np.cumsum(np.random.default_rng(3).choice([1, 2, 3, 4], 200))
    assert even_step(0.37 + step * places) == pytest.approx(step, rel=1e-6)


def test_hands_have_no_step() -> None:
    assert even_step(played([0.5 * index for index in range(100)], error=0.012)) is None
    assert even_step(np.array([0.0, 1.0, 2.0])) is None  # too few to tell


@pytest.mark.parametrize("error", [0.0, 0.01])
@pytest.mark.parametrize("beat", [0.42, 0.5, 0.66])
def test_eighths_and_sixteenths_fall_into_place(beat: float, error: float) -> None:
    figure = [0, 0.5, 1, 1.25, 1.5, 1.75, 2, 3]
    beats = [4 * bar + place for bar in range(8) for place in figure]
    found = find_beats(played(beats, beat, error))
    assert (np.diff(found.ticks) / BEAT).tolist() == np.diff(beats).tolist()
    assert found.seconds_a_beat == pytest.approx(beat, rel=0.03)
    assert not found.in_three.any()


def test_thirds_are_told_from_sixteenths() -> None:
    figure = [0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2, 3]
    beats = [4 * bar + place for bar in range(8) for place in figure]
    found = find_beats(played(beats, 0.6, 0.008))
    assert np.diff(found.ticks).tolist() == [round(gap * BEAT) for gap in np.diff(beats)]
    assert found.in_three.mean() > 0.6


def test_a_tempo_may_drift() -> None:
    beats = [0.5 * index for index in range(64)]
    tempo = np.linspace(0.45, 0.65, len(beats))
    times = np.cumsum(tempo * 0.5)
    found = find_beats(times)
    assert np.diff(found.ticks).tolist() == [BEAT // 2] * (len(beats) - 1)


def test_one_stroke_is_a_rhythm_too() -> None:
    found = find_beats(np.array([3.0]))
    assert found.ticks.tolist() == [0]
    assert found.at(np.array([3.0, 3.58])) == pytest.approx([0.0, BEAT])
    with pytest.raises(ValueError, match="no stroke"):
        find_beats(np.zeros(0))


def test_times_between_and_beyond_strokes() -> None:
    found = find_beats(played([0, 1, 2, 3, 4, 5, 6, 7], 0.5))
    ticks = found.at(np.array([0.25, 1.0, 4.0]))
    assert ticks == pytest.approx([12.0, 48.0, 8 * BEAT])


BEAT_SECONDS = 0.65


def oom_pah(beats: int, bars: int = 12) -> NoteArray:
    """Return a bass on the first beat of each bar and chords on the others."""
    notes = []
    for bar in range(bars):
        root = (36, 41, 43, 36)[bar % 4]
        notes.append(Note(root, BEAT_SECONDS * beats * bar, 0.4, 90))
        notes += [
            Note(root + up, BEAT_SECONDS * (beats * bar + beat), 0.2, 60)
            for beat in range(1, beats)
            for up in (24, 28, 31)
        ]
    return notes_to_array(notes)


@pytest.mark.parametrize(("beats", "signature"), [(2, "2/4"), (3, "3/4"), (4, "4/4")])
@pytest.mark.parametrize("left_out", [0, 1])
def test_bars_are_heard(beats: int, signature: str, left_out: int) -> None:
    notes = oom_pah(beats)[left_out:]
    strokes = find_strokes(notes)
    accents = find_accents(notes, strokes)
    found = find_beats(strokes.times, accents)
    harmony = np.zeros((len(strokes.times), 12))
    np.add.at(harmony, (strokes.of_note, notes["pitch"] % 12), notes["duration"])
    metre, first = find_metre(found.ticks, accents, harmony, compound=False)
    if signature == "2/4":  # an accent every two beats may be half a bar
        assert metre.signature in ("2/4", "4/4")
        assert first % (2 * QUARTER) == left_out * QUARTER
    else:
        assert metre.signature == signature
        assert first == (0 if not left_out else (beats - 1) * QUARTER)


def test_places_of_a_bar() -> None:
    common, waltz, jig = Metre(4), Metre(3), Metre(2, DOTTED)
    assert [each.signature for each in (common, waltz, jig)] == ["4/4", "3/4", "6/8"]
    assert [common.level(tick) for tick in (0, 48, 24, 12, 6, 3, 8)] == [5, 4, 3, 2, 1, 0, 2]
    assert [waltz.level(tick) for tick in (0, 24, 48, 72)] == [5, 3, 3, 5]
    assert [jig.level(tick) for tick in (0, 36, 12, 6)] == [5, 3, 2, 1]
