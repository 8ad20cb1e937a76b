"""Which precision a file has, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon_export.precision import SMALL_BYTES, Written, choose
from antiphon_export.quantisation_loss import QuantisationLoss, probabilities

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon_export.precision import Precision

pytestmark = pytest.mark.train

GOOD = QuantisationLoss(alike=0.991, same_notes=0.85, nats=0.0009)
BAD = QuantisationLoss(alike=0.812, same_notes=0.31, nats=0.21)


@pytest.mark.parametrize(
    ("asked", "size", "loss", "precision", "said"),
    [
        ("fp32", SMALL_BYTES + 1, GOOD, "fp32", []),
        ("auto", SMALL_BYTES, GOOD, "fp32",
         ["  fp32: a file of 2.0 MB needs no int8, and plays as it was trained"]),
        ("auto", SMALL_BYTES + 1, GOOD, "int8",
         ["  int8: 99.1% of its probability is as in fp32, +0.0009 nats a note "
          "(85% of the notes from the same random numbers are the same)"]),
        ("auto", SMALL_BYTES + 1, BAD, "fp32",
         ["  fp32, because in int8 only 81.2% of its probability is as in fp32, +0.2100 nats "
          "a note (31% of the notes from the same random numbers are the same)"]),
        ("int8", 1, BAD, "int8",
         ["  int8: 81.2% of its probability is as in fp32, +0.2100 nats a note "
          "(31% of the notes from the same random numbers are the same)"]),
    ],
)  # fmt: skip
def test_a_file_is_in_int8_where_that_is_worth_it(
    tmp_path: Path, asked: Precision, size: int, loss: QuantisationLoss, precision: str,
    said: list[str],
) -> None:  # fmt: skip
    plain = Written(None, tmp_path / "fp32.onnx", "fp32", "{}")
    plain.path.write_bytes(bytes(size))
    told: list[str] = []
    in_int8 = Written(None, tmp_path / "int8.onnx", "int8", "{}")
    made, _ = choose(asked, plain, lambda: (in_int8, loss), told.append)
    assert made.precision == precision
    assert told == said


def test_logits_become_the_probabilities_of_each_field() -> None:
    logits = np.log(np.array([1.0, 3.0, 2.0, 2.0, 4.0], np.float32))
    first, second = probabilities(logits, (2, 3))
    np.testing.assert_allclose(first, [0.25, 0.75], rtol=1e-6)
    np.testing.assert_allclose(second, [0.25, 0.25, 0.5], rtol=1e-6)
