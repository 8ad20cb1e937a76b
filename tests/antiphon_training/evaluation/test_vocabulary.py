"""Words that a vocabulary does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon_training.evaluation.vocabulary import outside_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_words_outside_of_the_vocabulary_are_counted(make: Make, tiny: Predictor) -> None:
    codec = SymbolsCodec(["C4", "D4", "0.4.7"])
    chord = make([60, 64, 67, 60, 62, 61, 50], [0, 0, 0, 1, 2, 3, 4], 1.0)
    found = outside_vocabulary(codec, [chord, chord[:4]])
    assert found is not None
    assert (found.words, found.outside) == (5 + 2, 2)
    assert found.share == pytest.approx(2 / 7)
    assert outside_vocabulary(tiny.codec, []) is None
