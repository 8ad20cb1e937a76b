"""Programs of ALSA's own play to Antiphon and hear it: aconnect, aplaymidi, aseqdump."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import mido
import pytest

from antiphon.music.files.writing import Part, write_midi
from antiphon.music.note import Note, notes_to_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.system.jamming import JamProcess

pytestmark = pytest.mark.system

PITCHES = (60, 62, 64, 65, 67, 64, 60)
_NOTE_ON = re.compile(r"Note on +(\d+), note (\d+), velocity (\d+)")
_NOTE_OFF = re.compile(r"Note off +(\d+), note (\d+)")


class Dump:
    """`aseqdump`, connected to what Antiphon plays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("w") as written:
            self._process = subprocess.Popen(
                ["stdbuf", "-oL", "aseqdump", "-p", "Antiphon Out"], stdout=written
            )
        time.sleep(1.0)

    def text(self) -> str:
        return self._path.read_text()

    def wait_for_notes(self, count: int, seconds: float) -> int:
        """Return how many notes began, as soon as there are so many or the time is over."""
        deadline = time.monotonic() + seconds
        while len(_NOTE_ON.findall(self.text())) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(_NOTE_ON.findall(self.text()))

    def end(self) -> list[tuple[str, ...]]:
        """End it; return the notes that still sound."""
        time.sleep(0.5)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(10)
        sounding: list[tuple[str, ...]] = []
        for line in self.text().splitlines():
            on, off = _NOTE_ON.search(line), _NOTE_OFF.search(line)
            if on is not None and int(on[3]) > 0:
                sounding.append(on.groups()[:2])
            elif on is not None or off is not None:
                ended = (on or off).groups()[:2]  # type: ignore[union-attr]
                sounding = [note for note in sounding if note != ended]
        return sounding


def play_phrase(folder: Path) -> None:
    """Let aplaymidi play a phrase to Antiphon In."""
    notes = [Note(pitch, 0.2 * place, 0.15, 80) for place, pitch in enumerate(PITCHES)]
    write_midi(folder / "phrase.mid", [Part("Phrase", 0, 0, notes_to_array(notes))])
    subprocess.run(
        ["aplaymidi", "-d", "0", "-p", "Antiphon In", str(folder / "phrase.mid")], check=True
    )


def test_aconnect_lists_the_ports_under_their_names(start_jam: Callable[..., JamProcess]) -> None:
    start_jam("--player", "none")
    to = subprocess.run(["aconnect", "-o"], capture_output=True, text=True, check=True).stdout
    source = subprocess.run(["aconnect", "-i"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^client \d+: 'Antiphon In' \[type=user", to, re.M)
    assert re.search(r"^ +0 'Antiphon In ", to, re.M)
    assert re.search(r"^client \d+: 'Antiphon Out' \[type=user", source, re.M)
    assert re.search(r"^ +0 'Antiphon Out", source, re.M)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_phrase_is_answered_and_a_signal_releases_all(
    start_jam: Callable[..., JamProcess], tmp_path: Path, number: int
) -> None:
    jam = start_jam("--player", "none")
    dump = Dump(tmp_path / "dump.txt")

    play_phrase(tmp_path)
    answered = dump.wait_for_notes(3, 10.0)
    code = jam.end(number)

    assert answered >= 3
    assert dump.end() == []
    assert code == 0, "".join(jam.said)


def test_what_aplaymidi_played_is_in_the_session(
    start_jam: Callable[..., JamProcess], tmp_path: Path
) -> None:
    jam = start_jam("--player", "none")
    play_phrase(tmp_path)
    assert jam.end(signal.SIGTERM) == 0
    (session,) = jam.folder.glob("session-*.mid")
    (player,) = (track for track in mido.MidiFile(session).tracks if track.name == "Player")
    pitches = [one.note for one in player if one.type == "note_on" and one.velocity > 0]
    assert pitches == list(PITCHES)
