"""Shipped recipes, whole: trained, exported, looked at, composed with, and played live."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import pytest
from tests.brief_recipes import brief
from tests.system.jamming import Balance, JamProcess

if TYPE_CHECKING:
    from tests.system.conftest import MidiClient

pytestmark = [pytest.mark.system, pytest.mark.train, pytest.mark.timeout(600)]

MUSIC = Path(__file__).parents[1] / "data"
RECIPES = ("house", "chopin", "notes-and-chords", "maestro-triplets", "transformer-words")
"""One of each kind of network, one-hot and scaled; the others differ in numbers, or are tried
without a port (`tests/antiphon_export`)."""
STREAMS = ("house", "transformer-words")
CODECS = {"house": "performance", "maestro-triplets": "triplet"}
PHRASE = (60, 64, 67, 72, 71, 67, 65, 62)
GAP = 0.25
ANSWER_SECONDS = 5.0


def antiphon(home: Path, *arguments: object) -> str:
    """Run a command as a shell would, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "antiphon", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("recipe", RECIPES)
def test_from_a_folder_to_an_answer(
    recipe: str, jack: str, tmp_path: Path, new_client: type[MidiClient]
) -> None:
    run, file = tmp_path / "run", tmp_path / "instrument.onnx"
    antiphon(tmp_path, "train", "--recipe", brief(recipe, tmp_path), "--quick", MUSIC / "songs",
             MUSIC / "rolls", "--out", run)  # fmt: skip
    antiphon(
        tmp_path, "export", run, "--out", file, "--name", recipe, "--no-figures", "--no-memory"
    )

    card = json.loads(antiphon(tmp_path, "info", file, "--json"))
    assert card["codec"]["name"] == CODECS.get(recipe, "symbols")
    assert card["context"]["kind"] == ("stream" if recipe in STREAMS else "window")

    song = next((MUSIC / "songs").glob("*.mid"))
    out = tmp_path / "continued.mid"
    antiphon(tmp_path, "compose", song, "--instrument", file, "--seconds", 10, "--out", out)
    added = next(t for t in mido.MidiFile(out).tracks if t.name == "Antiphon")
    assert sum(message.type == "note_on" for message in added) > 0

    options = ("--player", "none", "--instrument", str(file))
    with JamProcess(tmp_path / "sessions", *options) as jam, new_client() as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        for pitch in PHRASE:
            client.send(0x90, pitch, 80)
            time.sleep(0.8 * GAP)
            client.send(0x80, pitch, 0)
            time.sleep(0.2 * GAP)
        balance = Balance().take(client.listen(ANSWER_SECONDS, until=3))
        assert balance.started > 0
        assert jam.end(signal.SIGTERM) == 0, "".join(jam.said)
        balance.take(client.listen(0.5))
        assert balance.sounding == {}
