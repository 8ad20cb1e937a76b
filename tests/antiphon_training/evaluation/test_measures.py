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
