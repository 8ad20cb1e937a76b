"""A program that others connected to our port goes while its keys are down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.system.test_ports import PATIENCE, Rig, eventually

from antiphon.messages import Control, NoteOff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system


@pytest.fixture
def rig(midi: str) -> Iterator[Rig]:
    rig = Rig(connect=())  # none is a keyboard that Antiphon connects by itself
    yield rig
    rig.stop()


def test_what_a_program_held_on_our_port_comes_up_when_it_goes(
    rig: Rig, new_client: type[MidiClient]
) -> None:
    with new_client("stayer") as stayer, new_client("leaver") as leaver:
        stayer.connect(source="Antiphon Out")
        leaver.connect(to="Antiphon In")
        assert eventually(lambda: any("leaver" in port.name for port in rig.system.inputs()))
        rig.watch.look()
        for control in (64, 66, 69):
            leaver.send(0xB0, control, 127)
        for pitch in (60, 64):
            leaver.send(0x90, pitch, 80)
        assert len(rig.heard(5)) == 5
        assert len(stayer.listen(PATIENCE, until=5)) == 5
        leaver.out.close_port()
        ends = rig.heard(5, seconds=4.0)
        assert [event.pitch for event in ends if isinstance(event, NoteOff)] == [60, 64]
        lifted = [event for event in ends if isinstance(event, Control)]
        assert [(event.control, event.value) for event in lifted] == [(64, 0), (66, 0), (69, 0)]
        assert len(stayer.listen(PATIENCE, until=5)) == 5


def test_keys_on_our_port_stay_down_while_no_port_goes(
    rig: Rig, new_client: type[MidiClient]
) -> None:
    with new_client("stayer") as stayer:
        stayer.connect(to="Antiphon In")
        stayer.send(0x90, 60, 80)
        assert len(rig.heard(1)) == 1
        with new_client("guest") as guest:  # one that comes is no reason either
            guest.connect(to="Antiphon In")
            for _ in range(3):
                rig.watch.look()
            assert rig.heard(1, seconds=0.5) == []
        stayer.send(0x80, 60, 64)
        assert len(rig.heard(1)) == 1
