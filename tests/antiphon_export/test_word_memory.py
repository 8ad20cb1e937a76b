"""How much a memory of words counts is found where it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.instrument.word_weighing import USUAL
from antiphon.music.codecs.symbols import SymbolsCodec

pytestmark = pytest.mark.train

CODEC = SymbolsCodec(sorted(f"{name}{octave}" for name in "CDEFGAB" for octave in (3, 4, 5)))


def some_pieces(again: float) -> list[Any]:
    """Pieces that go on as before with a chance, wherever the last word was played."""
    rng = np.random.default_rng(3)
    pieces = []
    for _ in range(6):
        words = rng.integers(0, len(CODEC.words), 300).tolist()
        at = 100
        for place in range(100, 300):
            at = at - 97 if rng.random() >= again or at + 1 >= place else at + 1
            at = max(at, 0)
            words[place] = words[at] if rng.random() < again else words[place]
        pieces.append(np.array(words, dtype=np.int32)[:, None])
    return pieces


def test_what_repeats_gets_a_larger_share_than_what_does_not() -> None:
    from antiphon_export.memory.words import fitted_shares

    chance = 1.0 / len(CODEC.words)
    shares = {}
    for again in (0.0, 0.95):
        pieces = some_pieces(again)
        fitted = fitted_shares(CODEC, pieces, [np.full(len(p), chance) for p in pieces])
        shares[again] = fitted
        assert fitted.fitted["pieces"] == 6
        assert fitted.fitted["nats_without"] == pytest.approx(-np.log(chance), abs=1e-3)
    assert shares[0.95].fitted["nats"] < shares[0.0].fitted["nats"] - 0.2
    assert shares[0.0].exact[1] < 0.1 < shares[0.95].exact[2]
    # What is never seen keeps the usual share.
    assert shares[0.0].exact[19] == USUAL.exact[19]
