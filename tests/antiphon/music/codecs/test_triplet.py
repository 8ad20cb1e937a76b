"""The triplet codec: three fields, in the classes of time that performances have."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.time_bins import LARGEST_WITHIN
from antiphon.music.codecs.triplet import HELD_SECONDS, TripletCodec
from antiphon.music.note import Note, array_to_notes, empty_notes, notes_to_array

CODEC = TripletCodec()


def test_fields_and_their_classes() -> None:
    assert CODEC.name == "triplet"
    assert CODEC.time == "seconds"
    assert CODEC.fields == ("pitch", "step", "duration")
    assert CODEC.sizes == (128, 97, 97)
    assert CODEC.input_sizes == (129, 98, 98)
    assert CODEC.start == (128, 97, 97)


def test_the_table_does_not_change() -> None:
    text = json.dumps(CODEC.table(), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "62cf1fc8cf4997d3a99eca696e89b3363d0e552b45b3002e82b71f2b5e520b41"


def test_centres_are_what_a_network_reads() -> None:
    assert CODEC.centres.dtype == np.float32
    assert CODEC.centres.shape == (98,)
    assert CODEC.centres[:3] == pytest.approx([0.0025, 0.01, 0.02])
    assert CODEC.centres[96] == 10.0
    assert CODEC.centres[97] == 0.0
    assert [CODEC.time_class(float(centre)) for centre in CODEC.centres[:97]] == list(range(97))


def test_golden_notes() -> None:
    notes = notes_to_array(
        [
            Note(60, 1.0, 0.5, 64),
            Note(64, 1.0, 0.001, 1),
            Note(67, 1.1, None, 127),
            Note(72, 31.1, 12.0, 100),
        ]
    )
    held = CODEC.time_class(HELD_SECONDS)
    rows = CODEC.encode(notes)
    assert rows.tolist() == [[60, 0, 40], [64, 0, 0], [67, 10, held], [72, 96, 96]]
    assert rows.dtype == np.int32
    assert np.array_equal(rows[:, :2], PerformanceCodec().encode(notes)[:, :2])


def test_nothing() -> None:
    assert CODEC.encode(empty_notes()).shape == (0, 3)
    assert len(CODEC.decode(np.empty((0, 3), np.int32), np.empty((0, 3)), 0.0)) == 0


def test_it_plays_as_loud_as_the_player() -> None:
    notes = empty_notes(3)
    notes["velocity"] = (20, 30, 100)
    tuned = CODEC.tuned(notes)
    assert tuned.velocity == 30
    assert tuned.decode_one(np.array([60, 0, 40]), np.zeros(3), 0.0).velocity == 30
    assert CODEC.velocity == CODEC.tuned(empty_notes()).velocity == 80


@pytest.mark.parametrize("velocity", [0, 128])
def test_what_is_no_velocity_is_refused(velocity: int) -> None:
    with pytest.raises(ValueError, match="within 1 to 127"):
        TripletCodec(velocity=velocity)


rows = st.tuples(st.integers(0, 127), st.integers(0, 96), st.integers(0, 96))
places = st.one_of(
    st.floats(0.0, 1.0, exclude_max=True), st.sampled_from([0.0, LARGEST_WITHIN, 1.0])
)


@settings(deadline=None)
@given(
    drawn=st.lists(st.tuples(rows, st.tuples(*[places] * 3)), max_size=30),
    before=st.floats(0.0, 1e8),
)
def test_any_place_in_a_class_reads_back_as_that_class(
    drawn: list[tuple[tuple[int, ...], tuple[float, ...]]], before: float
) -> None:
    classes = np.array([row for row, _ in drawn], dtype=np.int32).reshape(-1, 3)
    within = np.array([place for _, place in drawn], dtype=np.float64).reshape(-1, 3)
    notes = CODEC.decode(classes, within, before)
    assert np.array_equal(CODEC.encode(notes, before), classes)
    onset = before
    for row, place, note in zip(classes, within, array_to_notes(notes), strict=True):
        one = CODEC.decode_one(row, place, onset)
        assert (one.pitch, one.duration, one.velocity) == (note.pitch, note.duration, note.velocity)
        assert one.onset == pytest.approx(note.onset, abs=1e-6)
        onset = note.onset
