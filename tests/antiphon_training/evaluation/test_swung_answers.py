"""An instrument of words answers swung phrases swung, and straight ones straight."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.chords import first_notes
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import sort_notes
from antiphon.music.swing import Swing
from antiphon_training.evaluation.answers import phrase_imitator
from antiphon_training.evaluation.phrases import plain_phrases

LENGTHS = (0.25, 1 / 3, 0.5, 0.75, 1.0, 1.5, 2.0)


@pytest.mark.parametrize(("kind", "second"), [("steady", 0.5), ("shuffle", 0.6), ("swing", 2 / 3)])
def test_the_eighths_of_an_answer_lie_where_those_of_the_phrase_do(
    kind: str, second: float
) -> None:
    (phrase,) = plain_phrases(variants=1, seed=5, kinds=[kind])
    assert phrase.beat is not None
    straight = phrase.notes.copy()
    straight["onset"] = (phrase.notes["onset"] - phrase.phase) / phrase.beat
    straight["duration"] /= phrase.beat
    swing = Swing.told(straight["onset"][first_notes(straight["onset"], 1 / 16)])
    assert (swing is None) == (kind == "steady")
    if swing is not None:
        straight["onset"] = swing.straight(straight["onset"])
    codec = SymbolsCodec.learn([sort_notes(straight)], lengths=LENGTHS)
    answer = phrase_imitator(codec)(phrase, 0)  # it knows no words but those of the phrase
    places = (answer["onset"] - phrase.phase) / phrase.beat % 1.0
    inside = places[(places > 0.1) & (places < 0.9)]
    assert len(inside) >= 8
    assert np.abs(inside - second).max() < 0.05
