from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import mido
import psutil
import pytest
from tests.system.jamming import Balance, JamProcess
from tests.system.midi_api import EMULATED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

ANSWER_SECONDS = 3.0
"""Longer than a pause of 0.6 s and the shortest answer."""


@pytest.fixture
def jam(midi: str, tmp_path: Path) -> Iterator[JamProcess]:
    with JamProcess(tmp_path, "--player", "none") as process:
        process.wait_until_ready()
        yield process


@pytest.fixture
def client(jam: JamProcess, new_client: type[MidiClient]) -> Iterator[MidiClient]:
    with new_client() as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        yield client


def play_note(client: MidiClient, pitch: int, held: float, gap: float = 0.0) -> None:
    client.send(0x90, pitch, 80)
    time.sleep(held)
    client.send(0x80, pitch, 0)
    time.sleep(gap)


def play_phrase(client: MidiClient) -> None:
    for pitch in (60, 62, 64, 65, 67, 64, 60):
        play_note(client, pitch, 0.15, 0.03)


def settle(client: MidiClient, seconds: float = ANSWER_SECONDS) -> Balance:
    """Listen to the whole answer, then take over and let nothing go on."""
    balance = Balance().take(client.listen(seconds))
    client.send(0x90, 20, 30)
    client.send(0x90, 20, 0)
    return balance.take(client.listen(0.4))


@pytest.mark.usefixtures("jam")
class TestAnswers:
    def test_a_phrase_is_answered_and_no_note_stays(self, client: MidiClient) -> None:
        play_phrase(client)

        balance = settle(client)

        assert balance.started >= 1
        assert balance.sounding == {}

    def test_chords_are_answered(self, client: MidiClient) -> None:
        for chord in ((48, 64, 67, 72), (53, 65, 69, 72), (55, 62, 67, 71)):
            for pitch in chord:
                client.send(0x90, pitch, 70)
            time.sleep(0.3)
            for pitch in chord:
                client.send(0x80, pitch, 64)

        balance = settle(client)

        assert balance.started >= 1
        assert balance.sounding == {}

    def test_staccatos_of_5_ms_are_answered(self, client: MidiClient) -> None:
        for pitch in range(60, 72):
            play_note(client, pitch, 0.005, 0.1)

        balance = settle(client)

        assert balance.started >= 1
        assert balance.sounding == {}

    def test_a_note_on_with_velocity_0_ends_a_note(self, client: MidiClient) -> None:
        for pitch in (60, 64, 67, 72):
            client.send(0x90, pitch, 80)
            time.sleep(0.2)
            client.send(0x90, pitch, 0)

        assert settle(client).started >= 1

    def test_a_held_pedal_does_not_keep_it_waiting(self, client: MidiClient) -> None:
        client.send(0xB0, 64, 127)
        play_phrase(client)

        balance = settle(client)

        client.send(0xB0, 64, 0)
        assert balance.started >= 1
        assert balance.sounding == {}

    def test_a_key_takes_over_at_once(self, client: MidiClient) -> None:
        play_phrase(client)
        balance = Balance().take(client.listen(2.0, until=2))
        assert balance.started >= 1

        client.send(0x90, 50, 80)
        balance.take(client.listen(0.15))

        assert balance.sounding == {}
        assert client.listen(0.5) == []  # the key is still down
        client.send(0x80, 50, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_releases_all_and_ends_well(
    jam: JamProcess, client: MidiClient, number: int
) -> None:
    play_phrase(client)
    balance = Balance().take(client.listen(3.0, until=3))
    assert balance.started >= 1

    code = jam.end(number)

    balance.take(client.listen(0.5))
    assert balance.sounding == {}
    assert code == 0, "".join(jam.said)
    assert jam.replay() >= balance.started


def test_a_session_holds_both_sides(jam: JamProcess, client: MidiClient) -> None:
    play_phrase(client)
    heard = settle(client).started
    assert jam.end(signal.SIGTERM) == 0

    (session,) = jam.folder.glob("session-*.mid")
    notes = {
        track.name: sum(message.type == "note_on" and message.velocity > 0 for message in track)
        for track in mido.MidiFile(session).tracks
    }
    assert notes["Player"] == 7 + 1  # and the key that ended the answer
    assert notes["Antiphon"] == heard
    assert jam.replay() >= heard > 0


def test_nothing_is_lost_through_thru(
    midi: str, tmp_path: Path, new_client: type[MidiClient]
) -> None:
    with JamProcess(tmp_path, "--player", "none", "--thru") as jam, new_client() as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        client.listen(0.2)
        sent = [(0x80 if k % 2 else 0x90, 40 + k // 2 % 60, 80) for k in range(1000)]
        balance = Balance()
        for message in sent:
            client.send(*message)
            balance.take(client.listen(0.004, until=1))
        balance.take(client.listen(0.4))

    assert balance.started == 500
    assert balance.sounding == {}


@pytest.mark.skipif(EMULATED, reason="an emulated processor takes many times as long")
def test_an_idle_jam_leaves_the_processor_alone(jam: JamProcess) -> None:
    process = psutil.Process(jam.process.pid)
    time.sleep(3.0)  # past the start
    before = process.cpu_times()
    time.sleep(4.0)
    after = process.cpu_times()

    used = (after.user + after.system) - (before.user + before.system)
    assert used / 4.0 < 0.05


@pytest.mark.usefixtures("no_midi")
def test_a_file_plays_the_player_where_there_is_no_midi(tmp_path: Path) -> None:
    with JamProcess(tmp_path, "--duration", "14") as jam:
        jam.wait_until_ready()
        assert jam.end(seconds=30.0) == 0, "".join(jam.said)

    (session,) = tmp_path.glob("session-*.mid")
    notes = {
        track.name: sum(message.type == "note_on" for message in track)
        for track in mido.MidiFile(session).tracks
    }
    assert notes["Player"] > 5
    assert notes["Antiphon"] > 5
    assert jam.replay() > 5
    assert session.with_suffix(".wav").stat().st_size > 14 * 48_000


def test_a_partner_that_stumbles_falls_silent_and_plays_on(
    midi: str, tmp_path: Path, new_client: type[MidiClient]
) -> None:
    # The instrument breaks in the middle of an answer, whose first notes are drawn 0.3 s
    # before it begins; of one candidate, for of several the answer is drawn before it sounds.
    broken = (
        "import os, time\n"
        "os.environ['ANTIPHON_FORM__CANDIDATES'] = '1'\n"
        "from antiphon.instrument import Predictor\n"
        "step, began = Predictor.step, []\n"
        "def failing(self, *given):\n"
        "    began.append(time.monotonic())\n"
        "    if 0.6 < began[-1] - began[0] < 1.8:\n"
        "        raise RuntimeError('the instrument broke')\n"
        "    return step(self, *given)\n"
        "Predictor.step = failing\n"
        "from antiphon.cli.main import main\n"
        "main()\n"
    )
    with JamProcess(tmp_path, "--player", "none", code=broken) as jam, new_client() as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        play_phrase(client)
        balance = Balance().take(client.listen(3.0))
        assert balance.started >= 1
        assert balance.sounding == {}
        play_phrase(client)
        assert settle(client).started >= 1
        assert jam.end(signal.SIGTERM) == 0

    assert "the instrument broke" in "".join(jam.said)


@pytest.mark.usefixtures("no_midi")
def test_a_midi_system_that_is_demanded_and_missing_is_exit_code_69(tmp_path: Path) -> None:
    with JamProcess(tmp_path, "--player", "none") as jam:
        assert jam.end() == 69
    assert sum(line.startswith("antiphon: ") for line in jam.said) == 1
