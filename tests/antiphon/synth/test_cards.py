"""Which outputs there are and which is meant, from what /proc/asound says on real machines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import SynthError
from antiphon.synth.cards import find_card, named, outputs, playing_card

if TYPE_CHECKING:
    from pathlib import Path

# A Raspberry Pi: two screens first, then a USB keyboard without sound, then a USB sound card.
PI_CARDS = """\
 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0
                      vc4-hdmi-0
 1 [vc4hdmi1       ]: vc4-hdmi - vc4-hdmi-1
                      vc4-hdmi-1
 2 [mk3            ]: USB-Audio - Keystation 49 MK3
                      M-Audio Keystation 49 MK3 at usb-0000:01:00.0-1.1, full speed
 3 [Device         ]: USB-Audio - USB Audio Device
                      C-Media USB Audio Device at usb-0000:01:00.0-1.2, full speed
"""
PI_PCM = """\
00-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1
01-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1
03-00: USB Audio : USB Audio : playback 1 : capture 1
"""
# A laptop: analogue and digital outputs on one card, and a card that only records.
LAPTOP_CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7c10000 irq 33
 1 [Webcam         ]: USB-Audio - HD Webcam
                      HD Webcam at usb-0000:00:14.0-5, high speed
"""
LAPTOP_PCM = """\
00-00: ALC269VC Analog : ALC269VC Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
"""


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "cards").write_text(PI_CARDS)
    (tmp_path / "pcm").write_text(PI_PCM)
    return tmp_path


def test_cards_that_play_are_found_and_screens_come_last(proc: Path) -> None:
    found = outputs(proc)
    assert [output.identifier for output in found] == ["Device", "vc4hdmi0", "vc4hdmi1"]
    assert found[0].name == "USB Audio Device"
    assert found[0].pcm_names == ("plughw:CARD=Device,DEV=0", "sysdefault:CARD=Device")


def test_an_output_that_is_not_a_cards_first_has_one_name(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text(LAPTOP_CARDS)
    (tmp_path / "pcm").write_text(LAPTOP_PCM)
    names = [output.pcm_names for output in outputs(tmp_path)]
    assert names == [
        ("plughw:CARD=PCH,DEV=0", "sysdefault:CARD=PCH"),
        ("plughw:CARD=PCH,DEV=3",),
    ]


def test_where_there_is_no_alsa_there_are_none(tmp_path: Path) -> None:
    assert outputs(tmp_path) == []
    (tmp_path / "cards").write_text("--- no soundcards ---\n")
    (tmp_path / "pcm").write_text("")
    assert outputs(tmp_path) == []


@pytest.mark.parametrize("wanted", ["3", "device", "USB Audio Device", "usb"])
def test_a_card_is_meant_by_its_number_or_names_or_a_part(proc: Path, wanted: str) -> None:
    assert [output.card for output in find_card(wanted, outputs(proc))] == [3]


def test_a_part_that_fits_several_cards_is_refused_and_names_them(proc: Path) -> None:
    with pytest.raises(SynthError, match=r"fit 'hdmi' \(vc4-hdmi-0 \[vc4hdmi0\], vc4-hdmi-1"):
        find_card("hdmi", outputs(proc))
    assert [output.card for output in find_card("vc4hdmi1", outputs(proc))] == [1]
    assert find_card("Keystation", outputs(proc)) == []  # a card that does not play


def test_a_card_of_two_outputs_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text(LAPTOP_CARDS)
    (tmp_path / "pcm").write_text(LAPTOP_PCM)
    assert named(outputs(tmp_path)) == "HDA Intel PCH [PCH]"
    assert len(find_card("PCH", outputs(tmp_path))) == 2


def test_the_card_that_this_process_plays_on_is_told(proc: Path) -> None:
    for card, owner in ((0, 1), (3, os.getpid())):
        folder = proc / f"card{card}" / "pcm0p" / "sub0"
        folder.mkdir(parents=True)
        (folder / "status").write_text(f"state: RUNNING\nowner_pid   : {owner}\n")
    found = playing_card(outputs(proc), proc)
    assert found is not None
    assert found.card == 3
    (proc / "card3" / "pcm0p" / "sub0" / "status").write_text("closed\n")
    assert playing_card(outputs(proc), proc) is None
