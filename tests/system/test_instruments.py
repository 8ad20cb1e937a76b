"""Instruments of words and of triplets, which read a window: live, on real ports."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest
from tests.system.jamming import Balance, JamProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

INSTRUMENTS = Path(__file__).parents[1] / "antiphon" / "instrument"
GAP = 0.25
PHRASE = (60, 62, 64, 65, 67, 65, 64, 62) * 2
ANSWER_SECONDS = 7.0
"""A pause of 0.6 s, half a beat until the grid, and as long as the phrase."""


def tiny(codec: str) -> str:
    """Return a file that is made by make_tiny_windows.py beside it."""
    return str(INSTRUMENTS / f"tiny_{codec}.onnx")


@pytest.fixture(params=["symbols", "triplet"])
def jam(jack: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[JamProcess]:
    options = ("--player", "none", "--instrument", tiny(request.param))
    with JamProcess(tmp_path, *options) as process:
        process.wait_until_ready()
        yield process


@pytest.fixture
def client(jam: JamProcess, new_client: type[MidiClient]) -> Iterator[MidiClient]:
    with new_client() as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        yield client


def play_phrase(client: MidiClient) -> float:
    """Play eighths at 120 a minute, each in its time; return when the first began."""
    began = time.monotonic() + 0.05
    for index, pitch in enumerate(PHRASE):
        for status, after in ((0x90, 0.0), (0x80, 0.8 * GAP)):
            time.sleep(max(began + index * GAP + after - time.monotonic(), 0.0))
            client.send(status, pitch, 80)
    return began


def listen(client: MidiClient, seconds: float) -> list[tuple[float, bytes]]:
    """Return what arrives, and when."""
    heard, until = [], time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        heard += [(now, data) for data in client.listen(0.0, panics=True)]
        message = client.into.get_message()
        if message is None:
            time.sleep(0.0005)
        else:
            heard.append((time.monotonic(), bytes(message[0])))
    return heard


def test_phrases_are_answered_and_no_note_stays(jam: JamProcess, client: MidiClient) -> None:
    balance = Balance()
    for phrase in range(2):
        before = balance.started
        play_phrase(client)
        balance.take(client.listen(ANSWER_SECONDS))
        assert balance.started > before, phrase
        assert balance.sounding == {}
    assert jam.end(signal.SIGTERM) == 0, "".join(jam.said)

    (session,) = jam.folder.glob("session-*.mid")
    notes = {
        track.name: sum(message.type == "note_on" and message.velocity > 0 for message in track)
        for track in mido.MidiFile(session).tracks
    }
    assert notes == {**notes, "Player": 2 * len(PHRASE), "Antiphon": balance.started}
    assert jam.replay() >= balance.started > 0


def test_a_key_takes_over_at_once(client: MidiClient) -> None:
    play_phrase(client)
    balance = Balance().take(client.listen(3.0, until=2))
    assert balance.started >= 1

    client.send(0x90, 50, 80)
    balance.take(client.listen(0.15))

    assert balance.sounding == {}
    assert client.listen(0.5) == []  # the key is still down
    client.send(0x80, 50, 0)


def test_sigterm_releases_all_in_the_midst_of_an_answer(
    jam: JamProcess, client: MidiClient
) -> None:
    play_phrase(client)
    balance = Balance().take(client.listen(3.0, until=3))
    assert balance.started >= 1

    code = jam.end(signal.SIGTERM)

    balance.take(client.listen(0.5))
    assert balance.sounding == {}
    assert code == 0, "".join(jam.said)


@pytest.mark.parametrize("jam", ["symbols"], indirect=True)
def test_words_fall_on_the_players_pulse(jam: JamProcess, client: MidiClient) -> None:
    began = play_phrase(client)
    heard = listen(client, ANSWER_SECONDS)
    onsets = [when for when, data in heard if data[0] & 0xF0 == 0x90 and data[2] > 0]
    moments = np.array([t for i, t in enumerate(onsets) if i == 0 or t - onsets[i - 1] > 0.1])
    assert len(moments) >= 3
    # From port to port a note takes up to three periods of 21 ms, as long at first as later.
    away = (moments - began) / GAP
    assert np.abs(away - np.round(away)).max() < 0.35
    apart = np.diff(moments) / GAP
    assert np.median(np.abs(apart - np.round(apart))) < 0.15


@pytest.mark.parametrize("codec", ["symbols", "triplet"])
def test_an_instrument_that_takes_its_time_leaves_the_player_in_charge(
    jack: str, tmp_path: Path, new_client: type[MidiClient], codec: str
) -> None:
    slow = (
        "import time\n"
        "from antiphon.instrument import Predictor\n"
        "step = Predictor.step\n"
        "def slowly(self, *given):\n"
        "    time.sleep(0.03)\n"
        "    return step(self, *given)\n"
        "Predictor.step = slowly\n"
        "from antiphon.cli.main import main\n"
        "main()\n"
    )
    options = ("--player", "none", "--instrument", tiny(codec))
    with JamProcess(tmp_path, *options, code=slow, replayed=True) as jam, new_client() as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        began = play_phrase(client)
        heard = listen(client, 2.5)
        onsets = [when for when, data in heard if data[0] & 0xF0 == 0x90 and data[2] > 0]
        # The pause, half a beat until the grid, and the way through the ports.
        last = began + (len(PHRASE) - 0.2) * GAP
        assert onsets
        assert onsets[0] - last < 0.6 + 0.25 + 0.15
        balance = Balance().take(data for _, data in heard)
        client.send(0x90, 50, 80)
        balance.take(client.listen(0.2))
        assert balance.sounding == {}
        client.send(0x80, 50, 0)
        assert jam.end(signal.SIGTERM) == 0
        assert jam.replay() >= len(onsets)
