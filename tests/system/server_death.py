"""What happens when the JACK server dies and comes back; run by test_ports.py, alone."""

from __future__ import annotations

import logging
import subprocess
import time
from typing import TYPE_CHECKING

from tests.system.test_ports import PATIENCE, Rig, eventually

from antiphon.messages import note_on
from antiphon.music.note import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from tests.system.conftest import MidiClient

OUR_PORTS = ["Antiphon In:Antiphon In", "Antiphon Out:Antiphon Out"]


def jack_ports() -> list[str]:
    """Return the MIDI ports of the server, as another program sees them."""
    listed = subprocess.run(["jack_lsp", "-t"], capture_output=True, text=True, check=False)
    lines = listed.stdout.splitlines()
    return sorted(
        name for name, kind in zip(lines[::2], lines[1::2], strict=False) if "midi" in kind
    )


def test_ports_are_found_again(
    new_jack: Callable[[], subprocess.Popen[bytes]],
    stop_jack: Callable[[subprocess.Popen[bytes]], None],
    new_client: type[MidiClient],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = new_jack()
    rig = Rig()
    rig.play(1, Note(60, time.monotonic(), 99.0, 80))
    stop_jack(server)
    with caplog.at_level(logging.WARNING):
        for k in range(5_000):  # RtMidi alone would spin for ever when its buffer is full
            rig.outlet.send(note_on(0, 60, 1 + k % 100))
    (lost,) = caplog.messages
    assert lost.startswith("The MIDI output Antiphon Out failed")
    server = new_jack()
    assert eventually(lambda: jack_ports() == OUR_PORTS, seconds=6.0)
    with new_client("tester") as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        client.listen(0.2)
        client.send(0x90, 64, 80)
        assert client.listen(PATIENCE, until=1) == [note_on(0, 64, 80)]
    rig.stop()
    stop_jack(server)
