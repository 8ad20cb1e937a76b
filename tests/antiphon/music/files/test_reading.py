"""MIDI files: golden bytes in and out, broken ones refused, round trips."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.errors import MidiFileError
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.note import Note, NoteArray, array_to_notes, empty_notes, notes_to_array

if TYPE_CHECKING:
    from pathlib import Path

END = bytes.fromhex("00 ff2f00")
TICK = 60.0 / 120.0 / 960.0


def header(kind: int, tracks: int, division: int) -> bytes:
    return b"MThd" + struct.pack(">IHHh", 6, kind, tracks, division)


def track(events: str, end: bytes = END) -> bytes:
    body = bytes.fromhex(events) + end
    return b"MTrk" + struct.pack(">I", len(body)) + body


def saved(folder: Path, *chunks: bytes) -> Path:
    path = folder / "golden.mid"
    path.write_bytes(b"".join(chunks))
    return path


def rows(notes: NoteArray) -> list[tuple[int, float, float, int]]:
    return [(p, round(o, 9), round(d, 9), v) for p, o, d, v in notes.tolist()]


class TestReading:
    def test_type_0_with_running_status_and_velocity_0(self, tmp_path: Path) -> None:
        # 96 ticks a quarter, 120 bpm by default: 48 ticks are 0.25 s.
        events = "00 90 3c 40  30 3c 00  30 3e 50  60 3e 00"
        performance = read_performance(saved(tmp_path, header(0, 1, 96), track(events)))
        assert rows(performance.notes()) == [(60, 0.0, 0.25, 64), (62, 0.5, 0.5, 80)]
        assert performance.seconds == pytest.approx(1.0)

    def test_type_0_is_split_by_channel_and_drums_are_left_out(self, tmp_path: Path) -> None:
        events = (
            "00 c0 05  00 c1 20  00 90 3c 40  00 91 30 41  00 99 24 42  60 80 3c 00 00 81 30 00"
        )
        path = saved(tmp_path, header(0, 1, 96), track(events))
        performance = read_performance(path)
        assert [(t.channel, t.program) for t in performance.tracks] == [(0, 5), (1, 32)]
        assert rows(performance.notes()) == [(48, 0.0, 0.5, 65), (60, 0.0, 0.5, 64)]
        assert len(read_performance(path, drums=True).notes()) == 3

    def test_tempo_map_of_the_first_track_rules_all(self, tmp_path: Path) -> None:
        # 120 bpm for one quarter, then 60 bpm, then 240 bpm from the third quarter on.
        tempo = "60 ff 51 03 0f4240  60 ff 51 03 03d090"
        notes = "00 ff 03 05 5069616e6f  00 90 3c 40  81 40 80 3c 00  00 90 3d 40  60 80 3d 00"
        path = saved(tmp_path, header(1, 2, 96), track(tempo), track(notes))
        performance = read_performance(path)
        assert rows(performance.notes()) == [(60, 0.0, 1.5, 64), (61, 1.5, 0.25, 64)]
        assert performance.tracks[0].name == "Piano"

    def test_tempo_may_change_in_any_track_and_at_tick_0(self, tmp_path: Path) -> None:
        notes = "00 90 3c 40  60 80 3c 00"
        tempo = "00 ff 51 03 000000  00 ff 51 03 07a120  00 ff 51 03 0f4240"
        path = saved(tmp_path, header(1, 2, 96), track(notes), track(tempo))
        assert rows(read_performance(path).notes()) == [(60, 0.0, 1.0, 64)]

    def test_smpte_time(self, tmp_path: Path) -> None:
        # 25 frames of 40 ticks: a tick is a millisecond.
        division = -(25 << 8) + 40
        path = saved(tmp_path, header(0, 1, division), track("0a 90 3c 40  64 80 3c 00"))
        assert rows(read_performance(path).notes()) == [(60, 0.01, 0.1, 64)]

    def test_tracks_of_type_2_follow_one_another(self, tmp_path: Path) -> None:
        first = track("00 ff 51 03 0f4240  00 90 3c 40  60 80 3c 00")
        second = track("00 90 3e 40  60 80 3e 00")
        path = saved(tmp_path, header(2, 2, 96), first, second)
        assert rows(read_performance(path).notes()) == [(60, 0.0, 1.0, 64), (62, 1.0, 0.5, 64)]

    def test_hanging_notes_end_with_their_track(self, tmp_path: Path) -> None:
        end = bytes.fromhex("60 ff2f00")
        path = saved(tmp_path, header(0, 1, 96), track("00 90 3c 40  60 3e 40", end))
        performance = read_performance(path)
        assert rows(performance.notes()) == [(60, 0.0, 1.0, 64), (62, 0.5, 0.5, 64)]
        assert sorted(m.hex() for _, m in performance.messages()[-2:]) == ["803c00", "803e00"]

    @pytest.mark.parametrize(
        ("events", "expected"),
        [
            # on on off off: the second stroke ends the first, the last note-off the second.
            ("00 90 3c 40  30 3c 50  30 3c 00  60 3c 00", [(0.0, 0.25, 64), (0.25, 0.75, 80)]),
            # on on off, and no more: the only note-off is the second stroke's.
            ("00 90 3c 40  30 3c 50  30 3c 00  60 3e 00", [(0.0, 0.25, 64), (0.25, 0.25, 80)]),
            # on on off, on off: the count starts afresh.
            (
                "00 90 3c 40  30 3c 50  30 3c 00  60 3c 60  30 3c 00",
                [(0.0, 0.25, 64), (0.25, 0.25, 80), (1.0, 0.25, 96)],
            ),
            # on on off on off off, each note-off 10 ms late: every stroke lasts until the next.
            (
                "00 90 3c 40  30 3c 50  02 3c 00  2e 3c 60  02 3c 00  2e 3c 00",
                [(0.0, 0.25, 64), (0.25, 0.25, 80), (0.5, 0.25, 96)],
            ),
            # Two voices on one key at once are one stroke, as long as the longer.
            ("00 90 3c 40  00 3c 50  30 3c 00  30 3c 00", [(0.0, 0.5, 80)]),
            # A note-off that nothing waits for, and one after the note's.
            ("00 90 3c 00  00 3c 40  30 3c 00  30 3c 00", [(0.0, 0.25, 64)]),
            # No time between on and off: the key was struck.
            ("00 90 3c 40  00 3c 00  60 3c 50  60 3c 00", [(0.0, 0.001, 64), (0.5, 0.5, 80)]),
            ("00 90 3c 40  60 3c 00  00 3c 50", [(0.0, 0.5, 64), (0.5, 0.001, 80)]),
            # Up and down again at once: two strokes at the same time are one, the louder.
            ("00 90 3c 50  00 3c 00  00 3c 40  60 3c 00", [(0.0, 0.5, 80)]),
            ("00 90 3c 40  00 3c 00  00 3c 50  00 3c 00", [(0.0, 0.001, 80)]),
        ],
    )
    def test_repeats_of_a_sounding_pitch(
        self, tmp_path: Path, events: str, expected: list[tuple[float, float, int]]
    ) -> None:
        path = saved(tmp_path, header(0, 1, 96), track(events))
        assert [row[1:] for row in rows(read_performance(path).notes())] == expected

    def test_controls_and_pedal(self, tmp_path: Path) -> None:
        # The pedal is written in another track of the same channel.
        pedal = track("00 b0 40 7f  81 40 b0 40 00")
        notes = track("00 90 3c 40  60 80 3c 00")
        performance = read_performance(saved(tmp_path, header(1, 2, 96), pedal, notes))
        assert performance.tracks[0].controls.tolist() == [(0.0, 64, 127), (1.0, 64, 0)]
        assert rows(performance.notes()) == [(60, 0.0, 0.5, 64)]
        assert rows(performance.notes(pedal="sustain")) == [(60, 0.0, 1.0, 64)]

    def test_messages_come_in_order_of_time_across_tracks(self, tmp_path: Path) -> None:
        first, second = track("00 90 3c 40  60 80 3c 00"), track("30 91 40 40  60 81 40 00")
        performance = read_performance(saved(tmp_path, header(1, 2, 96), first, second))
        assert [(t, m.hex()) for t, m in performance.messages()] == [
            (0.0, "903c40"),
            (0.25, "914040"),
            (0.5, "803c00"),
            (0.75, "814000"),
        ]

    def test_data_bytes_above_127_are_clipped_and_sysex_is_passed_over(
        self, tmp_path: Path
    ) -> None:
        events = "00 f0 03 7e09f7  00 90 3c ff  60 80 3c 00"
        path = saved(tmp_path, header(0, 1, 96), track(events))
        assert rows(read_performance(path).notes()) == [(60, 0.0, 0.5, 127)]

    def test_names_in_utf_8_and_in_latin_1(self, tmp_path: Path) -> None:
        note = "00 90 3c 40 60 80 3c 00"
        utf8 = track("00 ff 03 03 c3a962" + note)
        latin = track("00 ff 03 02 e962" + note)
        performance = read_performance(saved(tmp_path, header(1, 2, 96), utf8, latin))
        assert [t.name for t in performance.tracks] == ["éb", "éb"]


WHOLE = header(0, 1, 96) + track("00 90 3c 40  60 80 3c 00")


class TestRefusing:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "is empty"),
            (b"RIFF....WAVE", "no MIDI file but a WAV recording"),
            (b"MTh", "no MIDI file"),
            (b"MThd\x00\x00", "cut short"),
            (b"MThd\x00\x00\x00\x04" + bytes(6), "damaged: its header is too short"),
            (WHOLE[:-6], "cut short"),
            (header(1, 2, 96) + track("00 90 3c 40 60 80 3c 00"), None),
            (header(7, 1, 96) + track("00 90 3c 40 60 80 3c 00"), None),
            (header(0, 1, 0) + track("00 90 3c 40 60 80 3c 00"), "no ticks"),
            (header(0, 1, 96) + b"JUNK" + bytes(8), "damaged: it holds none of the tracks"),
            (header(0, 1, 96) + track("00 3c 40"), "damaged: a message has no status byte"),
            (header(0, 1, 96) + track("00 f4  00 90 3c 40"), "damaged: there is no message F4"),
            (header(0, 1, 96) + track("81 80 80 80 00 90 3c 40"), "longer than four bytes"),
            (header(0, 1, 96) + track("ff ff ff 7f 90 3c 40" * 5), "waits for days"),
            (header(0, 1, 96) + track("00 ff 59 02 4000  00 90 3c 40"), None),
            (header(0, 1, 96) + track(""), "holds no notes"),
            (header(0, 1, 96) + track("00 99 3c 40 60 89 3c 00"), "outside the drum channel"),
            (header(1, 0, 96), "holds no notes"),
        ],
    )
    def test_one_sentence_says_why(
        self, tmp_path: Path, content: bytes, reason: str | None
    ) -> None:
        path = saved(tmp_path, content)
        if reason is None:
            assert len(read_performance(path).notes()) == 1
            return
        with pytest.raises(MidiFileError, match=reason) as caught:
            read_performance(path)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert str(path) in sentence
        assert "\n" not in sentence

    def test_missing_files_and_folders(self, tmp_path: Path) -> None:
        with pytest.raises(MidiFileError, match="cannot be read: No such file"):
            read_performance(tmp_path / "missing.mid")
        with pytest.raises(MidiFileError, match="cannot be read: Is a directory"):
            read_performance(tmp_path)

    @settings(deadline=None)
    @given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
    @example(at=26, byte=0)  # a note that ends at the tick at which it begins
    def test_any_wrong_byte_is_read_or_refused(
        self, tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
    ) -> None:
        content = bytearray(WHOLE)
        content[at] = byte
        path = saved(tmp_path_factory.getbasetemp(), bytes(content))
        try:
            performance = read_performance(path)
        except MidiFileError as refused:
            sentence = str(refused)
            assert str(path) in sentence
            assert sentence.endswith(".")
            assert "\n" not in sentence
            return
        notes = performance.notes()
        assert len(performance.tracks) >= 1
        assert len(notes) >= 1
        assert np.isfinite(notes["onset"]).all()
        assert (notes["onset"] >= 0.0).all()
        assert (np.isfinite(notes["duration"]) & (notes["duration"] > 0.0)).all()
        assert (notes["pitch"] <= 127).all()
        assert ((notes["velocity"] >= 1) & (notes["velocity"] <= 127)).all()

    @settings(deadline=None)
    @given(length=st.integers(0, len(WHOLE) - 1))
    def test_any_cut_is_refused_unless_the_note_is_whole(
        self, tmp_path_factory: pytest.TempPathFactory, length: int
    ) -> None:
        path = saved(tmp_path_factory.getbasetemp(), WHOLE[:length])
        if length < len(WHOLE) - len(END):
            with pytest.raises(MidiFileError):
                read_performance(path)
        else:
            performance = read_performance(path)
            assert rows(performance.notes()) == [(60, 0.0, 0.5, 64)]
            assert performance.remarks == ("is cut short; what is whole was read",)


class TestWriting:
    def test_golden_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "out.mid"
        notes = notes_to_array([Note(60, 0.0, 0.5, 64), Note(64, 0.5, 0.25, 100)])
        write_midi(path, [Part("Player", 4, 1, notes)], tempo_bpm=60.0)
        tempo = track("00 ff 03 05 54656d706f  00 ff 51 03 0f4240  00 ff 58 04 04021808")
        player = track(
            "00 ff 03 06 506c61796572  00 c1 04  00 91 3c 40  83 60 81 3c 00  00 91 40 64"
            "81 70 81 40 00"
        )
        assert path.read_bytes() == header(1, 2, 960) + tempo + player

    def test_mido_reads_what_is_written(self, tmp_path: Path) -> None:
        path = tmp_path / "out.mid"
        one = notes_to_array([Note(60, 1.0, 0.5, 64)])
        write_midi(path, [("Player", 0, 0, one), ("Antiphon", 11, 1, one)], tempo_bpm=90.0)
        file = mido.MidiFile(path)
        assert (file.type, [t.name for t in file.tracks]) == (1, ["Tempo", "Player", "Antiphon"])
        assert file.length == pytest.approx(1.5, abs=TICK)
        assert [m.program for m in file if m.type == "program_change"] == [0, 11]

    def test_a_rest_of_days_is_written_in_parts(self, tmp_path: Path) -> None:
        notes = notes_to_array([Note(60, 0.0, 1.0, 64), Note(62, 90 * 3600.0, 1.0, 64)])
        back = written(tmp_path, notes)
        assert back["onset"].tolist() == [0.0, 90 * 3600.0]

    def test_held_notes_end_with_the_last(self, tmp_path: Path) -> None:
        notes = notes_to_array([Note(60, 0.0, None, 64), Note(64, 1.0, 1.0, 64)])
        assert rows(written(tmp_path, notes)) == [(60, 0.0, 2.0, 64), (64, 1.0, 1.0, 64)]

    def test_a_repeat_ends_what_it_repeats(self, tmp_path: Path) -> None:
        notes = notes_to_array([Note(60, 0.0, 2.0, 64), Note(60, 1.0, 2.0, 65)])
        assert rows(written(tmp_path, notes)) == [(60, 0.0, 1.0, 64), (60, 1.0, 2.0, 65)]

    def test_the_louder_of_two_strokes_at_once_is_kept(self, tmp_path: Path) -> None:
        notes = notes_to_array([Note(60, 0.0, 1.0, 90), Note(60, 0.0, 0.5, 60)])
        assert rows(written(tmp_path, notes)) == [(60, 0.0, 1.0, 90)]

    def test_no_note_is_shorter_than_a_tick(self, tmp_path: Path) -> None:
        (note,) = array_to_notes(written(tmp_path, notes_to_array([Note(60, 1.0, 0.0, 64)])))
        assert note.duration == pytest.approx(TICK)

    @pytest.mark.parametrize("name", ["missing/out.mid", "file/out.mid"])
    def test_where_nothing_can_be_written(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").touch()
        notes = notes_to_array([Note(60, 0.0, 1.0, 64)])
        with pytest.raises(MidiFileError, match="cannot be written: No"):
            write_midi(tmp_path / name, [Part("Player", 0, 0, notes)])

    def test_an_older_file_is_replaced_and_nothing_else_left(self, tmp_path: Path) -> None:
        path = tmp_path / "out.mid"
        path.write_bytes(b"older")
        write_midi(path, [Part("Player", 0, 0, empty_notes())])
        assert [p.name for p in tmp_path.iterdir()] == ["out.mid"]
        assert path.read_bytes().startswith(b"MThd")

    @pytest.mark.parametrize(
        ("part", "tempo", "reason"),
        [
            (Part("x", 128, 0, empty_notes()), 120.0, "program"),
            (Part("x", 0, 16, empty_notes()), 120.0, "channel"),
            (Part("x", 0, 0, notes_to_array([Note(60, -1.0, 1.0, 64)])), 120.0, "onset"),
            (Part("x", 0, 0, empty_notes()), 3.0, "tempo"),
        ],
    )
    def test_values_out_of_range(
        self, tmp_path: Path, part: Part, tempo: float, reason: str
    ) -> None:
        with pytest.raises(ValueError, match=reason):
            write_midi(tmp_path / "out.mid", [part], tempo)


def written(folder: Path, notes: NoteArray, tempo_bpm: float = 120.0) -> NoteArray:
    """Return the notes as they come back from a file."""
    path = folder / "round.mid"
    write_midi(path, [Part("Player", 0, 0, notes)], tempo_bpm)
    return read_performance(path).notes()


@st.composite
def separate_notes(draw: st.DrawFn) -> NoteArray:
    """Draw notes none of which sounds on while its pitch is struck again."""
    notes = []
    for pitch in draw(st.lists(st.integers(0, 127), min_size=1, max_size=6, unique=True)):
        time = 0.0
        for gap, duration in draw(
            st.lists(
                st.tuples(st.floats(0.0, 30.0), st.floats(0.003, 30.0)), min_size=1, max_size=6
            )
        ):
            notes.append(Note(pitch, time + gap, duration, draw(st.integers(1, 127))))
            time += gap + duration + 0.003
    return notes_to_array(notes)


@settings(deadline=None)
@given(notes=separate_notes(), tempo_bpm=st.floats(40.0, 300.0))
def test_round_trip_moves_nothing_by_more_than_a_tick(
    tmp_path_factory: pytest.TempPathFactory, notes: NoteArray, tempo_bpm: float
) -> None:
    back = written(tmp_path_factory.getbasetemp(), notes, tempo_bpm)
    tick = 60.0 / tempo_bpm / 960.0
    # Onsets within a tick of one another may change places.
    assert sorted(zip(back["pitch"], back["velocity"], strict=True)) == sorted(
        zip(notes["pitch"], notes["velocity"], strict=True)
    )
    for pitch in np.unique(notes["pitch"]):
        before, after = notes[notes["pitch"] == pitch], back[back["pitch"] == pitch]
        assert np.abs(before["onset"] - after["onset"]).max() <= 0.51 * tick + 1e-6
        assert np.abs(before["duration"] - after["duration"]).max() <= 1.01 * tick + 1e-6
        assert np.array_equal(before["velocity"], after["velocity"])
