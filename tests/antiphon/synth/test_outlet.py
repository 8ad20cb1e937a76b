"""The synthesizer as an outlet, where no audio device can be had."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import SynthError
from antiphon.synth import FluidSynthOutlet

if TYPE_CHECKING:
    from pathlib import Path


def test_a_driver_that_does_not_exist(soundfont: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SynthError, match=r"'kazoo' finds no device here; .*auto\.$"):
        FluidSynthOutlet(soundfont, driver="kazoo")
    assert capfd.readouterr() == ("", "")


def test_a_device_or_one_sentence_and_silence_on_the_terminal(
    soundfont: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-test-that-does-not-run")
    monkeypatch.setenv("PULSE_SERVER", "/nowhere")
    before = dict(os.environ)
    try:
        outlet = FluidSynthOutlet(soundfont)
    except SynthError as error:
        assert "No audio device answers" in str(error)  # noqa: PT017
    else:
        outlet.close()
    assert dict(os.environ) == before
    assert capfd.readouterr() == ("", "")


def test_no_library_and_no_soundfont(
    tmp_path: Path, soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SynthError, match="cannot be loaded"):
        FluidSynthOutlet(tmp_path / "missing.sf2")
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(SynthError, match="libfluidsynth3"):
        FluidSynthOutlet(soundfont)
