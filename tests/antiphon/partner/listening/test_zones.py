"""MPE: the drums' channel is a player's where a zone holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import Control
from antiphon.partner.listening.zones import Zones

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit


def configure(channel: int, members: int) -> list[Control]:
    """What a controller sends to open a zone, or to close it."""
    values = ((101, 0), (100, 6), (6, members))
    return [Control(0.1, channel, control, value) for control, value in values]


@pytest.mark.parametrize(
    ("manager", "members", "inside"),
    [
        (0, 15, range(1, 16)),
        (0, 8, range(1, 9)),
        (0, 0, ()),
        (15, 15, range(15)),
        (15, 6, range(9, 15)),
        (15, 5, range(10, 15)),
        (3, 15, ()),
    ],
)
def test_a_zone_has_the_channels_that_it_was_given(
    manager: int, members: int, inside: range
) -> None:
    zones = Zones()
    for event in configure(manager, members):
        zones.control(event.channel, event.control, event.value)
    assert [channel for channel in range(16) if channel in zones] == [*inside]


def test_a_zone_is_closed_and_another_parameter_opens_none() -> None:
    zones = Zones()
    for event in (*configure(0, 15), *configure(0, 0)):
        zones.control(event.channel, event.control, event.value)
    for control, value in ((101, 0), (100, 0), (6, 12)):  # the range of the bend
        zones.control(0, control, value)
    assert not any(channel in zones for channel in range(16))


@pytest.mark.parametrize(("members", "answered"), [(15, True), (8, False)])
def test_a_note_on_the_drums_channel_counts_in_a_zone_that_holds_it(
    kit: Kit, members: int, answered: bool
) -> None:
    drums = kit.phrase(channel=9)
    stage = kit.stage().run([*configure(0, members), *drums], until=20.0)
    assert bool(stage.heard) is answered
