"""What a file says of itself: read, judged against its notes, and written again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.files import smf
from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.grid import GRID, on_grid
from antiphon.music.files.hands import LEFT, RIGHT, UNTOLD
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import Part, Performance, read_performance, write_midi
from antiphon.music.files.signatures import signature
from antiphon.music.files.telling import notated_by
from antiphon.music.note import Note, notes_to_array

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TICKS = 480
EIGHTHS = [240 * n for n in range(16)]


def file_of(path: Path, *tracks: mido.MidiTrack, ticks: int = TICKS) -> Performance:
    """Write tracks, and read them."""
    file = mido.MidiFile(type=1, ticks_per_beat=ticks)
    file.tracks.extend(tracks)
    content = io.BytesIO()
    file.save(file=content)
    path.write_bytes(content.getvalue())
    return read_performance(path)


def conductor(*events: tuple[int, mido.MetaMessage]) -> mido.MidiTrack:
    """Return a track of meta events at their ticks."""
    track, now = mido.MidiTrack(), 0
    for tick, event in events:
        track.append(event.copy(time=tick - now))
        now = tick
    return track


def played(
    onsets: Sequence[int],
    *,
    name: str = "",
    pitch: int = 72,
    program: int = 0,
    channel: int = 0,
    scale: tuple[int, ...] = (0, 1, 2, 3, 4),
) -> mido.MidiTrack:
    """Return a track of notes at some ticks, each of a tick."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    track.append(mido.Message("program_change", program=program, channel=channel))
    now = 0
    for number, tick in enumerate(onsets):
        key = pitch + scale[number % len(scale)]
        track.append(mido.Message("note_on", note=key, time=tick - now, channel=channel))
        track.append(mido.Message("note_off", note=key, time=1, channel=channel))
        now = tick + 1
    return track


def metre(count: int, unit: int) -> mido.MetaMessage:
    return mido.MetaMessage("time_signature", numerator=count, denominator=unit)


def tempo(bpm: float) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))


def told(performance: Performance) -> Notated:
    return notated_by(performance, performance.notes())


class TestWhatIsTold:
    def test_tempo_map_metres_and_keys(self, tmp_path: Path) -> None:
        signs = conductor(
            (0, tempo(60)), (0, metre(3, 4)), (0, mido.MetaMessage("key_signature", key="Ebm")),
            (1440, metre(6, 8)), (1920, tempo(120)),
            (2880, mido.MetaMessage("key_signature", key="F#")),
        )  # fmt: skip
        found = told(file_of(tmp_path / "a.mid", signs, played(EIGHTHS)))
        assert found.metres == (TimeSignature(0.0, 3, 4), TimeSignature(3.0, 6, 8))
        assert found.keys == (KeySignature(0.0, -6, True), KeySignature(6.0, 6, False))
        assert found.clock is not None
        assert found.clock.seconds_at(np.array([0.0, 4.0, 5.0])).tolist() == [0.0, 4.0, 4.5]
        assert found.clock.beats_at(np.array([2.0, 4.5])).tolist() == [2.0, 5.0]

    def test_a_short_bar_moves_the_beats_of_those_after_it(self, tmp_path: Path) -> None:
        signs = conductor((0, metre(2, 4)), (1920, metre(9, 16)), (3000, metre(2, 4)))
        onsets = [*range(0, 3000, 120), *range(3000, 36000, 480)]
        found = told(file_of(tmp_path / "a.mid", signs, played(onsets)))
        assert [(sign.beat, sign.count) for sign in found.metres] == [(0, 2), (4, 9), (6.25, 2)]

    def test_both_tracks_may_say_the_same(self, tmp_path: Path) -> None:
        tracks = [conductor((0, metre(4, 4)), (1920, metre(4, 4))) for _ in range(2)]
        found = told(file_of(tmp_path / "a.mid", *tracks, played(EIGHTHS)))
        assert found.metres == (TimeSignature(0.0, 4, 4),)

    def test_a_metre_that_begins_again_inside_a_bar_begins_one(self, tmp_path: Path) -> None:
        signs = conductor((0, metre(4, 4)), (960, metre(4, 4)))
        found = told(file_of(tmp_path / "a.mid", signs, played(EIGHTHS)))
        assert [sign.beat for sign in found.metres] == [0.0, 2.0]

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            (smf.TIME_SIGNATURE, b"\x03\x09\x18\x08"), (smf.TIME_SIGNATURE, b"\x00\x02\x18\x08"),
            (smf.TIME_SIGNATURE, b"\x04"), (smf.KEY_SIGNATURE, b"\x12\x00"),
            (smf.KEY_SIGNATURE, b"\x02\x07"), (smf.KEY_SIGNATURE, b"\x02"), (1, b"3/4"),
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_is_passed_over(self, kind: int, body: bytes) -> None:
        assert signature(kind, body) == smf.NOTHING

    def test_a_time_signature_may_be_short(self) -> None:
        assert signature(smf.TIME_SIGNATURE, b"\x03\x02") == b"\xff\x58\x04\x03\x02\x18\x08"

    def test_without_signatures_the_beats_are_told(self, tmp_path: Path) -> None:
        found = told(file_of(tmp_path / "a.mid", conductor((0, tempo(90))), played(EIGHTHS)))
        assert found.clock is not None
        assert (found.metres, found.keys) == ((), ())

    def test_bars_of_one_beat_alone_are_no_metre(self, tmp_path: Path) -> None:
        found = told(file_of(tmp_path / "a.mid", conductor((0, metre(1, 4))), played(EIGHTHS)))
        assert found.clock is not None
        assert found.metres == ()

    @pytest.mark.parametrize(("up", "kept"), [(0, True), (2, False), (8, False)])
    def test_c_major_that_no_note_bears_out_is_not_told(
        self, up: int, kept: bool, tmp_path: Path
    ) -> None:
        signs = conductor((0, mido.MetaMessage("key_signature", key="C")))
        scale = tuple(up + step for step in (0, 2, 4, 5, 7, 9, 11))
        found = told(file_of(tmp_path / "a.mid", signs, played(EIGHTHS, scale=scale)))
        assert bool(found.keys) is kept


class TestPerformances:
    def test_onsets_anywhere_in_the_beat_are_a_performance(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(3)
        onsets = np.cumsum(rng.integers(70, 400, 64)).tolist()
        signs = conductor((0, tempo(120)), (0, metre(4, 4)))
        found = told(file_of(tmp_path / "a.mid", signs, played(onsets)))
        assert (found.clock, found.metres, found.keys, found.hands) == (None, (), (), None)

    def test_a_few_ornaments_beside_the_beat_are_notated(self, tmp_path: Path) -> None:
        onsets = sorted([*EIGHTHS, 240 * 3 - 37, 240 * 9 - 37])
        assert told(file_of(tmp_path / "a.mid", played(onsets))).clock is not None

    def test_a_few_notes_tell_nothing(self, tmp_path: Path) -> None:
        assert told(file_of(tmp_path / "a.mid", played(EIGHTHS[:7]))).clock is None
        assert told(file_of(tmp_path / "a.mid", played(EIGHTHS[:8]))).clock is not None

    def test_a_coarse_clock_puts_a_performance_on_the_grid_by_chance(self, tmp_path: Path) -> None:
        """Of 24 ticks a beat half are on the grid: so are half the onsets of anybody."""
        rng = np.random.default_rng(4)
        onsets = np.cumsum(rng.integers(3, 20, 200)).tolist()
        assert told(file_of(tmp_path / "a.mid", played(onsets), ticks=24)).clock is None

    @pytest.mark.parametrize("late", [73, 120, 470])  # beside the grid, or on another place of it
    def test_a_file_beside_its_beats_by_the_same_time_has_beats_and_no_bars(
        self, late: int, tmp_path: Path
    ) -> None:
        signs = conductor((0, tempo(60)), (0, metre(3, 4)))
        onsets = [tick + late for tick in EIGHTHS]
        found = told(file_of(tmp_path / "a.mid", signs, played(onsets)))
        assert found.clock is not None
        assert found.metres == ()
        beats = found.clock.beats_at(np.array(onsets) / TICKS)
        assert np.abs(beats - on_grid(beats)).max() < 0.01
        assert beats.min() >= 0.0
        assert np.abs(2 * beats - np.rint(2 * beats)).max() < 0.02  # eighths, as they are

    def test_smpte_time_has_no_beats(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mid"
        file_of(path, played(EIGHTHS))
        content = bytearray(path.read_bytes())
        content[12:14] = bytes([256 - 25, 40])
        path.write_bytes(bytes(content))
        assert told(read_performance(path)).clock is None


class TestHands:
    @pytest.mark.parametrize(
        ("right", "left"),
        [
            ("Piano right", "Piano left"), ("RH", "LH"), ("Right Hand", "l.h."),
            ("Klavier, rechte Hand", "Klavier, linke Hand"), ("m.d.", "m.g."),
            ("Main droite", "Main gauche"),
        ],
    )  # fmt: skip
    def test_names_tell_them(self, right: str, left: str, tmp_path: Path) -> None:
        above = played(EIGHTHS, name=left, pitch=84)  # the left hand plays above: names count
        found = told(file_of(tmp_path / "a.mid", above, played(EIGHTHS, name=right, pitch=50)))
        assert found.hands is not None
        pitches = read_performance(tmp_path / "a.mid").notes()["pitch"]
        assert (found.hands == np.where(pitches < 80, RIGHT, LEFT)).all()
        assert set(found.hands.tolist()) == {RIGHT, LEFT}

    def test_a_third_track_is_not_told(self, tmp_path: Path) -> None:
        tracks = [played(EIGHTHS, name=name) for name in ("right", "left", "Antiphon")]
        found = told(file_of(tmp_path / "a.mid", *tracks))
        assert found.hands is not None
        assert sorted(set(found.hands.tolist())) == [UNTOLD, LEFT, RIGHT]
        assert np.bincount(found.hands + 1).tolist() == [16, 16, 16]

    def test_two_tracks_of_a_piano_are_two_hands(self, tmp_path: Path) -> None:
        found = told(file_of(tmp_path / "a.mid", played(EIGHTHS, pitch=48), played(EIGHTHS)))
        assert found.hands is not None
        assert found.hands.tolist() == [LEFT, RIGHT] * 16

    def test_so_are_two_channels_of_one_track(self, tmp_path: Path) -> None:
        both = [played(EIGHTHS, pitch=48), played(EIGHTHS, channel=1)]
        track = mido.merge_tracks(both)
        found = told(file_of(tmp_path / "a.mid", track))
        assert found.hands is not None
        assert found.hands.tolist() == [LEFT, RIGHT] * 16

    def test_other_instruments_and_whole_pianos_are_none(self, tmp_path: Path) -> None:
        violin = played(EIGHTHS, program=40)
        assert told(file_of(tmp_path / "a.mid", violin, played(EIGHTHS, pitch=48))).hands is None
        wide = mido.merge_tracks([played(EIGHTHS, pitch=36), played(EIGHTHS, pitch=80)])
        assert told(file_of(tmp_path / "b.mid", wide, played(EIGHTHS))).hands is None
        assert told(file_of(tmp_path / "c.mid", played(EIGHTHS))).hands is None

    def test_unnamed_tracks_of_a_performance_are_none(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(5)
        onsets = np.cumsum(rng.integers(70, 400, 64)).tolist()
        tracks = [played(onsets, pitch=48), played(onsets)]
        assert told(file_of(tmp_path / "a.mid", *tracks)).hands is None

    def test_a_word_inside_another_is_no_hand(self, tmp_path: Path) -> None:
        tracks = [played(EIGHTHS, name=name, program=48) for name in ("Bright", "Cleft")]
        assert told(file_of(tmp_path / "a.mid", *tracks)).hands is None


CHANGES = st.lists(
    st.tuples(st.integers(0, 400).map(lambda n: n / 8), st.floats(0.05, 3.0)), max_size=8
)


class TestBeatClock:
    @given(CHANGES, st.lists(st.floats(0.0, 100.0), min_size=1, max_size=20))
    def test_seconds_and_beats_are_inverses(
        self, changes: list[tuple[float, float]], beats: list[float]
    ) -> None:
        clock = BeatClock.of(changes)
        there = clock.seconds_at(np.array(beats))
        assert clock.beats_at(there) == pytest.approx(beats, abs=1e-6)

    @given(CHANGES, st.floats(0.0, 60.0))
    def test_a_clock_since_a_beat_is_the_same_clock(
        self, changes: list[tuple[float, float]], beat: float
    ) -> None:
        clock = BeatClock.of(changes)
        later = clock.since(beat)
        beats = np.linspace(0.0, 20.0, 30)
        expected = clock.seconds_at(beats + beat) - clock.second_at(beat)
        assert later.seconds_at(beats) == pytest.approx(expected, abs=1e-6)

    def test_the_tempo_at_the_end_goes_on(self) -> None:
        clock = BeatClock.of([(0.0, 0.5), (8.0, 1.0), (20.0, 0.25)])
        steady = clock.steady_from(16.0)
        assert steady.second_at(16.0) == 12.0
        assert steady.second_at(24.0) == 20.0

    def test_a_fermata_at_the_end_is_not_the_tempo(self) -> None:
        clock = BeatClock.of([(0.0, 0.5), (15.5, 4.0)])
        assert clock.steady_from(16.0).lengths.tolist() == [0.5, 4.0, 0.5]


class TestBars:
    def notated(self) -> Notated:
        metres = (TimeSignature(0.0, 3, 4), TimeSignature(6.0, 2, 4))
        return Notated(BeatClock.of([(0.0, 0.5)]), metres, (KeySignature(0.0, 2, False),))

    @pytest.mark.parametrize(
        ("second", "line"), [(0.0, 0.0), (1.4, 0.0), (1.5, 3.0), (3.5, 6.0), (4.0, 8.0)]
    )
    def test_the_bar_line_before_a_time(self, second: float, line: float) -> None:
        assert self.notated().bar_line(second) == line

    def test_what_holds_since_a_beat(self) -> None:
        later = self.notated().since(3.0)
        assert later.metres == (TimeSignature(0.0, 3, 4), TimeSignature(3.0, 2, 4))
        assert later.keys == (KeySignature(0.0, 2, False),)
        assert self.notated().since(8.0).metres == (TimeSignature(0.0, 2, 4),)


@given(st.integers(0, 40), st.sampled_from(GRID.tolist()), st.floats(-0.019, 0.019))
def test_the_grid_is_where_it_is(beat: int, place: float, beside: float) -> None:
    assert on_grid(np.array([beat + place + beside]))[0] == pytest.approx(beat + place)


class TestWriting:
    def test_a_file_is_written_as_it_says(self, tmp_path: Path) -> None:
        signs = conductor(
            (0, tempo(60)), (0, metre(3, 4)), (0, mido.MetaMessage("key_signature", key="Ebm")),
            (1440, metre(6, 8)), (1920, tempo(97)), (2160, tempo(131)),
        )  # fmt: skip
        first = file_of(tmp_path / "a.mid", signs, played(EIGHTHS))
        before = told(first)
        write_midi(tmp_path / "b.mid", [Part("Piano", 0, 0, first.notes())], notated=before)
        second = read_performance(tmp_path / "b.mid")
        after = told(second)
        assert (after.metres, after.keys) == (before.metres, before.keys)
        assert before.clock is not None
        assert after.clock is not None
        assert after.clock.beats.tolist() == before.clock.beats.tolist() == [0.0, 4.0, 4.5]
        assert after.clock.lengths == pytest.approx(before.clock.lengths, abs=1e-9)
        assert second.notes()["onset"] == pytest.approx(first.notes()["onset"], abs=1e-6)
        ticks = [
            sum(m.time for m in track[: index + 1])
            for track in mido.MidiFile(tmp_path / "b.mid").tracks
            for index, message in enumerate(track)
            if message.type == "note_on" and message.velocity
        ]
        assert ticks == [480 * n for n in range(16)]

    def test_without_beats_it_is_as_ever(self, tmp_path: Path) -> None:
        notes = notes_to_array([Note(60, 0.1 * n, 0.1, 80) for n in range(4)])
        write_midi(tmp_path / "a.mid", [Part("Piano", 0, 0, notes)])
        write_midi(tmp_path / "b.mid", [Part("Piano", 0, 0, notes)], notated=Notated())
        assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
