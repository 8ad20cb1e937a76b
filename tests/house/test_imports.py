"""What is loaded when: the live side stays light, and the help instant."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRAINING = {
    "tensorflow", "keras", "tf2onnx", "onnx", "music21", "symusic", "pandas", "matplotlib",
    "seaborn", "mir_eval", "antiphon_training", "antiphon_export",
}  # fmt: skip
HEAVY = {"numpy", "onnxruntime", "rtmidi", "fluidsynth", "mido", "rich", "msgspec", "asyncio"}


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a statement loads in a fresh interpreter."""
    program = f"{statement}\nimport sys\nsys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "module",
    ["antiphon.cli.main", "antiphon.sections", "antiphon.midi", "antiphon.instrument",
     "antiphon.partner", "antiphon.recorder", "antiphon.synth", "antiphon.jam"],
)  # fmt: skip
def test_the_live_side_loads_no_training_library(module: str) -> None:
    assert not loaded_by(f"from {module} import *") & TRAINING  # names are loaded when asked for


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not loaded_by("import antiphon.cli.main") & HEAVY


def test_the_settings_of_all_rooms_load_nothing_heavy() -> None:
    loaded = loaded_by("import antiphon.sections")
    assert "msgspec" in loaded
    assert not loaded & (HEAVY - {"msgspec"} | {"threading"})


def test_a_jam_opens_its_ports_before_numpy_is_loaded() -> None:
    loaded = loaded_by(
        "import antiphon.jam, antiphon.sections, antiphon.settings as s\n"
        "s.load(antiphon.sections.Settings, environ={})"
    )
    assert not loaded & (HEAVY - {"msgspec"})


@pytest.mark.parametrize("module", ["antiphon.messages.events", "antiphon.stage"])
def test_bytes_and_schedule_need_no_ports(module: str) -> None:
    assert "rtmidi" not in loaded_by(f"import {module}")


@pytest.mark.parametrize(
    "module",
    [
        *(f"antiphon_training.commands.{name}" for name in ("corpus", "evaluate", "plot", "train")),
        "antiphon_export.cli",
        "antiphon_export.learn",
    ],
)
def test_commands_of_the_extra_load_their_packages_only_when_run(module: str) -> None:
    heavy = TRAINING - {"antiphon_training", "antiphon_export"}
    assert not loaded_by(f"import {module}") & heavy
