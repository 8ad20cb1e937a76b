"""MIDI files: the same music as the live side reads, and a sentence where there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import CorpusError
from antiphon.music.files import smf
from antiphon.music.files.reading import read_performance
from antiphon.music.note import SHORTEST_DURATION
from antiphon_training.corpora.midi import read_midi
from antiphon_training.corpora.piece import Piece, Reading
from antiphon_training.corpora.reading import read_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.pedal import Pedal
    from antiphon_training.corpora.piece import Time

    Save = Callable[..., Path]
    MakeNote = Callable[..., list[Any]]

pytestmark = pytest.mark.train

HOUR = 3600 * 960
"""Ticks, at 480 a quarter of half a second."""


def piece(path: Path, reading: Reading | None = None) -> Piece:
    return read_midi(path, path.read_bytes(), reading or Reading())


def strike(pitch: int, channel: int = 0) -> mido.Message:
    return mido.Message("note_on", note=pitch, velocity=64, channel=channel)


class TestAgreement:
    @settings(
        max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        events=st.lists(
            st.tuples(
                st.integers(0, 2000),  # when: near one another, so that they meet
                st.integers(60, 62),  # which key
                st.sampled_from([0, 0, 40, 90]),  # up, or how hard
                st.integers(0, 1),  # channel
            ),
            max_size=40,
        ),
        tempo=st.sampled_from([300_000, 500_000, 1_234_567]),
    )
    def test_any_messages_are_the_same_notes_as_on_stage(
        self, tmp_path: Path, events: list[tuple[int, int, int, int]], tempo: int
    ) -> None:
        made = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo)])
        before = 0
        for tick, pitch, velocity, channel in sorted(events):
            time, before = tick - before, tick
            made.append(
                mido.Message(
                    "note_on", note=pitch, velocity=velocity, channel=channel, time=time
                )
            )  # fmt: skip
        made.append(mido.Message("program_change", time=100))
        path = tmp_path / "any.mid"
        mido.MidiFile(type=0, ticks_per_beat=480, tracks=[made]).save(path)
        here = piece(path).notes
        if not len(here):
            return
        there = read_performance(path).notes()
        for field in ("pitch", "velocity"):
            assert here[field].tolist() == there[field].tolist()
        for field in ("onset", "duration"):
            np.testing.assert_allclose(here[field], there[field], atol=1e-9)

    @settings(
        max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        tracks=st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from([0, 0, 10, 50]),  # ticks before it: many at one tick
                    st.one_of(
                        st.builds(
                            lambda ch, key, hard: bytes([0x90 | ch, key, hard]),
                            st.integers(0, 1),
                            st.integers(60, 62),
                            st.sampled_from([0, 64, 99]),
                        ),
                        st.builds(
                            lambda ch, value: bytes([0xB0 | ch, 64, value]),
                            st.integers(0, 1),
                            st.sampled_from([0, 127]),
                        ),
                        st.just(b"\xc0\x05"),
                        st.just(b"\xf0\x01\xf7"),
                    ),
                ),
                max_size=30,
            ),
            min_size=1,
            max_size=3,
        ),
        pedal=st.sampled_from(["keys", "sustain"]),
    )
    def test_any_order_at_one_tick_and_a_pedal_in_any_track(
        self, tmp_path: Path, tracks: list[list[tuple[int, bytes]]], pedal: Pedal
    ) -> None:
        bodies = [b"".join(bytes([ticks]) + data for ticks, data in events) for events in tracks]
        path = tmp_path / "dense.mid"
        path.write_bytes(smf.file_header(len(bodies), 480) + b"".join(map(smf.track_chunk, bodies)))
        here = piece(path, Reading(pedal=pedal)).notes
        if not len(here):
            return
        there = read_performance(path).notes(pedal)
        for field in ("pitch", "velocity"):
            assert here[field].tolist() == there[field].tolist()
        for field in ("onset", "duration"):
            np.testing.assert_allclose(here[field], there[field], atol=1e-9)

    def test_what_is_never_released_lasts_until_its_track_ends(
        self, save: Save, make_note: MakeNote
    ) -> None:
        events = [(0, strike(60)), *make_note(64, 480, 960), (1920, mido.Message("program_change"))]
        found = piece(save("hanging.mid", events))
        assert found.notes["pitch"].tolist() == [60, 64]
        assert found.notes["duration"].tolist() == [2.0, 0.5]
        assert found.counts == {"unreleased": 1}
        assert found.seconds == 2.0

    def test_many_strokes_of_one_key_may_hang(self, save: Save) -> None:
        path = save("stuck.mid", [(i * 48, strike(60)) for i in range(40)])
        found = piece(path)
        assert len(found.notes) == 40
        assert found.counts == {"unreleased": 40}
        assert found.notes["duration"].tolist() == pytest.approx([0.05] * 39 + [0.001])

    @pytest.mark.parametrize("time", ["seconds", "beats"])
    def test_a_note_that_ends_as_it_begins_was_struck(
        self, save: Save, make_note: MakeNote, time: Time
    ) -> None:
        path = save("struck.mid", [*make_note(60, 480, 480), *make_note(62, 480, 960)])
        found = read_notes(path, time=time)
        assert found["pitch"].tolist() == [60, 62]
        assert found["duration"][0] == SHORTEST_DURATION
        if time == "seconds":
            assert found.tolist() == read_performance(path).notes().tolist()

    def test_a_key_up_and_down_again_at_one_tick_is_one_stroke(
        self, save: Save, make_note: MakeNote
    ) -> None:
        path = save("again.mid", [*make_note(60, 480, 480), *make_note(60, 480, 960)])
        found = read_notes(path)
        assert found[["onset", "duration"]].tolist() == [(0.5, 0.5)]
        assert found.tolist() == read_performance(path).notes().tolist()

    def test_a_track_that_goes_on_after_its_end_is_read_to_its_end(self, tmp_path: Path) -> None:
        body = bytes.fromhex("00903c40 00ff2f00 60803c00 00ff2f00")
        path = tmp_path / "on.mid"
        path.write_bytes(
            b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk" + len(body).to_bytes(4, "big") + body
        )
        found = piece(path)
        assert found.notes["duration"].tolist() == [0.5]
        assert found.counts == {}
        assert read_performance(path).notes()["duration"].tolist() == [0.5]

    def test_seconds_are_exact_after_an_hour(self, save: Save, make_note: MakeNote) -> None:
        path = save("hour.mid", make_note(60, HOUR + 1, HOUR + 2))
        assert piece(path).notes["onset"][0] == pytest.approx(3600 + 1 / 960, abs=1e-9)

    def test_smpte_time(self, tmp_path: Path) -> None:
        # 25 frames of 40 ticks: a tick is a millisecond.
        body = bytes.fromhex("0a903c40 64803c00 00ff2f00")
        path = tmp_path / "smpte.mid"
        path.write_bytes(
            b"MThd\0\0\0\x06\0\0\0\x01\xe7\x28MTrk" + len(body).to_bytes(4, "big") + body
        )
        assert read_notes(path)[["onset", "duration"]].tolist() == [(0.01, pytest.approx(0.1))]
        with pytest.raises(CorpusError, match=r"smpte\.mid counts frames"):
            read_notes(path, time="beats")


class TestUnits:
    def test_beats_are_those_of_the_score_whatever_the_tempo(
        self, save: Save, make_note: MakeNote
    ) -> None:
        events = [
            *make_note(60, 0, 480),
            (480, mido.MetaMessage("set_tempo", tempo=1_000_000)),
            *make_note(62, 480, 720),
            *make_note(64, 1440, 1600),
        ]
        path = save("tempo.mid", events)
        beats = read_notes(path, time="beats")
        assert beats["onset"].tolist() == [0.0, 1.0, 3.0]
        assert beats["duration"].tolist() == pytest.approx([1.0, 0.5, 1 / 3])
        assert read_notes(path)["onset"].tolist() == pytest.approx([0.0, 0.5, 2.5])
        assert piece(path, Reading(time="beats")).seconds == piece(path).seconds

    def test_the_pedal_lengthens_beats_too(self, save: Save, make_note: MakeNote) -> None:
        pedal = [(tick, mido.Message("control_change", control=64, value=v))
                 for tick, v in ((0, 127), (1920, 0))]  # fmt: skip
        path = save("pedal.mid", [*pedal, *make_note(60, 0, 480)])
        assert read_notes(path, time="beats", pedal="sustain")["duration"].tolist() == [4.0]


class TestRemarks:
    def test_a_file_of_eleven_tracks(self, save: Save, make_note: MakeNote) -> None:
        tracks = [(f"Voice {i}", make_note(60 + i, 0, 480)) for i in range(11)]
        path = save("eleven.mid", *tracks)
        assert piece(path).remarks == (
            "has 11 tracks with notes, read as if one player played them all",
        )
        assert piece(path, Reading(("Voice 3",))).remarks == ()
        assert read_notes(path, ["Voice 3"])["pitch"].tolist() == [63]

    def test_a_file_of_an_hour(self, save: Save, make_note: MakeNote) -> None:
        path = save("hour.mid", [*make_note(60, 0, 480), *make_note(60, HOUR, HOUR + 480)])
        assert piece(path).remarks == ("lasts 60 minutes, and counts as one piece",)

    def test_drums_are_counted(self, save: Save, make_note: MakeNote) -> None:
        drums = [
            event for i in range(5) for event in make_note(36, i * 100, i * 100 + 50, channel=9)
        ]
        found = piece(save("band.mid", make_note(60, 0, 480), drums))
        assert found.notes["pitch"].tolist() == [60]
        assert found.counts == {"drums": 5}
        alone = piece(save("drums.mid", drums))
        assert alone.reason_to_leave_out(Reading()) == "has no notes but drums"

    def test_more_tracks_than_promised(self, save: Save, make_note: MakeNote) -> None:
        path = save("more.mid", make_note(60, 0, 480), make_note(62, 0, 480))
        content = bytearray(path.read_bytes())
        content[11] = 1
        path.write_bytes(content)
        found = piece(path)
        assert found.notes["pitch"].tolist() == [60, 62]
        assert found.remarks == ("holds 2 tracks where its header counts 1",)

    def test_a_track_that_is_not_there(self, save: Save, make_note: MakeNote) -> None:
        reading = Reading(("PIANO",))
        found = piece(save("song.mid", ("MELODY", make_note(60, 0, 480))), reading)
        assert found.reason_to_leave_out(reading) == "has no track called PIANO, but MELODY"


class TestDefects:
    def test_patterns_follow_one_another_with_a_remark(
        self, save: Save, make_note: MakeNote
    ) -> None:
        path = save("patterns.mid", make_note(60, 0, 480), make_note(62, 0, 480), kind=2)
        found = piece(path)
        assert found.notes["onset"].tolist() == [0.0, 0.5]
        assert "type 2: its 2 tracks are patterns on their own" in found.remarks[0]

    def test_no_file_that_is_cut_short_passes_for_a_whole_one(
        self, save: Save, make_note: MakeNote
    ) -> None:
        content = save("two.mid", make_note(60, 0, 480), make_note(62, 0, 480)).read_bytes()
        path = Path("cut.mid")
        whole = read_midi(path, content, Reading())
        assert (len(whole.notes), whole.remarks) == (2, ())
        counts, refusals = [], []
        for length in range(len(content)):
            try:
                found = read_midi(path, content[:length], Reading())
            except CorpusError as error:
                refusals.append(str(error))
                counts.append(0)
            else:
                assert re.match("is cut short|holds 1 track where its header counts 2",
                                found.remarks[0])  # fmt: skip
                assert found.notes.tolist() == whole.notes[: len(found.notes)].tolist()
                counts.append(len(found.notes))
        told = re.compile(r"cut\.mid is (empty|no MIDI|damaged|cut short)")
        assert [text for text in refusals if not told.match(text)] == []
        # Without its header nothing, then each note as soon as its end is there.
        assert counts == sorted(counts)
        assert set(counts) == {0, 1, 2}

    def test_a_quarter_without_ticks(self, save: Save, make_note: MakeNote) -> None:
        content = bytearray(save("zero.mid", make_note(60, 0, 480)).read_bytes())
        content[12:14] = b"\0\0"
        with pytest.raises(CorpusError, match="is damaged: a quarter has no ticks"):
            read_midi(Path("zero.mid"), bytes(content), Reading())

    def test_no_notes(self, save: Save) -> None:
        found = piece(save("silent.mid", [(0, mido.MetaMessage("text", text="hush"))]))
        assert found.reason_to_leave_out(Reading()) == "has no notes"
        assert found.seconds == 0.0

    @settings(max_examples=100, deadline=None)
    @given(st.data())
    def test_noise_is_read_or_refused_and_nothing_else(self, data: st.DataObject) -> None:
        music = Path(__file__).parents[2] / "data" / "songs" / "lc6019054.mid"
        content = bytearray(music.read_bytes())
        for _ in range(data.draw(st.integers(1, 8))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] = data.draw(st.integers(0, 255))
        try:
            found = read_midi(Path("noise.mid"), bytes(content), Reading())
        except CorpusError as error:
            told = str(error)
        else:
            told = "noise.mid is read."
            assert np.all(np.isfinite(found.notes["onset"]))
            assert np.all(found.notes["duration"] > 0.0)
        assert told.startswith("noise.mid ")
        assert "\n" not in told
