"""A head of attention that a trained network is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note, notes_to_array

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

CODEC = PerformanceCodec()


def a_network(attention: int) -> Any:
    import keras

    from antiphon_training.networks.house import HouseNetwork

    keras.utils.set_random_seed(1)
    sizes = (CODEC.fields, CODEC.sizes, CODEC.input_sizes)
    made = HouseNetwork(*sizes, units=16, embedding=8, head=8, attention=attention)
    made.build()
    return made


def a_piece(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.05, 0.5, 60))
    return notes_to_array([Note(int(rng.integers(40, 80)), t, 0.2, 64) for t in times])


def test_like_moments_find_each_other_and_what_all_share_counts_for_nothing() -> None:
    from antiphon_training.fitting.attention_start import SHARPNESS, likeness

    rng = np.random.default_rng(1)
    kinds = rng.normal(size=(12, 40))
    drawn = rng.integers(0, 12, 3000)
    features = 5.0 + kinds[drawn] + rng.normal(0.0, 0.05, (3000, 40))
    width = 8
    found = (features - features.mean(axis=0)) @ likeness(features, width)
    scores = found[:200] @ found[200:].T / np.sqrt(width)
    same = drawn[:200, None] == drawn[None, 200:]
    assert scores[same].mean() == pytest.approx(SHARPNESS, rel=0.1)
    assert abs(scores[~same].mean()) < 0.2 * SHARPNESS
    shared = features.mean(axis=0) / np.linalg.norm(features.mean(axis=0))
    assert np.abs(shared @ likeness(features, width)).max() < 1e-5


def test_the_network_predicts_almost_as_before_and_can_learn() -> None:
    from antiphon_training.fitting.attention_start import start_attention

    network = a_network(attention=4)
    rng = np.random.default_rng(1)
    previous = np.stack([rng.integers(0, n, (1, 40)) for n in CODEC.input_sizes], axis=-1)
    target = np.stack([rng.integers(0, n, (1, 40)) for n in CODEC.sizes], axis=-1)
    inputs = {"previous": previous.astype(np.int32), "target": target.astype(np.int32)}
    before = {name: np.asarray(logits) for name, logits in network(inputs).items()}
    start_attention(network, CODEC, [a_piece(seed) for seed in range(3)])
    query, key, _ = np.split(np.asarray(network.attention.projection), 3, axis=1)
    np.testing.assert_array_equal(query, key)
    assert np.abs(np.asarray(network.attention.back)).max() > 0.0
    changes = [np.abs(np.asarray(network(inputs)[name]) - before[name]).max() for name in before]
    assert len(changes) == len(CODEC.fields)
    assert 0.0 < max(changes) < 0.05
