"""A MIDI device of the kernel's that comes, goes and comes back: snd-virmidi.

What is written to its raw device is what a keyboard would send. The kernel counts
the device's client as in use while Antiphon listens, so that it cannot be unloaded;
taking the driver off the device is what pulling the plug does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.system.jamming import Balance

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.conftest import MidiClient
    from tests.system.jamming import JamProcess

pytestmark = pytest.mark.system

DRIVER = Path("/sys/bus/platform/drivers/snd_virmidi")
DEVICE = "snd_virmidi.0"


def keyboard() -> Path:
    """Return the raw device of the one keyboard that is there."""
    (path,) = Path("/dev/snd").glob("midiC*D0")
    return path


def play(pitches: tuple[int, ...], held: float = 0.15) -> None:
    """Play notes on the keyboard, one after the other."""
    with keyboard().open("wb", buffering=0) as keys:
        for pitch in pitches:
            keys.write(bytes([0x90, pitch, 80]))
            time.sleep(held)
            keys.write(bytes([0x80, pitch, 0]))
            time.sleep(0.03)


def plug(*, into: str) -> None:
    """Take the driver off the device ("unbind") or put it back ("bind")."""
    (DRIVER / into).write_text(DEVICE)
    time.sleep(0.5)


def test_a_keyboard_is_awaited_heard_unplugged_and_heard_again(
    load: Callable[..., None],
    start_jam: Callable[..., JamProcess],
    listener: MidiClient,
    said: Callable[..., bool],
) -> None:
    jam = start_jam("--player", "none", "--thru", "--input", "Virtual Raw MIDI")
    listener.connect(source="Antiphon Out")
    load("snd-virmidi", "midi_devs=1")
    assert said(jam, "Listening to Virtual Raw MIDI"), "".join(jam.said)

    play((60, 62, 64, 65, 67))
    heard = listener.listen(6.0)
    assert [data for data in heard if data[0] == 0x90][:5] == [
        bytes([0x90, pitch, 80]) for pitch in (60, 62, 64, 65, 67)
    ]
    balance = Balance().take(heard)
    assert balance.started > 5, "".join(jam.said)  # thru, and an answer

    with keyboard().open("wb", buffering=0) as keys:
        keys.write(b"\x90\x30\x50")
    held = listener.listen(2.0)
    assert bytes([0x90, 0x30, 0x50]) in held
    assert balance.take(held).sounding == {(0, 0x30): 1}
    before = len(jam.said)
    plug(into="unbind")
    balance.take(listener.listen(4.0))
    assert (0, 0x30) not in balance.sounding, "".join(jam.said)

    plug(into="bind")
    assert said(jam, "Listening to Virtual Raw MIDI", after=before), "".join(jam.said)
    play((72, 74, 76))
    again = listener.listen(1.0)
    assert bytes([0x90, 72, 80]) in again
    balance.take(again)
    assert jam.end(signal.SIGTERM) == 0
    assert balance.take(listener.listen(1.0)).sounding == {}


def test_an_output_that_comes_is_played_to(
    load: Callable[..., None], start_jam: Callable[..., JamProcess], listener: MidiClient
) -> None:
    jam = start_jam("--player", "none", "--output", "Virtual Raw MIDI")
    assert "awaited" in "".join(jam.said)
    load("snd-virmidi", "midi_devs=1")
    time.sleep(3.0)
    listener.connect(to="Antiphon In")
    synthesizer = os.open(keyboard(), os.O_RDONLY | os.O_NONBLOCK)
    try:
        with contextlib.suppress(BlockingIOError):
            os.read(synthesizer, 1)  # the kernel keeps what comes only from the first read on
        for pitch in (60, 62, 64, 65):
            listener.send(0x90, pitch, 80)
            time.sleep(0.15)
            listener.send(0x80, pitch, 0)
        time.sleep(4.0)
        assert jam.end(signal.SIGTERM) == 0
        played = os.read(synthesizer, 4096)
    finally:
        os.close(synthesizer)
    # The kernel sends running status: a status byte is there only where it changes.
    assert 0x90 in played
    assert played.endswith(b"\x78\x00")  # the panic at the end reached it
