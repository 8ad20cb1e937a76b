from __future__ import annotations

import pytest

from antiphon.jam.voices import OnChannel, Voices, ear, message_of
from antiphon.messages import Event, NoteOn, OtherMessage, parse


class Kept:
    """An outlet that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self.released = False

    def release_all(self) -> None:
        self.released = True

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True


def voices_of(*ports: Kept, synth: Kept | None = None) -> Voices:
    voices = Voices()
    voices.ports.extend(ports)  # type: ignore[arg-type]
    voices.synth = synth  # type: ignore[assignment]
    return voices


class Watcher:
    """A display that keeps what it is told of the player."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def player(self, data: bytes, time: float) -> None:
        del time
        self.seen.append(data)


@pytest.mark.parametrize(
    "data",
    [b"\x92\x3c\x50", b"\x82\x3c\x40", b"\xb0\x40\x7f", b"\xe5\x00\x40", b"\xc0\x05", b"\xd1\x10"],
)
def test_an_event_gives_its_message_back(data: bytes) -> None:
    event = parse(data, 1.0)
    assert event is not None
    assert message_of(event) == data


def test_both_players_have_a_synthesizer_channel_of_their_own() -> None:
    synth = Kept()
    voices = voices_of(synth=synth)
    thru = voices.player(thru=False, sound=True)
    assert thru is not None

    thru(b"\x93\x3c\x50")
    voices.partner().send(b"\x93\x3c\x50")

    assert synth.sent == [b"\x90\x3c\x50", b"\x91\x3c\x50"]


def test_a_program_change_keeps_its_one_value() -> None:
    synth = Kept()
    OnChannel(synth, 5).send(b"\xc0\x07")
    assert synth.sent == [b"\xc5\x07"]


def test_thru_reaches_the_ports_only_where_it_is_on() -> None:
    port = Kept()
    voices = voices_of(port)

    assert voices.player(thru=False, sound=True) is None
    thru = voices.player(thru=True, sound=True)
    assert thru is not None
    thru(b"\x90\x3c\x50")

    assert port.sent == [b"\x90\x3c\x50"]


def test_closing_closes_every_outlet() -> None:
    port, synth = Kept(), Kept()
    voices_of(port, synth=synth).close()
    assert port.closed
    assert synth.closed


@pytest.mark.parametrize(("channel", "heard"), [(None, 2), (1, 1), (7, 0)])
def test_only_the_channel_that_is_meant_is_heard(channel: int | None, heard: int) -> None:
    events: list[Event] = []
    watcher = Watcher()
    deliver = ear(events.append, channel, None, watcher)  # type: ignore[arg-type]

    deliver(NoteOn(0.0, 1, 60, 80))
    deliver(OtherMessage(0.0, b"\xe0\x00\x40"))

    assert len(events) == len(watcher.seen) == heard


def test_a_panic_reaches_every_device() -> None:
    port, synth = Kept(), Kept()
    voices_of(port, synth=synth).release_all()
    assert port.released
    assert synth.released
