"""Keyboards with MPE say which channels their notes come on; the drums' may be among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.partner.listening.zones import Zones

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit

DRUMS = 9


def configuration(
    members: int, time: float = 0.0, channel: int = 0, parameter: tuple[int, int] = (0, 6)
) -> list[Control]:
    """An MPE Configuration Message."""
    numbers = ((101, parameter[0]), (100, parameter[1]), (6, members))
    return [Control(time, channel, control, value) for control, value in numbers]


def zones_after(*events: Control) -> list[int]:
    zones = Zones()
    for event in events:
        zones.hear(event)
    return sorted(zones.channels)


@pytest.mark.parametrize(
    ("channel", "members", "expected"),
    [
        (0, 15, [*range(1, 16)]),
        (0, 3, [1, 2, 3]),
        (15, 15, [*range(15)]),
        (15, 4, [11, 12, 13, 14]),
        (0, 0, []),
        (0, 16, []),
        (5, 8, []),
    ],
)
def test_a_configuration_opens_a_zone(channel: int, members: int, expected: list[int]) -> None:
    assert zones_after(*configuration(members, channel=channel)) == expected


def test_the_latest_of_two_zones_has_the_channels_that_both_want() -> None:
    lower, upper = configuration(7), configuration(10, channel=15)
    assert zones_after(*lower, *configuration(7, channel=15)) == [*range(1, 15)]
    assert zones_after(*lower, *upper) == [1, 2, 3, 4, *range(5, 15)]
    assert zones_after(*upper, *configuration(15)) == [*range(1, 16)]
    assert zones_after(*lower, *upper, *configuration(0, channel=15)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "others",
    [
        configuration(15, parameter=(0, 0)),
        configuration(15, parameter=(127, 127)),
        configuration(15, parameter=(1, 6)),
        [Control(0.0, 0, 101, 127), Control(0.0, 0, 6, 15)],
        [*configuration(15)[:2], Control(0.0, 0, 99, 0), Control(0.0, 0, 6, 15)],
        [*configuration(15)[:2], Control(0.0, 0, 98, 6), Control(0.0, 0, 6, 15)],
        [*configuration(15)[:2], Control(0.0, 15, 6, 15)],
    ],
)
def test_other_parameters_open_none(others: list[Control]) -> None:
    assert len(others) >= 1
    assert zones_after(*others) == []
    assert zones_after(*configuration(3), *others) == [1, 2, 3]


@pytest.mark.parametrize(("channel", "members"), [(0, 15), (0, 9), (15, 6), (15, 15)])
def test_a_phrase_on_a_zones_tenth_channel_is_answered(
    kit: Kit, channel: int, members: int
) -> None:
    phrase = kit.phrase(channel=DRUMS)
    stage = kit.stage().run([*configuration(members, channel=channel), *phrase], until=20.0)
    assert len(stage.snapshot(phrase[-1].time)) == 8
    assert len(stage.heard) > 0


@pytest.mark.parametrize("said", [[], configuration(8), configuration(5, channel=15)])
def test_the_drums_stay_ignored_outside_of_the_zones(kit: Kit, said: list[Control]) -> None:
    stage = kit.stage().run([*said, *kit.phrase(channel=DRUMS)], until=20.0)
    assert len(stage.snapshot(20.0)) == 0
    assert stage.heard == []


def test_a_key_on_a_zones_tenth_channel_ends_an_answer(kit: Kit) -> None:
    phrase = kit.phrase()
    stage = kit.stage().run([*configuration(15), *phrase], until=phrase[-1].time + 1.2)
    assert stage.answering
    stage.run([NoteOn(stage.now + 0.01, DRUMS, 60, 80)], until=stage.now + 0.1)
    assert not stage.answering
    assert stage.sounding == stage.pending == []


def test_a_zone_that_closes_lets_its_keys_up(kit: Kit) -> None:
    stage = kit.stage(mode="harmonise")
    stage.run([*configuration(15), *kit.phrase()], until=10.0)
    stage.run([NoteOn(10.0, DRUMS, 60, 80), NoteOn(10.0, 2, 65, 80)], until=11.0)
    both = len(stage.sounding)
    assert both >= 2
    stage.run(configuration(0, time=11.0), until=12.0)
    assert 0 < len(stage.sounding) < both  # channel 2 is the player's in any case
    stage.run([NoteOff(12.0, DRUMS, 60), NoteOff(12.0, 2, 65)], until=12.0)
    assert stage.sounding == []
    before = len(stage.heard)
    stage.run([NoteOn(13.0, DRUMS, 62, 80), NoteOff(13.5, DRUMS, 62)], until=14.0)
    assert len(stage.heard) == before
