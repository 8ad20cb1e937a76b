"""Streams of pieces: varied, carried on, the same in every run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.music.codecs.performance import HELD, PerformanceCodec
from antiphon.music.note import NoteArray, empty_notes
from antiphon_training.sequences.stretches import (
    UNTAUGHT,
    Augmentation,
    Lesson,
    Stretches,
    sounding_at_looks,
    validation_windows,
    vary,
)

CODEC = PerformanceCodec()
PLAIN = Augmentation(semitones=0, tempo=1.0, held_share=0.0)


def piece(length: int, seed: int, low: int = 40, high: int = 80) -> NoteArray:
    rng = np.random.default_rng(seed)
    notes = empty_notes(length)
    notes["pitch"] = rng.integers(low, high, length)
    notes["onset"] = np.cumsum(rng.exponential(0.2, length))
    notes["duration"] = rng.exponential(0.5, length)
    notes["velocity"] = rng.integers(1, 128, length)
    return notes


def stretches(pieces: list[NoteArray], how: Augmentation, seed: int = 1) -> Stretches:
    return Stretches(pieces, CODEC, 3, 16, 4, how, seed)


def whole_round(source: Stretches, index: int) -> tuple[np.ndarray[Any, Any], ...]:
    """Return what is read and what is wanted of a round, (rows, notes, fields) each."""
    batches = list(source.round(index))
    assert len(batches) == source.batches_a_round
    for number, (inputs, fields) in enumerate(batches):
        assert inputs["reset"].tolist() == [float(number == 0)] * 3
        for i, name in enumerate(CODEC.fields):
            np.testing.assert_array_equal(fields[name], inputs["target"][:, :, i])
    read = np.concatenate([inputs["previous"] for inputs, _ in batches], axis=1)
    wanted = np.concatenate([inputs["target"] for inputs, _ in batches], axis=1)
    assert read.dtype == wanted.dtype == np.int32
    return read, wanted


class TestRounds:
    PIECES = (piece(300, 1), piece(20, 2), piece(7, 3))

    def test_a_round_depends_on_seed_and_number_alone(self) -> None:
        how = Augmentation()
        source = stretches(list(self.PIECES), how)
        first, second = whole_round(source, 0), whole_round(source, 1)
        again = whole_round(stretches(list(self.PIECES), how), 1)
        np.testing.assert_array_equal(second, again)
        assert not np.array_equal(first, second)
        other = whole_round(stretches(list(self.PIECES), how, seed=2), 1)
        assert not np.array_equal(second, other)

    def test_a_note_is_read_after_it_was_wanted(self) -> None:
        read, wanted = whole_round(stretches(list(self.PIECES), PLAIN), 0)
        begins = (read == CODEC.start).all(axis=-1)
        after = ~begins[:, 1:]
        np.testing.assert_array_equal(read[:, 1:][after], wanted[:, :-1][after])

    def test_pieces_are_shown_as_they_are_where_nothing_is_varied(self) -> None:
        read, wanted = whole_round(stretches([self.PIECES[0]], PLAIN), 0)
        encoded = CODEC.encode(self.PIECES[0])
        for row_read, row in zip(read, wanted, strict=True):
            begins = np.flatnonzero((row_read == CODEC.start).all(axis=-1))
            end = begins[begins > 0][0] if (begins > 0).any() else len(row)
            starts = [
                i
                for i in range(len(encoded) - end + 1)
                if np.array_equal(encoded[i : i + end], row[:end])
            ]
            assert starts, "a stretch is a part of the piece, with its first step"

    def test_only_what_was_given_is_shown(self) -> None:
        learned = piece(300, 1, low=60, high=61)
        heldout = piece(300, 2, low=30, high=31)
        _, wanted = whole_round(stretches([learned], Augmentation(semitones=6)), 0)
        shown = set(np.unique(wanted[:, :, 0]))
        assert shown <= set(range(54, 66))
        assert not shown & set(heldout["pitch"].tolist())

    def test_long_pieces_are_drawn_as_often_as_their_notes(self) -> None:
        long, short = piece(900, 1, low=70, high=80), piece(100, 2, low=30, high=40)
        source = Stretches([long, short], CODEC, 400, 1, 1, PLAIN, 1)
        first = next(iter(source.round(0)))[0]["target"][:, 0, 0]
        assert 0.05 < np.mean(first < 50) < 0.15


class TestLessons:
    HIGH, LOW = piece(300, 1, low=70, high=80), piece(300, 2, low=30, high=40)

    def test_an_untaught_field_is_read_and_known_and_not_learned(self) -> None:
        lessons = (Lesson(), Lesson(untaught=frozenset({"step", "velocity"})))
        source = Stretches([self.HIGH, self.LOW], CODEC, 20, 16, 4, PLAIN, 1, lessons)
        plain = Stretches([self.HIGH, self.LOW], CODEC, 20, 16, 4, PLAIN, 1)
        batches, others = list(source.round(0)), list(plain.round(0))
        assert len(batches) == len(others) == 4
        for (inputs, fields), (wanted, whole) in zip(batches, others, strict=True):
            for name in ("previous", "target"):
                np.testing.assert_array_equal(inputs[name], wanted[name])
            low = inputs["target"][:, :, 0] < 50
            assert 0.2 < low.mean() < 0.8
            for name in ("pitch", "duration"):
                np.testing.assert_array_equal(fields[name], whole[name])
            for name in ("step", "velocity"):
                assert (fields[name][low] == UNTAUGHT).all()
                np.testing.assert_array_equal(fields[name][~low], whole[name][~low])

    def test_a_heavier_piece_is_drawn_more_often(self) -> None:
        lessons = (Lesson(weight=3.0), Lesson(weight=1.0))
        source = Stretches([self.HIGH, self.LOW], CODEC, 400, 1, 1, PLAIN, 1, lessons)
        first = next(iter(source.round(0)))[0]["target"][:, 0, 0]
        assert 0.2 < np.mean(first < 50) < 0.3


class TestVariation:
    def test_all_transpositions_are_equally_likely(self) -> None:
        rng = np.random.default_rng(1)
        notes = piece(5, 1)
        shifts = [
            int(vary(notes, rng, Augmentation())["pitch"][0]) - int(notes["pitch"][0])
            for _ in range(2000)
        ]
        counts = np.bincount(np.array(shifts) + 6, minlength=12)
        assert counts.shape == (12,)
        assert counts.min() > 100

    @pytest.mark.parametrize(("low", "high"), [(0, 3), (124, 128), (0, 128)])
    def test_no_pitch_leaves_the_keyboard(self, low: int, high: int) -> None:
        rng = np.random.default_rng(1)
        notes = piece(400, 1, low, high)
        for _ in range(50):
            moved = vary(notes, rng, Augmentation(semitones=24))["pitch"].astype(int)
            shift = moved - notes["pitch"].astype(int)
            assert len(set(shift.tolist())) == 1
            assert moved.min() >= 0
            assert moved.max() <= 127

    def test_onsets_and_durations_are_stretched_alike(self) -> None:
        rng = np.random.default_rng(1)
        notes = piece(50, 1)
        varied = vary(notes, rng, Augmentation(tempo=1.15))
        factor = varied["onset"] / notes["onset"]
        np.testing.assert_allclose(factor, factor[0])
        np.testing.assert_allclose(varied["duration"] / notes["duration"], factor[0])
        assert 1 / 1.15 <= factor[0] <= 1.15


class TestHeld:
    def test_a_note_is_held_only_while_it_sounds_at_a_look(self) -> None:
        notes = empty_notes(400)
        notes["onset"] = np.arange(400.0)
        notes["duration"] = np.where(np.arange(400) % 2, 0.0, 0.9)
        marks = np.zeros(400, dtype=int)
        rng = np.random.default_rng(1)
        for _ in range(50):
            marks += sounding_at_looks(notes, rng, 48)
        assert marks[1::2].sum() == 0, "nothing sounds of a note without length"
        assert 100 < marks[0::2].sum() < 350

    def test_a_look_marks_all_that_sounds_then_and_nothing_else(self) -> None:
        rng = np.random.default_rng(3)
        for seed in range(200):
            notes = piece(60, seed)
            mark = sounding_at_looks(notes, rng, 10_000)
            if not mark.any():
                continue
            # One look: there is an instant at which all marked notes sound, and no other does.
            begin, end = notes["onset"], notes["onset"] + notes["duration"]
            low, high = begin[mark].max(), end[mark].min()
            assert low <= high
            others = ~mark & (begin < low) & (end > high)
            assert not others.any()

    def test_only_what_is_read_is_marked_never_what_is_wanted(self) -> None:
        how = Augmentation(semitones=0, tempo=1.0, held_share=1.0, held_every=8)
        read, wanted = whole_round(stretches([piece(500, 1)], how), 0)
        assert wanted[:, :, 2].max() < HELD
        begins = (read == CODEC.start).all(axis=-1)
        assert (read[:, :, 2] == HELD)[~begins].mean() > 0.05

    def test_the_share_of_stretches_is_kept(self) -> None:
        how = Augmentation(held_share=0.0, held_every=1)
        read, _ = whole_round(stretches([piece(500, 1)], how), 0)
        begins = (read == CODEC.start).all(axis=-1)
        assert not (read[:, :, 2] == HELD)[~begins].any()


class TestWatched:
    def test_windows_are_consecutive_and_start_as_a_piece_does(self) -> None:
        notes = piece(70, 1)
        inputs, fields = validation_windows([notes, piece(10, 2)], CODEC, 32)
        encoded = CODEC.encode(notes)
        np.testing.assert_array_equal(inputs["target"].reshape(-1, 4), encoded[:64])
        assert inputs["previous"][0, 0].tolist() == list(CODEC.start)
        np.testing.assert_array_equal(inputs["previous"].reshape(-1, 4)[1:], encoded[:63])
        assert inputs["reset"].tolist() == [1.0, 1.0]
        np.testing.assert_array_equal(fields["velocity"].ravel(), encoded[:64, 3])

    def test_too_short_a_piece_leaves_nothing(self) -> None:
        inputs, _ = validation_windows([piece(10, 2)], CODEC, 32)
        assert inputs["previous"].shape == inputs["target"].shape == (0, 32, 4)
