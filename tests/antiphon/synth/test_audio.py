"""What is tried, in which order, and what is said where nothing answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import SynthError
from antiphon.synth import cards
from antiphon.synth.audio import Attempt, attempts, open_audio, takes_device
from antiphon.synth.cards import Output
from antiphon.synth.engine import new_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from antiphon.synth.engine import Engine

HEADPHONES = Output(2, "Headphones", "bcm2835 Headphones", 0, screen=False)
SCREEN = Output(0, "vc4hdmi0", "vc4-hdmi-0", 0, screen=True)
THERE = [HEADPHONES, SCREEN]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux'")


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = new_engine(1.0, 48_000)
    yield engine
    engine.delete()


def test_servers_come_first_then_alsas_default_then_every_card_that_plays() -> None:
    tried = [(one.driver, one.device) for one in attempts("auto", "auto", THERE)]
    assert tried == [
        ("pipewire", None),
        ("pulseaudio", None),
        ("jack", None),
        ("alsa", "default"),
        ("alsa", "plughw:CARD=Headphones,DEV=0"),
        ("alsa", "sysdefault:CARD=Headphones"),
        ("alsa", "plughw:CARD=vc4hdmi0,DEV=0"),
        ("alsa", "sysdefault:CARD=vc4hdmi0"),
    ]
    assert attempts("jack", "auto", THERE) == [Attempt("jack")]


def test_a_named_card_is_the_only_one_that_is_tried() -> None:
    for driver in ("auto", "alsa"):
        tried = attempts(driver, "headph", THERE)
        assert [one.device for one in tried] == list(HEADPHONES.pcm_names)
        assert {one.card for one in tried} == {HEADPHONES}


def test_a_name_that_is_no_cards_is_the_drivers_own() -> None:
    tried = attempts("auto", "alsa_output.usb", THERE)
    assert tried == [Attempt("pulseaudio", "alsa_output.usb"), Attempt("alsa", "alsa_output.usb")]
    assert attempts("pulseaudio", "2", THERE) == [Attempt("pulseaudio", "2")]


def test_a_driver_without_devices_says_so(engine: Engine) -> None:
    assert takes_device(engine, "alsa")
    with pytest.raises(SynthError, match=r"^The audio driver 'jack' cannot choose a device; .*\.$"):
        open_audio(engine, "jack", "Headphones")


def test_a_device_that_is_not_there_is_told_with_the_cards_that_are(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "/nowhere")
    monkeypatch.setattr(cards, "outputs", lambda: [HEADPHONES])
    with pytest.raises(SynthError, match=r"'kazoo' does not answer; .*bcm2835 Headphones \[Head"):
        open_audio(engine, "auto", "kazoo")
    monkeypatch.setattr(cards, "outputs", list)
    with pytest.raises(SynthError, match=r"'kazoo' does not answer; no sound card plays here\."):
        open_audio(engine, "auto", "kazoo")
    assert capfd.readouterr() == ("", "")


def test_all_that_was_tried_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-test-that-does-not-run")
    monkeypatch.setenv("PULSE_SERVER", "/nowhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")  # no device of ALSA's can be opened
    monkeypatch.setattr(cards, "outputs", lambda: THERE)
    tried = r"pipewire, pulseaudio, jack, alsa; sound cards: bcm2835 Headphones \[Headphones\], vc4"
    with pytest.raises(SynthError, match=rf"^No audio device answers \(tried {tried}.*\.$"):
        open_audio(engine, "auto", "auto")
