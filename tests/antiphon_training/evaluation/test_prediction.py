"""Held-out figures: what is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import CorpusError
from antiphon_training.evaluation.prediction import figures

if TYPE_CHECKING:
    from antiphon.instrument import Predictor


def test_the_first_sixteen_notes_are_read_and_not_counted(tiny: Predictor) -> None:
    rng = np.random.default_rng(1)
    pieces = [rng.integers(0, tiny.codec.sizes, (n, 4)).astype(np.int32) for n in (30, 10, 18, 16)]
    found = figures(tiny, pieces)
    assert (found.notes, found.files) == (16, 2)
    scores = tiny.score(pieces)
    counted = np.concatenate([scores[0].nats[16:], scores[2].nats[16:]])
    assert found.nats["pitch"] == pytest.approx(counted[:, 0].mean())
    assert found.nats["total"] == pytest.approx(counted.sum(axis=1).mean())
    assert set(found.as_dict()) == {"nats", "notes", "files"}


def test_accuracy_and_top_5_count_ranks(tiny: Predictor) -> None:
    rng = np.random.default_rng(2)
    piece = rng.integers(0, tiny.codec.sizes, (200, 4)).astype(np.int32)
    found = figures(tiny, [piece], ranks=True)
    ranks = tiny.score([piece], ranks=True)[0].ranks
    assert ranks is not None
    assert found.accuracy is not None
    assert found.top5 is not None
    for field, name in enumerate(tiny.codec.fields):
        counted = ranks[16:, field]
        assert found.accuracy[name] == np.count_nonzero(counted == 0) / 184
        assert found.top5[name] == np.count_nonzero(counted < 5) / 184
    told = found.as_dict()
    assert told["nats"] == figures(tiny, [piece]).as_dict()["nats"]
    assert set(told["accuracy"]) == set(told["top5"]) == set(tiny.codec.fields)


def test_pieces_that_are_all_too_short(tiny: Predictor) -> None:
    with pytest.raises(CorpusError, match="16"):
        figures(tiny, [np.zeros((16, 4), np.int32)])
