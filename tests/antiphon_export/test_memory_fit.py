"""A memory is fitted: three implementations of its formula agree, and it learns to recall."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.instrument.recalled import CANDIDATES
from antiphon.instrument.weighing import LONGEST
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.partner.memory.fields import FieldMemory
from antiphon.partner.memory.trail import Trail

pytestmark = pytest.mark.train

CODEC = PerformanceCodec()


def a_piece(count: int = 160, seed: int = 0) -> Any:
    """A theme of 40 notes, again and again, transposed at times."""
    rng = np.random.default_rng(seed)
    theme = np.stack([rng.integers(0, size, 40) for size in CODEC.sizes], axis=1)
    theme[:, 0] = rng.integers(50, 70, 40)
    turns = []
    for turn in range(count // 40):
        moved = theme.copy()
        moved[:, 0] += 2 * (turn % 2)
        turns.append(moved)
    return np.concatenate(turns).astype(np.int32)


@pytest.fixture(scope="module")
def network() -> Any:
    from antiphon_training.networks.house import HouseNetwork

    network = HouseNetwork(
        CODEC.fields, CODEC.sizes, CODEC.input_sizes, units=40, embedding=16, head=16
    )
    network.build()
    return network


@pytest.fixture(scope="module")
def prepared(network: Any) -> tuple[Any, Any, Any]:
    """A piece as the fit reads it, its features, and numbers that are not fitted yet."""
    from antiphon_export.memory.fitting import _main_components, _prepared, _read, _reader
    from antiphon_export.memory.mixing import Mixing

    piece = a_piece()
    features, log_p = _read(_reader(network), CODEC, piece, len(piece))
    projection, middle = _main_components([features])
    ready = _prepared(piece, features, log_p, projection, middle, len(piece))
    return Mixing(CODEC.sizes, projection, middle), ready, features


def test_the_fit_weighs_as_the_daemon_recalls_and_numpy_mixes(
    prepared: tuple[Any, Any, Any],
) -> None:
    from antiphon_export.memory.fitted import keys_of
    from antiphon_export.memory.fitting import _tensors
    from antiphon_export.reference import memory_log_ratio

    mixing, ready, features = prepared
    piece = ready["rows"].astype(np.int32)
    nats = mixing.nats(_tensors(ready)[0]).numpy()
    fitted = mixing.fitted({})
    keys = keys_of(ready["features"].astype(np.float32), fitted.gate)
    assert np.allclose(np.linalg.norm(keys, axis=1), 1.0, atol=1e-2)
    memory = FieldMemory(fitted.weighing, CODEC.sizes, 1024)
    starts = np.cumsum((0, *CODEC.sizes))
    trail: Trail | None = None
    compared = 0
    for at, row in enumerate(piece):
        recall = None if trail is None else memory.recall(trail)
        logits = ready["log_p"][at].astype(np.float64)
        for field, true in enumerate(row):
            own = logits[starts[field] : starts[field + 1]]
            expected = own[true]
            if recall is not None:
                expected += memory_log_ratio(fitted.gate, field, own, row, recall)[true]
            # The fit looks at the best of places that were weighed beforehand.
            if at < CANDIDATES:
                assert nats[at, field] == pytest.approx(-expected, abs=2e-3)
                compared += recall is not None
        trail = Trail.of(piece[max(0, at + 1 - LONGEST) : at + 1], keys[at])
        memory.add(row, keys[at], joins=at > 0)
    assert compared > 80
    assert features.shape == (160, 40)


def test_the_mixed_distribution_sums_to_one_and_gain_0_changes_nothing(
    prepared: tuple[Any, Any, Any],
) -> None:
    from antiphon.instrument import Recall
    from antiphon_export.reference import memory_log_ratio

    gate = prepared[0].fitted({}).gate
    rng = np.random.default_rng(1)
    for field, size in enumerate(CODEC.sizes):
        logits = rng.normal(size=size) * 3
        rows = np.stack([rng.integers(0, s, 20) for s in CODEC.sizes], axis=1)
        weights, lengths = rng.normal(size=20), rng.integers(0, 20, 20).astype(np.float32)
        drawn = rows[3]
        p = np.exp(logits - np.logaddexp.reduce(logits))
        for gain in (0.0, 0.5, 1.0, 3.0):
            recall = Recall(rows.astype(np.int32), weights.astype(np.float32), lengths, gain)
            ratio = memory_log_ratio(gate, field, logits, drawn, recall)
            assert (p * np.exp(ratio)).sum() == pytest.approx(1.0)
            assert gain or not ratio.any()
    assert all(np.allclose(kernel.sum(axis=1), 1.0) for kernel in gate.kernels)


def test_a_piece_that_repeats_itself_becomes_likelier(network: Any) -> None:
    from antiphon_export.memory.fitted import identity_of
    from antiphon_export.memory.fitting import fit_memory

    said: list[str] = []
    pieces = [a_piece(320, seed) for seed in range(4)]
    fitted = fit_memory(network, CODEC, pieces, said.append, epochs=8)
    how = fitted.weighing.fitted
    assert how["pieces"] == 4
    assert how["notes"] == 4 * 320
    assert how["nats_without"] > 15.0
    assert how["nats"] < 0.5 * how["nats_without"]
    assert len(said) == 8
    assert fitted.weighing.identity == identity_of(fitted.gate)
