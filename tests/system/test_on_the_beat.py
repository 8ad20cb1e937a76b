"""Another program plays phrases in several tempi, and looks where the answers fall.

It knows its own beat, and nothing of Antiphon. All phrases are one session.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.system.jamming import Balance, JamProcess
from tests.system.midi_api import EMULATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

JITTER = 0.004
"""How far the player's strokes are from their beat, in seconds (standard deviation)."""
TOLERANCE = 0.2 / 4
"""How far a note may be from its place, in beats: 20 % of a sixteenth. By chance, 40 % of
notes lie so near to sixteenths, and 30 % to thirds."""
FEWEST = 3
"""No answer has fewer notes in the time listened to."""
SHARE = 0.75
"""At least so many of all notes lie on the beat; 0.91 to 0.94 did on a machine with nine times
as many threads to run as cores."""

SIXTEENTHS, THIRDS = (0.0, 0.25, 0.5, 0.75), (0.0, 1 / 3, 2 / 3)

Score = tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Phrase:
    """What is played, and what is known of its beat.

    Attributes
    ----------
    name : str
        What it is.
    score : tuple of (float, int)
        Beat and pitch of each note.
    tempo_bpm : float
        Beats a minute.
    places : tuple of float
        Where in the beat an answer's notes may fall; empty without a beat.
    held : float
        How long each note is, in beats.
    listened : float
        For how many seconds after the last onset the answer is listened to.
    """

    name: str
    score: Score
    tempo_bpm: float
    places: tuple[float, ...] = SIXTEENTHS
    held: float = 0.4
    listened: float = 3.8

    def seconds(self, beats: float) -> float:
        """Return how long so many beats last."""
        return beats * 60.0 / self.tempo_bpm

    def on_beat(self, begun: float, onsets: Iterable[float]) -> np.ndarray:
        """Return which onsets lie on its places, its first beat being at `begun`."""
        beats = (np.array([*onsets]) - begun) * self.tempo_bpm / 60.0
        away = beats[:, np.newaxis] - np.array(self.places)
        on_beat: np.ndarray = np.abs(away - np.round(away)).min(axis=1) <= TOLERANCE
        return on_beat


def _line(beats: Iterable[float], pitches: Sequence[int]) -> Score:
    return tuple((float(at), pitches[n % len(pitches)]) for n, at in enumerate(beats))


_EIGHTHS = (0.5 * n for n in range(17) if n % 4 != 3)
_STRONG = tuple(3 * bar for bar in range(4))
_WEAK = tuple(at + beat for at in _STRONG for beat in (1, 2))
_GAPS = (0.31, 0.52, 0.23, 0.83, 0.4, 0.29, 0.66, 0.37, 0.93, 0.27, 0.49)

PHRASES = (
    Phrase(
        "steady",
        _line(_EIGHTHS, (67, 69, 71, 69, 72, 71, 69)) + _line(range(9), (43, 48)),
        tempo_bpm=108.0,
    ),
    Phrase(
        "swing",
        _line(range(11), (65, 67, 70, 68))
        + _line((beat + 2 / 3 for beat in range(10)), (67, 70))
        + _line(range(11), (41, 43, 45, 46)),
        tempo_bpm=132.0,
        places=THIRDS,
        held=0.25,
    ),
    Phrase(
        "waltz",
        _line(_STRONG, (38, 43))
        + _line(_WEAK, (59,))
        + _line(_WEAK, (62,))
        # And a melody of halves and quarters.
        + _line(sorted((*_STRONG, *_WEAK[1::2])), (71, 74, 72, 71)),
        tempo_bpm=152.0,
    ),
    Phrase("rubato", _line(np.cumsum((0.0, *_GAPS)), (64, 67, 69, 71)), 60.0, (), listened=3.2),
    Phrase(
        "sparse",
        _line((0, 1, 2, 3.5, 4, 6, 7, 8), (62, 66, 64, 69)),
        tempo_bpm=96.0,
        held=0.6,
        listened=5.2,
    ),
)


def play(client: MidiClient, phrase: Phrase, rng: np.random.Generator) -> float:
    """Play a phrase in time; return when its first beat fell."""
    late = {beat: float(rng.normal(0.0, JITTER)) for beat, _ in phrase.score}
    messages = []
    for beat, pitch in phrase.score:
        onset = phrase.seconds(beat) + late[beat]
        messages.append((onset, (0x90, pitch, 76)))
        messages.append((onset + phrase.seconds(phrase.held), (0x80, pitch, 0)))
    begun = time.monotonic() + 0.05
    for at, message in sorted(messages):
        time.sleep(max(begun + at - time.monotonic(), 0.0))
        client.send(*message)
    return begun


@pytest.mark.skipif(EMULATED, reason="an emulated processor takes many times as long")
@pytest.mark.usefixtures("prompt_midi")
def test_answers_fall_on_the_beat_of_another_program(
    tmp_path: Path, new_client: type[MidiClient]
) -> None:
    rng = np.random.default_rng(7)
    heard: list[tuple[float, bytes]] = []
    found: dict[str, np.ndarray] = {}
    with JamProcess(tmp_path, "--player", "none") as jam, new_client() as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        client.into.set_callback(lambda given, _: heard.append((time.monotonic(), bytes(given[0]))))
        time.sleep(0.2)
        for phrase in PHRASES:
            before = len(heard)
            begun = play(client, phrase, rng)
            last = begun + phrase.seconds(max(beat for beat, _ in phrase.score))
            time.sleep(max(last + phrase.listened - time.monotonic(), 0.0))
            onsets = [at for at, data in heard[before:] if _is_note_on(data) and at > last]
            assert len(onsets) >= FEWEST, phrase.name
            if phrase.places:
                found[phrase.name] = phrase.on_beat(begun, onsets)
        assert jam.end(signal.SIGTERM) == 0
        time.sleep(0.1)
        client.into.cancel_callback()

    assert Balance().take(data for _, data in heard).sounding == {}
    assert len(found) == len(PHRASES) - 1
    shares = {name: float(on_beat.mean()) for name, on_beat in found.items()}
    assert float(np.concatenate([*found.values()]).mean()) >= SHARE, shares


def _is_note_on(data: bytes) -> bool:
    return data[0] & 0xF0 == 0x90 and data[2] > 0
