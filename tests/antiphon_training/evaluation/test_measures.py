"""Measures, each beside a sum that was done by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon_training.evaluation import measures

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_pitch_classes_are_shares_of_notes(make: Make) -> None:
    shares = measures.pitch_classes(make([60, 64, 67, 72]))
    assert dict(enumerate(shares)) == {**dict.fromkeys(range(12), 0.0), 0: 0.5, 4: 0.25, 7: 0.25}
    assert not measures.pitch_classes(make([])).any()


def test_histograms_overlap_by_what_both_have(make: Make) -> None:
    chord = measures.pitch_classes(make([60, 64, 67, 72]))  # C 1/2, E 1/4, G 1/4
    other = measures.pitch_classes(make([60, 62, 64]))  # C 1/3, D 1/3, E 1/3
    assert measures.overlap(chord, other) == pytest.approx(1 / 3 + 1 / 4)
    assert measures.overlap(chord, chord) == pytest.approx(1.0)
    assert measures.overlap(chord, measures.pitch_classes(make([61]))) == 0.0
    assert measures.overlap(chord, measures.pitch_classes(make([]))) == 0.0


def test_times_fall_into_bins_of_half_an_octave() -> None:
    shares = measures.spread(np.array([0.0, 0.01, 0.05, 0.5, 20.0]))
    # 0.05 s is less than half an octave above 40 ms; 0.5 s is 7.3 half octaves above.
    assert np.flatnonzero(shares).tolist() == [0, 1, 8, 17]
    assert shares[[0, 1, 8, 17]].tolist() == [0.4, 0.2, 0.2, 0.2]


def test_inter_onsets_are_between_neighbours(make: Make) -> None:
    assert measures.inter_onsets(make([60, 64, 67], [0.0, 0.0, 1.5])).tolist() == [0.0, 1.5]
    assert len(measures.inter_onsets(make([60]))) == 0


def test_density_counts_what_begins(make: Make) -> None:
    assert measures.density(make([60] * 30), 20.0) == 1.5


def test_polyphony_counts_only_the_time_when_something_sounds(make: Make) -> None:
    notes = make([60, 64, 67], [0.0, 1.0, 5.0], [2.0, 2.0, 1.0])
    # 5 seconds of notes in the 3 + 1 seconds that are filled
    assert measures.polyphony(notes, 100.0) == pytest.approx(5 / 4)
    # cut at 2: notes of 2 and 1 seconds, 2 seconds filled; the last begins too late
    assert measures.polyphony(notes[:2], 2.0) == pytest.approx(3 / 2)
    assert measures.polyphony(make([]), 2.0) == 0.0
    held = make([60, 62, 64], [0.0, 1.0, 6.0], [8.0, 1.0, 1.0])  # all within the first
    assert measures.polyphony(held, 100.0) == pytest.approx(10 / 8)


def test_self_repetition_is_the_share_of_runs_heard_before(make: Make) -> None:
    # 1234 2341 3412 4123 1234: five runs, four of them different
    assert measures.self_repetition(make([1, 2, 3, 4, 1, 2, 3, 4])) == pytest.approx(0.2)
    assert measures.self_repetition(make([1, 2, 3, 4, 5, 6])) == 0.0
    assert measures.self_repetition(make([60] * 9)) == pytest.approx(5 / 6)
    assert measures.self_repetition(make([60] * 3)) == 0.0


def test_notes_are_copied_where_they_lie_in_a_run_of_the_source(make: Make) -> None:
    source = make([50, 1, 2, 3, 4, 51])
    assert measures.copied(make([1, 2, 3, 4, 9]), source) == pytest.approx(4 / 5)
    assert measures.copied(make([9, 2, 3, 4, 9]), source) == 0.0
    assert measures.copied(make([1, 2, 3]), source) == 0.0
    assert measures.copied(source, source) == 1.0
    late = source.copy()
    late["onset"] += 20.0
    assert measures.copied(late, source) == 1.0


def test_a_chord_is_the_same_whichever_finger_was_first(make: Make) -> None:
    up = make([48, 60, 64, 67, 50, 62], [0.0, 0.5, 0.51, 0.52, 1.0, 1.5])
    down = make([48, 67, 64, 60, 50, 62], [0.0, 0.5, 0.51, 0.52, 1.0, 1.5])
    assert measures.copied(down, up) == 1.0
    slow = make([48, 67, 64, 60, 50, 62], [0.0, 0.5, 0.6, 0.7, 1.0, 1.5])
    assert measures.copied(slow, up) == 0.0


def test_the_top_line_is_the_highest_of_each_chord(make: Make) -> None:
    notes = make([48, 72, 60, 74, 50, 76], [0.0, 0.01, 0.02, 1.0, 2.0, 2.03])
    assert measures.top_line(notes).tolist() == [72, 74, 76]
    assert len(measures.top_line(make([]))) == 0


def test_themes_are_taken_up_in_any_transposition(make: Make) -> None:
    theme = make([60, 62, 64, 65, 67, 60])
    higher = make([65, 67, 69, 70, 72, 64])  # the same four intervals, then another
    assert measures.taken_up(higher, theme) == pytest.approx(5 / 6)
    assert measures.copied(higher, theme) == 0.0
    assert measures.taken_up(theme, theme) == 1.0
    assert measures.taken_up(make([60, 62, 64, 65, 68, 60]), theme) == 0.0  # three of them
    assert measures.taken_up(make([60, 62, 64, 65]), theme) == 0.0
    # What lies below the top line makes no difference.
    under = make([60, 48, 62, 48, 64, 48, 65, 48, 67], np.arange(9) // 2 * 0.25)
    assert measures.taken_up(under, theme) == pytest.approx(1.0)


def test_a_phrase_lasts_until_a_gap_after_its_last_onset(make: Make) -> None:
    notes = make([60, 64, 67, 72], [0.0, 0.5, 1.0, 1.01])
    assert measures.median_gap(notes) == pytest.approx(0.5)
    assert measures.pace(notes) == pytest.approx(4 / 1.51)
    assert np.isnan(measures.median_gap(notes[:1]))
    assert np.isnan(measures.pace(make([])))


def test_how_a_phrase_ends(make: Make) -> None:
    notes = make([60, 62, 64, 55, 67], [0.0, 0.5, 1.0, 1.5, 1.52], [0.4, 0.4, 0.4, 0.69, 0.71])
    assert measures.ends_long(notes) == 1.0  # 0.7 is 1.4 gaps of 0.5
    assert measures.ends_long(notes[:4]) == 0.0
    assert np.isnan(measures.ends_long(notes[:1]))
    assert measures.ends_on(notes, {7}) == 1.0  # the highest note of the chord
    assert measures.ends_on(notes, {0, 4}) == 0.0
    assert np.isnan(measures.ends_on(notes, ()))
    assert np.isnan(measures.ends_on(make([]), {7}))


def test_a_copy_of_the_whole_has_nearly_all_notes_in_runs_of_the_source(make: Make) -> None:
    source = make([60, 62, 64, 65, 67, 69, 71, 72])
    assert measures.copied_whole(make([62, 64, 65, 67, 69, 71, 72, 50]), source) == 1.0  # 7 of 8
    assert measures.copied_whole(make([62, 64, 65, 67, 69, 50, 51, 52]), source) == 0.0
