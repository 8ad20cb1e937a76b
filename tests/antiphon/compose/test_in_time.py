"""A piece that goes on from a file stays in the time of that file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest

from antiphon.compose import Wish, compose
from antiphon.compose.beginning import read_beginning
from antiphon.compose.in_time import beats_after, going_on, on_places, placed, steady
from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.files.telling import notated_by
from antiphon.music.note import Note, notes_to_array
from antiphon.music.swing import Swing
from antiphon.partner.listening.settings import GrooveSettings

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon.sections import Settings

BEAT = 2 / 3
METRES = (TimeSignature(0.0, 3, 4), TimeSignature(9.0, 6, 8))
KEYS = (KeySignature(0.0, 1, False), KeySignature(9.0, -3, True))
NOTATED = Notated(BeatClock.of([(0.0, 0.5), (3.0, BEAT)]), METRES, KEYS)


def hand(pitch: int, steps: list[float]) -> NoteArray:
    clock = NOTATED.clock
    assert clock is not None
    starts = clock.seconds_at(np.array(steps)).tolist()
    return notes_to_array([Note(pitch + n % 5, s, 0.3, 80) for n, s in enumerate(starts)])


@pytest.fixture
def waltz(tmp_path: Path) -> Path:
    """A tune in eighths with a bass, from the third beat of the first bar on."""
    path = tmp_path / "waltz.mid"
    right = hand(72, [2.0 + 0.5 * n for n in range(21)])
    left = hand(48, [3.0 * n for n in range(1, 4)])
    parts = [Part("Right hand", 0, 0, right), Part("Left hand", 0, 0, left)]
    write_midi(path, parts, notated=NOTATED)
    return path


def strokes(path: Path) -> dict[str, list[float]]:
    """Return where the notes of each track begin, in quarters, as the file's ticks say."""
    file = mido.MidiFile(path)
    found: dict[str, list[float]] = {}
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                found.setdefault(track.name, []).append(now / file.ticks_per_beat)
    return found


def test_a_piece_keeps_tempo_metres_keys_and_hands(
    waltz: Path, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "out.mid"
    piece = compose(Wish(seed_from=str(waltz), out=(out,), seconds=6.0), settings)
    assert len(piece.added) > 4
    written = read_performance(out)
    told = notated_by(written, written.notes())
    assert (told.metres, told.keys) == (METRES, KEYS)
    assert told.clock is not None
    assert told.clock.beats.tolist() == [0.0, 3.0]
    assert told.clock.lengths == pytest.approx([0.5, BEAT], abs=1e-6)
    before, after = strokes(waltz), strokes(out)
    assert after["Player, right hand"] == before["Right hand"]
    assert after["Player, left hand"] == before["Left hand"]
    added = np.array(after["Antiphon"])
    assert added.min() >= 12.0
    places = added[:, np.newaxis] * [8, 6]
    assert np.abs(places - np.rint(places)).min(axis=1).max() < 0.02


def test_what_is_added_alone_begins_in_its_bar(
    waltz: Path, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "out.mid"
    wish = Wish(seed_from=str(waltz), out=(out,), seconds=6.0, added_only=True)
    compose(wish, settings)
    whole = compose(Wish(seed_from=str(waltz), out=(), seconds=6.0), settings)
    clock = whole.notated.clock
    assert clock is not None
    first = clock.beat_at(float(whole.added["onset"][0]))
    (added,) = strokes(out).values()
    assert added[0] == pytest.approx((first - 9.0) % 3.0, abs=1e-2)
    conductor = read_performance(out).conductor
    assert conductor.metres == (TimeSignature(0.0, 6, 8),)
    assert conductor.keys == (KeySignature(0.0, -3, True),)


def test_whole_bars_of_silence_are_left_out(tmp_path: Path) -> None:
    late = [17.0 + 0.5 * n for n in range(12)]
    write_midi(tmp_path / "a.mid", [Part("Piano", 0, 0, hand(60, late))], notated=NOTATED)
    beginning = read_beginning(tmp_path / "a.mid", "keys")
    told = beginning.notated
    assert told.metres == (TimeSignature(0.0, 6, 8),)
    assert told.clock is not None
    beats = told.clock.beats_at(beginning.notes["onset"])
    assert beats == pytest.approx([2.0 + 0.5 * n for n in range(12)], abs=1e-3)


def test_a_beginning_that_is_a_little_early_in_its_bar_begins_with_it(tmp_path: Path) -> None:
    notes = hand(60, [12.0 - 0.004, *(12.0 + 0.5 * n for n in range(1, 12))])
    write_midi(tmp_path / "a.mid", [Part("Piano", 0, 0, notes)], notated=NOTATED)
    beginning = read_beginning(tmp_path / "a.mid", "keys")
    assert beginning.notes["onset"][0] == 0.0
    assert beginning.notated.clock is not None
    beats = beginning.notated.clock.beats_at(beginning.notes["onset"])
    assert beats[1] == pytest.approx(0.5, abs=1e-3)


def test_the_beats_go_on_at_the_tempo_of_the_end() -> None:
    notes = hand(60, [0.5 * n for n in range(14)])
    told = going_on(NOTATED, notes)
    beats = beats_after(told, notes)
    assert beats is not None
    assert (beats.period, beats.confidence, beats.given) == (BEAT, 1.0, True)
    assert told.clock is not None
    assert told.clock.beat_at(beats.anchor) == pytest.approx(7.0)
    assert told.metres == METRES[:1]
    assert beats_after(Notated(), notes) is None
    assert going_on(Notated(), notes).clock is None


def test_what_wavers_is_continued_as_if_it_had_not() -> None:
    clock = BeatClock.of([(0.0, 0.6), (1.3, 0.8), (2.6, 0.5), (4.0, 0.7), (5.0, BEAT)])
    told = Notated(clock, METRES)
    beats = np.arange(0.0, 10.0, 0.5)
    starts = clock.seconds_at(beats)
    notes = notes_to_array([Note(60, s, 0.1, 80) for s in starts.tolist()])
    straight = steady(notes, going_on(told, notes))
    assert straight["onset"][-1] == starts[-1]
    assert np.diff(straight["onset"]) == pytest.approx([BEAT / 2] * 19)
    assert straight["duration"][0] == pytest.approx(0.1 / 0.6 * BEAT)
    assert steady(notes, Notated()) is notes


class TestPlaces:
    @pytest.mark.parametrize(
        ("played", "places"),
        [
            ([0.02, 0.24, 0.53, 0.74], [0, 1 / 4, 1 / 2, 3 / 4]),
            ([1.01, 1.32, 1.68, 2.0], [1, 4 / 3, 5 / 3, 2]),
            ([0.98, 1.48], [1, 3 / 2]),
            ([0.0, 0.12, 0.25, 0.37, 0.5], [0, 1 / 8, 1 / 4, 3 / 8, 1 / 2]),
            ([0.0, 0.17, 0.34, 0.5, 0.66, 0.83], [n / 6 for n in range(6)]),
        ],
    )
    def test_each_beat_has_the_division_that_fits(
        self, played: list[float], places: list[float]
    ) -> None:
        assert on_places(np.array(played)) == pytest.approx(places)

    def test_strokes_stay_apart_and_in_order(self) -> None:
        rng = np.random.default_rng(1)
        played = np.cumsum(rng.uniform(0.13, 0.6, 200))
        places = on_places(played)
        assert (np.diff(places) > 0).all()
        assert np.abs(places - played).max() < 0.2


@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0])
def test_what_is_added_to_swung_music_is_swung(ratio: float) -> None:
    notated = Notated(BeatClock.of([(0.0, BEAT)]))
    straight = [n / 2 for n in range(16)]
    swung = Swing(ratio).played(np.array(straight)).tolist()
    given = notes_to_array([Note(60, BEAT * place, 0.2, 80) for place in swung])
    off = np.random.default_rng(2).normal(0.0, 0.02, 16).tolist()
    added = notes_to_array(
        [
            Note(72, BEAT * (8.0 + place + late), 0.2, 80)
            for place, late in zip(swung, off, strict=True)
        ]
    )
    assert placed(added, notated, given)["onset"] / BEAT == pytest.approx(
        [8.0 + place for place in swung]
    )
    late = given.copy()
    late["onset"] += 0.05 * BEAT  # as a whole; the beats are as told
    assert placed(added, notated, late)["onset"] / BEAT == pytest.approx(
        [8.0 + place for place in swung]
    )
    off = GrooveSettings(swing="off")
    assert placed(added, notated, given, off)["onset"] / BEAT == pytest.approx(
        on_places(added["onset"] / BEAT)
    )
    even = notes_to_array([Note(60, BEAT * place, 0.2, 80) for place in straight])
    assert placed(even, notated, even[:1])["onset"] / BEAT == pytest.approx(straight)
