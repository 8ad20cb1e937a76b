"""Streams of words: places are words, the grid stays, every word of validation counts once."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import NoteArray, empty_notes
from antiphon_training.sequences.stretches import UNTAUGHT, Augmentation
from antiphon_training.sequences.word_stretches import WordStretches, padded_windows

PLAIN = Augmentation(semitones=0, tempo=1.0, held_share=0.0)
BATCH, STEPS, BATCHES = 3, 8, 4


def chords(count: int, seed: int) -> NoteArray:
    """Return chords of two notes, one a half beat: half as many words as notes."""
    rng = np.random.default_rng(seed)
    notes = empty_notes(2 * count)
    low = np.repeat(rng.integers(50, 60, count), 2)
    notes["pitch"] = low + np.tile([0, 4], count)
    notes["onset"] = np.repeat(np.arange(count) * 0.5, 2)
    notes["duration"], notes["velocity"] = 0.5, 80
    return notes


PIECES = [chords(40, 1), chords(5, 2)]
CODEC = SymbolsCodec.learn(PIECES)


def a_round(
    pieces: list[NoteArray], how: Augmentation = PLAIN, index: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    batches = list(WordStretches(pieces, CODEC, BATCH, STEPS, BATCHES, how, 1).round(index))
    assert len(batches) == BATCHES
    read = np.concatenate([inputs["previous"] for inputs, _ in batches], axis=1)
    learned = np.concatenate([fields["symbol"] for _, fields in batches], axis=1)
    assert read.shape == (BATCH, STEPS * BATCHES, 1)
    return read[:, :, 0], learned


def test_each_word_is_read_before_the_one_that_follows_it() -> None:
    read, learned = a_round(PIECES)
    begun = 0
    for row, wanted in zip(read.tolist(), learned.tolist(), strict=True):
        for before, now, after in zip(row, wanted, row[1:], strict=False):
            assert after in (now, CODEC.nothing), "the next word, or a new piece"
            begun += before == CODEC.nothing
    assert begun > 0, "pieces go on with whole pieces"


def test_a_round_depends_on_its_number_alone() -> None:
    first, again, other = (a_round(PIECES, index=index) for index in (0, 0, 1))
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])


def test_a_piece_that_has_no_word_left_when_it_is_transposed_is_passed_over() -> None:
    read, learned = a_round([chords(30, 3)], Augmentation(24, 1.0, 0.0))
    assert read.shape == learned.shape == (BATCH, STEPS * BATCHES)
    assert (learned >= 0).all()


@pytest.mark.parametrize("most", [16, 512])
def test_every_word_of_validation_counts_once(most: int) -> None:
    inputs, fields = padded_windows(PIECES, CODEC, most)
    learned = fields["symbol"]
    length = min(most, 40)
    assert learned.shape == (sum(-(-n // length) for n in (40, 5)), length)
    assert (learned != UNTAUGHT).sum() == 45
    counted = np.bincount(learned[learned != UNTAUGHT], minlength=len(CODEC.words))
    wanted = np.bincount(np.concatenate([CODEC.encode(piece)[:, 0] for piece in PIECES]))
    np.testing.assert_array_equal(counted, wanted)
    first = learned[0]
    np.testing.assert_array_equal(inputs["previous"][0, 1:, 0], first[:-1])
    assert inputs["previous"][0, 0, 0] == CODEC.nothing
    assert inputs["target"].min() == 0


def test_pieces_without_a_word_of_the_vocabulary_give_no_window() -> None:
    high = chords(4, 4)
    high["pitch"] = 100 + np.arange(len(high))
    inputs, fields = padded_windows([high], CODEC, 16)
    assert len(inputs["previous"]) == len(fields["symbol"]) == 0
