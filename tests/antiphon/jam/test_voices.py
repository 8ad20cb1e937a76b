from __future__ import annotations

import pytest

from antiphon.jam.voices import OnChannel, Voices, ear
from antiphon.messages import Clock, Heard


class Kept:
    """An outlet that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self.released = False

    def part(self) -> Kept:
        return self

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


MESSAGES = [b"\x91\x3c\x50", b"\x81\x3c\x13", b"\x91\x3c\x00", b"\xe1\x00\x40", b"\xb1\x40\x7f"]


@pytest.mark.parametrize(("channel", "known"), [(None, 5), (1, 5), (7, 0)])
def test_only_the_channel_that_is_meant_is_heard(channel: int | None, known: int) -> None:
    taken: list[Heard] = []
    watcher = Watcher()
    deliver = ear(taken.append, channel, None, watcher)  # type: ignore[arg-type]

    for data in MESSAGES:
        heard = Heard.parse(data, 1.0)
        assert heard is not None
        deliver(heard)

    # What is shown and kept is what came, byte for byte, release velocities too.
    assert watcher.seen == [heard.data for heard in taken] == MESSAGES[:known]


def test_a_clock_is_heard_on_every_channel_and_shown_on_none() -> None:
    taken: list[Heard] = []
    watcher = Watcher()
    ear(taken.append, 3, None, watcher)(Heard(Clock(1.0), b"\xf8"))  # type: ignore[arg-type]
    assert [heard.data for heard in taken] == [b"\xf8"]
    assert watcher.seen == []


def test_a_panic_reaches_every_device() -> None:
    port, synth = Kept(), Kept()
    voices_of(port, synth=synth).release_all()
    assert port.released
    assert synth.released
