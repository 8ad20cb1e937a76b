"""The house network is the same on TensorFlow and on JAX, and learns the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SCRIPT = Path(__file__).with_name("learn_a_little.py")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was found on each back end, from the same weights."""
    folder = tmp_path_factory.mktemp("back-ends")
    found = {}
    for back_end in ("jax", "tensorflow"):
        files = [folder / "begin.weights.h5", folder / f"{back_end}.weights.h5",
                 folder / f"{back_end}.npz"]  # fmt: skip
        subprocess.run(
            [sys.executable, SCRIPT, *files],
            env={**os.environ, "KERAS_BACKEND": back_end, "TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
            capture_output=True,
            timeout=240,
        )
        with np.load(files[2]) as arrays:
            found[back_end] = {"weights": files[1], **dict(arrays)}
    return found


@pytest.mark.parametrize("figure", ["logits", "losses", "carried", "rates"])
def test_both_back_ends_find_the_same(learned: dict[str, Any], figure: str) -> None:
    jax, tensorflow = (learned[name][figure] for name in ("jax", "tensorflow"))
    assert jax.shape == tensorflow.shape
    np.testing.assert_allclose(jax, tensorflow, rtol=1e-4, atol=1e-5)


def test_it_did_learn(learned: dict[str, Any]) -> None:
    losses = learned["jax"]["losses"]
    assert losses[-1] < losses[0] - 0.1


def test_the_rate_falls_as_the_hours_are_used_up(learned: dict[str, Any]) -> None:
    rates = learned["jax"]["rates"]  # after each of 24 batches, of a second each
    assert len(rates) == 24
    expected = 0.01 * np.minimum(1.0, 2.0 * (1.0 - np.arange(1, 25) / 24.0))
    np.testing.assert_allclose(rates, expected, atol=1e-6)


def test_weights_learned_on_jax_play_on_tensorflow(learned: dict[str, Any]) -> None:
    import keras

    from antiphon.music.codecs.performance import PerformanceCodec
    from antiphon_training.networks.house import HouseNetwork

    assert keras.backend.backend() == "tensorflow"
    codec = PerformanceCodec()
    networks = []
    for back_end in ("jax", "tensorflow"):
        network = HouseNetwork(
            codec.fields, codec.sizes, codec.input_sizes, units=8, embedding=6, head=5
        )
        network.build()
        network.load_weights(learned[back_end]["weights"])
        networks.append(network)
    for mine, other in zip(*(network.get_weights() for network in networks), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=2e-5)
