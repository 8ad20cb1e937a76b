"""The performance codec: its tables are pinned, since every instrument rests on them."""

from __future__ import annotations

import copy
import hashlib
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import InstrumentError
from antiphon.music.codecs.performance import HELD, PerformanceCodec, row_order
from antiphon.music.codecs.registry import codec_from_table
from antiphon.music.codecs.time_bins import LARGEST_WITHIN, time_edges
from antiphon.music.note import (
    Note,
    NoteArray,
    arranged,
    array_to_notes,
    empty_notes,
    notes_to_array,
)

CODEC = PerformanceCodec()
JUST_BELOW_1 = float(np.nextafter(1.0, 0.0))


class TestTables:
    def test_fields_and_their_classes(self) -> None:
        assert CODEC.name == "performance"
        assert CODEC.fields == ("pitch", "step", "duration", "velocity")
        assert CODEC.sizes == (128, 97, 97, 32)
        assert CODEC.input_sizes == (128, 97, 98, 32)
        assert CODEC.start == (60, 96, 97, 16)
        assert HELD == 97

    def test_edges_by_value(self) -> None:
        edges = time_edges()
        assert len(edges) == 96
        near = [0.005, 0.015, 0.025, 0.035, 0.045, 0.055, 0.065, 0.075, 0.085, 0.095]
        assert edges[:10] == pytest.approx(near, abs=1e-12)
        ratio = (10.0 / 0.105) ** (1.0 / 85.0)
        for index in range(86):
            assert edges[10 + index] == pytest.approx(0.105 * ratio**index, rel=1e-12)
        assert edges[10] == pytest.approx(0.105)
        assert edges[50] == pytest.approx(0.896178116)
        assert edges[94] == pytest.approx(9.478069176)
        assert edges[95] == pytest.approx(10.0)

    def test_edges_by_hash(self) -> None:
        text = json.dumps(CODEC.table()["time_edges"])
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert digest == "1365613d62c65facd222fbc068b077a95ff813a18a64409368b1fb30a64674bc"

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (-1.0, 0),
            (0.0, 0),
            (0.0049, 0),
            (0.005, 1),
            (0.0149, 1),
            (0.1, 10),
            (0.1049, 10),
            (0.106, 11),
            (0.5, 40),
            (1.0, 53),
            (9.99, 95),
            (10.0, 96),
            (3600.0, 96),
        ],
    )
    def test_class_of_a_time(self, seconds: float, expected: int) -> None:
        assert CODEC.time_class(seconds) == expected
        low, high = CODEC.time_range(expected)
        assert low <= high
        assert CODEC.time_class(low) == CODEC.time_class(high) == expected

    def test_whole_table_by_hash(self) -> None:
        text = json.dumps(CODEC.table(), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert digest == "436196d0c2d2f5122713688d95ed1123386884a7481d47bb0e380897cdbc834a"

    def test_a_card_restores_the_codec(self) -> None:
        for pedal in ("keys", "sustain"):
            table = json.loads(json.dumps(PerformanceCodec(pedal).table()))
            assert codec_from_table(table).pedal == pedal

    @pytest.mark.parametrize(
        ("key", "value", "reason"),
        [
            ("name", "quartet", "'quartet', which this version"),
            ("name", ["performance"], "which this version"),
            ("pedal", None, "pedal"),
            ("held", 96, "'held'"),
            ("time_edges", [0.005], "'time_edges'"),
            ("start", None, "'start'"),
        ],
    )
    def test_another_table_is_refused(self, key: str, value: Any, reason: str) -> None:
        table = {**copy.deepcopy(CODEC.table()), key: value}
        with pytest.raises(InstrumentError, match=reason):
            codec_from_table(table)


class TestEncoding:
    def test_golden_notes(self) -> None:
        notes = notes_to_array(
            [
                Note(60, 1.0, 0.5, 64),
                Note(64, 1.0, 0.001, 1),
                Note(67, 1.1, None, 127),
                Note(72, 31.1, 12.0, 100),
            ]
        )
        expected = [[60, 0, 40, 16], [64, 0, 0, 0], [67, 10, HELD, 31], [72, 96, 96, 25]]
        assert CODEC.encode(notes).tolist() == expected
        assert CODEC.encode(notes).dtype == np.int32

    def test_the_first_step_counts_from_the_note_before(self) -> None:
        notes = notes_to_array([Note(60, 1.0, 0.5, 64)])
        assert CODEC.encode(notes, previous_onset=0.9)[0, 1] == 10
        assert CODEC.encode(notes, previous_onset=1.5)[0, 1] == 0

    def test_nothing(self) -> None:
        assert CODEC.encode(empty_notes()).shape == (0, 4)
        assert len(CODEC.decode(np.empty((0, 4), np.int32), np.empty((0, 4)), 0.0)) == 0


rows = st.tuples(st.integers(0, 127), st.integers(0, 96), st.integers(0, HELD), st.integers(0, 31))
places = st.one_of(
    st.floats(0.0, 1.0, exclude_max=True), st.sampled_from([0.0, LARGEST_WITHIN, JUST_BELOW_1])
)
moments = st.floats(0.0, 1e8)


class TestDecoding:
    @settings(deadline=None)
    @given(drawn=st.lists(st.tuples(rows, st.tuples(*[places] * 4)), max_size=30), before=moments)
    def test_any_place_in_a_class_reads_back_as_that_class(
        self, drawn: list[tuple[tuple[int, ...], tuple[float, ...]]], before: float
    ) -> None:
        classes = np.array([row for row, _ in drawn], dtype=np.int32).reshape(-1, 4)
        within = np.array([place for _, place in drawn], dtype=np.float64).reshape(-1, 4)
        notes = CODEC.decode(classes, within, before)
        assert np.array_equal(CODEC.encode(notes, before), classes)
        assert [n.duration is None for n in array_to_notes(notes)] == list(classes[:, 2] == HELD)

    @settings(deadline=None)
    @given(row=rows, place=st.tuples(*[places] * 4), before=moments)
    def test_one_note_is_decoded_as_many_are(
        self, row: tuple[int, ...], place: tuple[float, ...], before: float
    ) -> None:
        classes, within = np.array([row], dtype=np.int32), np.array([place])
        (one,) = array_to_notes(CODEC.decode(classes, within, before))
        assert CODEC.decode_one(classes[0], within[0], before) == one

    @settings(deadline=None)
    @given(row=rows, place=st.sampled_from([-1e-3, 1.0, 1.001]))
    def test_a_place_that_rounding_put_outside_stays_in_its_class(
        self, row: tuple[int, ...], place: float
    ) -> None:
        classes = np.array([row], dtype=np.int32)
        within = np.full((1, 4), place, dtype=np.float32)
        assert np.array_equal(CODEC.encode(CODEC.decode(classes, within, 5.0), 5.0), classes)
        one = notes_to_array([CODEC.decode_one(classes[0], within[0], 5.0)])
        assert np.array_equal(CODEC.encode(one, 5.0), classes)

    def test_no_note_is_silent_or_without_length(self) -> None:
        note = CODEC.decode_one(np.zeros(4, np.int32), np.zeros(4), 2.0)
        assert note == Note(0, 2.0, 0.001, 1)

    def test_the_longest_class_is_10_seconds(self) -> None:
        note = CODEC.decode_one(np.array([60, 96, 96, 16]), np.full(4, 0.5), 0.0)
        assert note.onset == pytest.approx(10.0, abs=1e-6)
        assert note.duration == pytest.approx(10.0, abs=1e-6)


played = st.builds(
    Note,
    st.integers(0, 127),
    st.floats(0.0, 3600.0),
    st.one_of(st.none(), st.floats(0.0, 60.0)),
    st.integers(1, 127),
)


def bin_width(seconds: float) -> float:
    edges: list[float] = [0.0, *time_edges().tolist(), math.inf]
    index = CODEC.time_class(seconds)
    return edges[index + 1] - edges[index]


@settings(deadline=None)
@given(notes=st.lists(played, max_size=30), place=st.floats(0.0, 1.0, exclude_max=True))
def test_played_notes_come_back_within_their_bins(notes: list[Note], place: float) -> None:
    before: NoteArray = notes_to_array(notes)
    classes = CODEC.encode(before)
    first = float(before["onset"][0]) if notes else 0.0
    after = CODEC.decode(classes, np.full((len(notes), 4), place), first)
    assert np.array_equal(CODEC.encode(after, first), classes)
    assert np.array_equal(after["pitch"], before["pitch"])
    assert np.all(np.abs(after["velocity"].astype(int) - before["velocity"]) < 4)
    for old, new in zip(before["duration"], after["duration"], strict=True):
        assert math.isnan(old) == math.isnan(new)
        if not math.isnan(old):
            assert abs(old - new) <= bin_width(old)


class TestChordsFromTheBass:
    BASS = PerformanceCodec(chords="bass")
    PLAYED = notes_to_array(
        [
            Note(67, 1.000, 0.5, 80),  # a chord that is struck from the top down
            Note(64, 1.002, 0.6, 70),
            Note(48, 1.004, 0.7, 90),
            Note(72, 1.020, 0.2, 60),  # and what is struck later
            Note(60, 1.500, 0.2, 60),
        ]
    )

    def test_rows_of_a_chord_rise_and_its_steps_stay(self) -> None:
        rows, played = self.BASS.encode(self.PLAYED), CODEC.encode(self.PLAYED)
        assert rows[:, 0].tolist() == [48, 64, 67, 72, 60]
        assert rows[:, 1].tolist() == played[:, 1].tolist()
        assert rows[:, 3].tolist() == [22, 17, 20, 15, 15]
        assert rows[[0, 1, 2], 2].tolist() == played[[2, 1, 0], 2].tolist()

    def test_notes_can_be_arranged_as_their_rows_are(self) -> None:
        order = row_order(self.BASS, self.PLAYED)
        assert order is not None
        assert order.tolist() == [2, 1, 0, 3, 4]
        moved = arranged(self.PLAYED, order)
        assert (np.diff(moved["onset"]) > 0.0).all()
        assert moved["duration"].tolist() == [0.7, 0.6, 0.5, 0.2, 0.2]
        assert row_order(self.BASS, moved) is None
        assert self.BASS.encode(moved).tolist() == self.BASS.encode(self.PLAYED).tolist()

    def test_others_have_the_order_of_playing(self) -> None:
        assert row_order(CODEC, self.PLAYED) is None
        assert CODEC.encode(self.PLAYED)[:, 0].tolist() == [67, 64, 48, 72, 60]
        assert "chords" not in CODEC.table()

    def test_a_card_keeps_it(self) -> None:
        found = codec_from_table(self.BASS.table())
        assert isinstance(found, PerformanceCodec)
        assert (found.chords, found.pedal) == ("bass", "keys")
        assert self.BASS.encode(empty_notes()).shape == (0, 4)

    def test_a_card_with_another_order_is_refused(self) -> None:
        with pytest.raises(InstrumentError, match="chords"):
            codec_from_table({**CODEC.table(), "chords": "top"})
