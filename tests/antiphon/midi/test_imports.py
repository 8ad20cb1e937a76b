from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["echo", "fileplayer", "inlet", "outlet"])
def test_rtmidi_is_not_loaded_before_a_midi_system_is_made(module: str) -> None:
    code = f"import sys, antiphon.midi.{module}; sys.exit('rtmidi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
