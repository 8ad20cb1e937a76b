"""The vocabulary: two dictionaries, and the nearest word."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.codecs.vocabulary import Vocabulary
from antiphon.music.codecs.words import Metre

METRE = Metre(lengths=(0.25, 0.5, 1.0, 2.0))


def nearest(words: list[str], word: str, metre: Metre = METRE) -> str:
    vocabulary = Vocabulary(words, metre)
    (index,) = vocabulary.nearest(np.array([metre.key(word)]))
    return vocabulary.words[index]


@pytest.mark.parametrize(
    ("words", "word", "expected"),
    [
        (["C4:1", "D4:1"], "C4:1", "C4:1"),
        (["C2:1", "C6:1", "C#4:1"], "C4:1", "C2:1"),
        (["C2:1", "C5:1", "C#4:1"], "C4:1", "C5:1"),
        (["0:1", "C7:1"], "C4:1", "C7:1"),
        (["0:1", "D4:1"], "C4:1", "0:1"),
        (["D4:1", "G4:1", "2.6.9:1"], "F4:1", "G4:1"),
        (["0.4:1", "4.7.10.0:1", "2.6.9:1"], "0.4.7:1", "4.7.10.0:1"),
        (["0.4.7:1", "C4:1"], "0:1", "C4:1"),
        (["0.4:1", "0.1.2.3.4.5.6.7.8.9.10.11:1"], "0.4.7:1", "0.4:1"),
        (["C4:0.25", "C4:2"], "C4:0.5", "C4:0.25"),
        (["C5:0.5", "C4:2"], "C4:0.5", "C4:2"),
    ],
)
def test_nearest_in_sound_then_in_length(words: list[str], word: str, expected: str) -> None:
    assert nearest(words, word) == expected


def test_unknown_words_are_left_out() -> None:
    vocabulary = Vocabulary(["C4:1", "D4:1"], METRE)
    keys = np.array([METRE.key(word) for word in ("D4:1", "D4:2", "E4:1", "C4:1")])
    assert vocabulary.known(keys).tolist() == [1, 0]
    vocabulary.nearest(keys)
    assert vocabulary.known(keys).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("words", "reason"),
    [([], "must have a word"), (["C4:1", "C4:1"], "twice"), (["C4"], "lengths"), (["X:1"], "name")],
)
def test_what_is_no_vocabulary(words: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Vocabulary(words, METRE)
