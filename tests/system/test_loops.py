"""Loops of real ports: our output in our input, and Antiphons that play to each other."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from tests.system.jamming import JamProcess
from tests.system.test_ports import Rig

from antiphon.messages import Control, control_change, note_off, note_on, panic
from antiphon.midi.echo import MOST_SILENCES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system


def wire(*links: tuple[str, str]) -> None:
    for source, target in links:
        subprocess.run(["jack_connect", source, target], check=True, capture_output=True)


@pytest.mark.parametrize("thru", [False, True])
def test_our_output_in_our_input_panics_once(
    jack: str, new_client: type[MidiClient], thru: bool
) -> None:
    rig = Rig(thru=thru)
    wire(("Antiphon Out:Antiphon Out", "Antiphon In:Antiphon In"))
    with new_client("tester") as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        rig.guard.played(note_on(0, 60, 80), time.monotonic())
        rig.outlet.send(note_on(0, 60, 80))
        client.listen(0.5)
        rig.outlet.release_all()
        assert client.listen(0.5, panics=True) == [note_off(0, 60), *panic([0])]
        rig.outlet.release_all()
        assert client.listen(0.5, panics=True) == []

        for channel in range(16):
            client.send(*control_change(channel, 123, 0))
        passed = client.listen(1.5, panics=True)
        stops = [control_change(channel, 123, 0) for channel in range(16)]
        assert [data for data in passed if data[0] != 0xF0] == (stops if thru else [])
        heard = rig.heard(100, seconds=0.2)
        assert [event.channel for event in heard if isinstance(event, Control)] == [*range(16)]
    rig.stop()


@pytest.mark.parametrize("thru", [False, True])
def test_two_antiphons_panic_once(jack: str, new_client: type[MidiClient], thru: bool) -> None:
    one, two = Rig(thru=thru), Rig(thru=thru)
    with new_client("tester") as client:
        links = [
            ("Antiphon Out:Antiphon Out", "Antiphon In-01:Antiphon In"),
            ("Antiphon Out-01:Antiphon Out", "Antiphon In:Antiphon In"),
        ]
        wire(*links)
        client.connect(source="Antiphon Out:")
        one.outlet.send(control_change(0, 64, 127))
        time.sleep(0.5)
        client.listen(0.2, panics=True)

        one.outlet.release_all()
        heard = client.listen(2.0, panics=True)

        first = [control_change(0, 64, 0), *panic([0])]
        assert heard[:4] == first
        # Where thru is on, what comes back later than the echo window goes round some times.
        rounds = 1 + MOST_SILENCES if thru else 1
        assert len([data for data in heard if data[0] != 0xF0]) <= rounds * len(first)
        assert client.listen(1.0, panics=True) == []
    one.stop()
    two.stop()


@pytest.mark.parametrize("count", [1, 2])
def test_jams_in_a_ring_pass_no_panic_round(
    jack: str, tmp_path: Path, new_client: type[MidiClient], count: int
) -> None:
    inputs = ["Antiphon In:Antiphon In", "Antiphon In-01:Antiphon In"][:count]
    outputs = ["Antiphon Out:Antiphon Out", "Antiphon Out-01:Antiphon Out"][:count]
    with ExitStack() as ending:
        for number in range(count):
            jam = ending.enter_context(
                JamProcess(tmp_path / str(number), "--player", "none", "--thru")
            )
            jam.wait_until_ready()
        wire(*zip(outputs, [*inputs[1:], inputs[0]], strict=True))
        client = ending.enter_context(new_client("daw"))
        client.connect(to=inputs[0], source=outputs[0])
        rounds = MOST_SILENCES if count > 1 else 1  # two may be slower than the echo window
        for _ in range(3):  # a DAW that loops over one note
            client.send(0x90, 60, 80)
            time.sleep(0.1)
            for channel in range(16):
                client.send(*control_change(channel, 123, 0))
                client.send(*control_change(channel, 120, 0))
            time.sleep(0.3)
        received = client.listen(4.0, panics=True)
        silences = [data for data in received if data in panic()]
        # What was sent passes, and each jam may panic, or silence before a first note.
        assert 32 <= len(silences) <= 3 * (32 + 3 * count) * rounds
        later = [data for data in client.listen(2.0, panics=True) if data in panic()]
        assert len(later) <= 3 * count  # before a first note of the partner's
