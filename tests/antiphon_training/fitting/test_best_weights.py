"""The file of the best weights: the weights alone, and never more bytes than were reserved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon_training.fitting import run_folder
from antiphon_training.kinds.setup import Plan

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture
def network() -> Any:
    """A network of 6,700 weights, compiled with an optimizer that keeps two moments of each."""
    import keras

    from antiphon_training.networks.classic import ClassicNetwork

    made = ClassicNetwork(20, 8, lstm=(24, 16), dense=(12,))
    made.build()
    optimizer = keras.optimizers.Adam(0.01)
    made.compile(optimizer, loss={"symbol": "categorical_crossentropy"})
    optimizer.build(made.trainable_variables)
    return made


def keep_best(run: Path, network: Any) -> None:
    from antiphon_training.fitting.callbacks import Checkpoints

    Checkpoints(run, Plan(9, 10, 4, patience=2), network).begin_with(1.0)


def test_it_has_the_weights_alone(network: Any, tmp_path: Path) -> None:
    import h5py

    from antiphon_training.fitting.weights_file import size_of_file

    optimizer = network.optimizer
    keep_best(tmp_path, network)
    best = tmp_path / run_folder.BEST
    assert best.stat().st_size <= size_of_file(network)
    with h5py.File(best) as file:
        assert "optimizer" not in file
    assert network.optimizer is optimizer
    again = type(network).from_config(network.get_config())
    again.build()
    again.load_weights(best)
    assert len(again.weights) > 8
    for weight, kept in zip(again.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_a_full_disk_is_an_error_and_leaves_the_old_file(network: Any, full_disk: Path) -> None:
    best = full_disk / run_folder.BEST
    best.write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"):
        keep_best(full_disk, network)
    assert best.read_bytes() == b"old"
    assert {path.name for path in full_disk.iterdir()} == {"ballast", run_folder.BEST}


def test_the_reason_keeps_its_capitals(tmp_path: Path) -> None:
    error = OSError(5, "Unable to write (Wed Nov 25)")
    assert "(unable to write (Wed Nov 25));" in str(run_folder.unwritable(tmp_path, error))
