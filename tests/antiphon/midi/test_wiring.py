from __future__ import annotations

import pytest
from tests.antiphon.midi.cables import CableEnd, Cables, RefusedError

from antiphon.messages import note_off, note_on
from antiphon.midi.echo import EchoGuard
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem
from antiphon.midi.settings import MidiSection
from antiphon.midi.wiring import open_outlets

OURS = "Antiphon listens on the port Antiphon In and plays on Antiphon Out (core)."
REFUSED = "This MIDI system (core) lets Antiphon open no ports of its own"


def opened(**settings: object) -> tuple[int, list[str]]:
    """Return how many ports are opened with these settings, and what is told."""
    system = MidiSystem("core", rtmidi=Cables(devices=["Synth"]))  # type: ignore[arg-type]
    outlets, sentences = open_outlets(system, MidiSection(**settings), EchoGuard())  # type: ignore[arg-type]
    return len(outlets), sentences


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(end: CableEnd, name: str) -> None:
        raise RefusedError(name)

    monkeypatch.setattr(CableEnd, "open_virtual_port", refuse)


def test_our_port_and_a_named_one_are_opened() -> None:
    assert opened() == (1, [OURS])
    assert opened(output="Synth") == (2, [OURS])


@pytest.mark.usefixtures("refusing")
def test_where_the_system_refuses_a_named_output_does() -> None:
    assert opened(input="Keys", output="Synth") == (
        1,
        [f"{REFUSED}: it listens to Keys and plays to Synth."],
    )
    (sentence,) = opened(output="Synth")[1]
    assert (
        sentence
        == f"{REFUSED}: it listens to the keyboards that are plugged in and plays to Synth."
    )


@pytest.mark.usefixtures("refusing")
def test_where_there_is_no_output_at_all_one_sentence_says_what_to_do() -> None:
    count, (sentence,) = opened(thru=True)
    assert count == 0
    assert sentence.startswith(f"{REFUSED}: name a port to play to")
    assert "--output NAME" in sentence


def test_our_ports_can_be_switched_off() -> None:
    count, (sentence,) = opened(own_ports=False, output="Synth")
    assert count == 1
    assert sentence.startswith("Antiphon opens no ports of its own (midi.own_ports is off): it")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"thru": True}, True),
        ({"thru": True, "hear_channel": 3, "channel": 3}, True),
        ({"thru": True, "hear_channel": 3}, False),
        ({"thru": False}, False),
    ],
)
def test_a_channel_that_thru_and_the_partner_share_is_told(
    settings: dict[str, object], told: bool
) -> None:
    sentences = opened(**settings)[1]
    assert sentences[0] == OURS
    assert (
        any(sentence.startswith("Thru and the partner share channel") for sentence in sentences)
        == told
    )


def test_on_one_channel_neither_ends_the_others_note() -> None:
    cables = Cables()
    port = PortOutlet(MidiSystem("core", rtmidi=cables))  # type: ignore[arg-type]
    player, partner = port.part(), port.part()
    partner.send(note_on(0, 60, 50))
    cables.sent.clear()
    player.send(note_on(0, 60, 80))
    partner.send(note_off(0, 60))
    assert [data for _, data in cables.sent] == [note_off(0, 60), note_on(0, 60, 80)]
    cables.sent.clear()
    player.close()
    player.send(note_off(0, 60))
    assert [data for _, data in cables.sent] == [note_off(0, 60)]
