"""Every session that these tests make is replayed as its jam ends: see `JamProcess.replay`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.system.jamming import JamProcess, sounded

from antiphon.instrument import load_card

if TYPE_CHECKING:
    from pathlib import Path

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

SHIPPED = "from antiphon.cli.main import main; main()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "antiphon", "replay", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_jam_is_replayed_bit_for_bit(
    jack: str, tmp_path: Path, new_client: type[MidiClient], end: signal.Signals
) -> None:
    with JamProcess(tmp_path, "--player", "none") as jam:
        jam.wait_until_ready()
        with new_client() as client:
            client.connect(to="Antiphon In", source="Antiphon Out")
            time.sleep(0.2)
            for pitch in (60, 62, 64, 65, 67, 64, 60):
                client.send(0x90, pitch, 80)
                time.sleep(0.15)
                client.send(0x80, pitch, 0)
            assert len(client.listen(4.0)) > 2
        jam.end(end)
        assert jam.replay() > 2
    (session,) = tmp_path.glob("*.mid")
    out = tmp_path / "again" / "out.mid"
    out.parent.mkdir()
    done = run(str(session), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" in 1 answer, the same bit for bit.\n")
    heard = sounded(session)
    assert heard.total() > 2
    assert not heard - sounded(out)
    before = out.read_bytes()
    assert run(str(session), "--out", str(out)).returncode == 2
    assert out.read_bytes() == before
    log = session.with_suffix(".jsonl")
    header = json.loads(log.read_text().split("\n", 1)[0])
    assert header["instrument_name"] == load_card(header["instrument"]).name
    assert header["channel"] == 1
    log.write_text(log.read_text().replace('"seed": ', '"seed": 1', 1))
    done = run(str(log))
    assert done.returncode == 1
    assert "has become" in done.stdout


def test_the_journal_can_be_switched_off(
    jack: str, tmp_path: Path, new_client: type[MidiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_RECORDER__JOURNAL", "off")
    with JamProcess(tmp_path, "--player", "none", code=SHIPPED) as jam:
        jam.wait_until_ready()
        with new_client() as client:
            client.connect(to="Antiphon In", source="Antiphon Out")
            time.sleep(0.2)
            client.send(0x90, 60, 80)
            time.sleep(0.2)
            client.send(0x80, 60, 0)
            time.sleep(0.8)
        assert jam.end(signal.SIGTERM) == 0
    (session,) = [path for path in tmp_path.iterdir() if path.suffix in (".mid", ".jsonl")]
    assert session.suffix == ".mid"
    done = run(str(session))
    assert done.returncode == 1
    assert "only with the log that was recorded beside it" in done.stderr
