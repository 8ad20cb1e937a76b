from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.instrument import Predictor

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    """A network of 2 x 8 units with random weights (tests/antiphon_export/make_tiny.py)."""
    return HERE / "tiny.onnx"


@pytest.fixture(scope="session")
def tiny(tiny_path: Path) -> Predictor:
    return Predictor(tiny_path)


@pytest.fixture(scope="session", params=["symbols", "triplet"])
def tiny_window(request: pytest.FixtureRequest) -> Predictor:
    """An instrument that reads a window (make_tiny_windows.py in this folder)."""
    return Predictor(HERE / f"tiny_{request.param}.onnx")
