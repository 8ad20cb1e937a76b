"""Scoring: the file's own probabilities of real notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.instrument import Controls, Predictor
from antiphon.instrument.ask import Ask

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def pieces(tiny: Predictor) -> list[NDArray[np.int32]]:
    rng = np.random.default_rng(3)
    return [
        rng.integers(0, tiny.codec.sizes, (length, 4)).astype(np.int32)
        for length in (40, 7, 0, 63, 40, 1)
    ]


def by_hand(predictor: Predictor, piece: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the nats of a piece from the logits of single steps, by log-softmax."""
    state = predictor.initial_state()
    previous = np.array(predictor.codec.start)
    bounds = np.cumsum([0, *predictor.codec.sizes])
    nats = np.zeros(piece.shape)
    for i, row in enumerate(piece):
        logits, state = predictor.logits(state, previous, row)
        for field in range(4):
            part = logits[bounds[field] : bounds[field + 1]].astype(float)
            nats[i, field] = np.log(np.exp(part - part[row[field]]).sum())
        previous = row
    return nats


def test_forced_scores_are_those_of_a_log_softmax(tiny: Predictor, pieces: list[Any]) -> None:
    for piece, score in zip(pieces, tiny.score(pieces), strict=True):
        np.testing.assert_allclose(score.nats, by_hand(tiny, piece), atol=2e-5)


def test_a_piece_does_not_depend_on_its_neighbours(tiny: Predictor, pieces: list[Any]) -> None:
    together = tiny.score(pieces)
    for batch in (1, 2, 5):
        for one, other in zip(together, tiny.score(pieces, batch=batch), strict=True):
            np.testing.assert_allclose(one.nats, other.nats, atol=2e-6)
    assert [len(score.nats) for score in together] == [len(piece) for piece in pieces]


def test_what_is_read_is_left_unchanged(tiny: Predictor, pieces: list[Any]) -> None:
    before = [piece.copy() for piece in pieces]
    tiny.score(pieces)
    for piece, copy in zip(pieces, before, strict=True):
        np.testing.assert_array_equal(piece, copy)


def test_the_rank_of_the_likeliest_class_is_0(tiny: Predictor) -> None:
    certain = tiny.step(
        Ask(tiny.initial_state(), tiny.codec.start, [0.5] * 4, Controls.of(min_p=1.0))
    )
    score = tiny.score([certain.classes[None]], ranks=True)[0]
    assert score.ranks is not None
    np.testing.assert_array_equal(score.ranks, [[0, 0, 0, 0]])
    assert tiny.score([certain.classes[None]])[0].ranks is None


def test_ranks_count_likelier_classes(tiny: Predictor, pieces: list[Any]) -> None:
    piece = pieces[0]
    ranks = tiny.score([piece], ranks=True)[0].ranks
    assert ranks is not None
    state, previous = tiny.initial_state(), np.array(tiny.codec.start)
    for row, rank in zip(piece[:10], ranks, strict=False):
        logits, state = tiny.logits(state, previous, row)
        assert rank[0] == np.count_nonzero(logits[:128] > logits[row[0]])
        previous = row


def test_no_pieces_have_no_scores(tiny: Predictor) -> None:
    assert tiny.score([]) == []
