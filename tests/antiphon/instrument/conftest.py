from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.instrument import Predictor

TINY = Path(__file__).with_name("tiny.onnx")


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    """A network of 2 x 8 units with random weights (tests/antiphon_export/make_tiny.py)."""
    return TINY


@pytest.fixture(scope="session")
def tiny() -> Predictor:
    return Predictor(TINY)
