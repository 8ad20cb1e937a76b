"""Files as they are met: with oddities that are no music, wrapped, cut, or something else."""

from __future__ import annotations

import gzip
import io
import json
import logging
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import MidiFileError
from antiphon.music.files import events, smf
from antiphon.music.files.chunks import UnreadableMidiError
from antiphon.music.files.clean import clean_midi
from antiphon.music.files.foreign import what_it_is
from antiphon.music.files.reading import LEAD_IN, read_performance

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

ODD = Path(__file__).parents[3] / "data" / "odd"
EIGHT = [60, 62, 64, 65, 67, 69, 71, 72]
TWO_TRACKS = sorted([*EIGHT, 48, 50, 52])
NOTE = "00 90 3c 40 60 80 3c 00"
"""A quarter of middle C at 96 ticks a quarter: 0.5 s."""


def file_of(events: str | bytes, *more: str, kind: int = 1, promised: int | None = None) -> bytes:
    """Return a file of tracks, each with an end."""
    first = events if isinstance(events, bytes) else bytes.fromhex(events)
    bodies = [first, *map(bytes.fromhex, more)]
    head = struct.pack(">HHh", kind, len(bodies) if promised is None else promised, 96)
    return smf.chunk(b"MThd", head) + b"".join(map(smf.track_chunk, bodies))


def notes_in(content: bytes, folder: Path) -> NoteArray:
    path = folder / "made.mid"
    path.write_bytes(content)
    return read_performance(path).notes()


class TestCopies:
    @pytest.mark.parametrize(
        "name",
        [
            "key_18flats", "key_8_0", "key_empty", "timesig_empty", "smpte_badrate", "smpte_short",
            "prefix_empty", "f7escape", "rmid", "bom", "late_start",
        ],
    )  # fmt: skip
    def test_what_is_no_music_does_not_matter(self, name: str) -> None:
        performance = read_performance(ODD / f"{name}.mid")
        assert performance.notes()["pitch"].tolist() == EIGHT
        assert performance.remarks == ()

    def test_a_packet_takes_no_time(self) -> None:
        assert read_performance(ODD / "f7escape.mid").notes()["onset"][0] == 0.0

    def test_running_status_goes_on_after_a_system_exclusive(self) -> None:
        notes = read_performance(ODD / "run_after_sysex.mid").notes()
        assert notes["pitch"].tolist() == [60, 62, 64]

    def test_a_chunk_that_is_no_track_is_passed_over(self) -> None:
        performance = read_performance(ODD / "xf_between.mid")
        assert sorted(performance.notes()["pitch"].tolist()) == TWO_TRACKS
        assert performance.remarks == ()

    @pytest.mark.parametrize("name", ["cut_eot", "cut_last_byte"])
    def test_of_a_cut_file_every_whole_note_is_read(
        self, name: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            performance = read_performance(ODD / f"{name}.mid")
        assert performance.notes()["pitch"].tolist() == EIGHT
        assert performance.remarks == ("is cut short; what is whole was read",)
        assert [record.getMessage() for record in caplog.records] == [
            f"{ODD / name}.mid is cut short; what is whole was read."
        ]

    @pytest.mark.parametrize(("name", "counted"), [("fewer_tracks", 3), ("more_tracks", 1)])
    def test_a_header_that_counts_wrongly(self, name: str, counted: int) -> None:
        performance = read_performance(ODD / f"{name}.mid")
        assert sorted(performance.notes()["pitch"].tolist()) == TWO_TRACKS
        assert performance.remarks == (f"holds 2 tracks where its header counts {counted}",)

    @pytest.mark.parametrize(
        ("name", "what"),
        [("html", "a web page (HTML)"), ("zip", "a zip archive"), ("gz", "a gzip file")],
    )
    def test_something_else_is_refused_and_told(self, name: str, what: str) -> None:
        with pytest.raises(MidiFileError) as caught:
            read_performance(ODD / f"{name}.mid")
        assert str(caught.value) == (
            f"{ODD / name}.mid is no MIDI file but {what}; choose another MIDI file."
        )

    @pytest.mark.parametrize(("name", "hours"), [("jump_max", 77.7), ("jump_30h", 30.0)])
    def test_a_wild_delta_time_is_a_long_rest(self, name: str, hours: float) -> None:
        performance = read_performance(ODD / f"{name}.mid")
        assert len(performance.notes()) == {"jump_max": 9, "jump_30h": 17}[name]
        assert performance.seconds / 3600.0 == pytest.approx(hours, abs=0.1)

    def test_a_late_start_begins_with_the_music(self) -> None:
        performance = read_performance(ODD / "late_start.mid")
        assert performance.notes()["onset"][0] == 3600.0
        assert [time for time, _ in performance.messages(lead_in=LEAD_IN)[:3]] == [0.0, 0.25, 0.25]


class TestMeta:
    @pytest.mark.parametrize("kind", [0x00, 0x01, 0x09, 0x20, 0x21, 0x54, 0x58, 0x59, 0x7F, 0x60])
    @pytest.mark.parametrize("content", [b"", b"\xff", b"\x80" * 2, bytes(9), b"\xee" * 300])
    def test_any_meta_event_of_any_length(self, kind: int, content: bytes, tmp_path: Path) -> None:
        events = b"\x30" + smf.meta(kind, content) + bytes.fromhex(NOTE)
        notes = notes_in(file_of(events), tmp_path)
        assert notes[["pitch", "onset", "duration"]].tolist() == [(60, 0.25, 0.5)]

    @pytest.mark.parametrize("content", ["", "07", "07a1", "000000"])
    def test_a_tempo_that_is_none_changes_nothing(self, content: str, tmp_path: Path) -> None:
        events = b"\x00" + smf.meta(0x51, bytes.fromhex(content)) + bytes.fromhex(NOTE)
        assert notes_in(file_of(events), tmp_path)["duration"].tolist() == [0.5]

    def test_a_tempo_of_four_bytes_is_its_first_three(self, tmp_path: Path) -> None:
        events = "00 ff 51 04 0f4240 00 " + NOTE
        assert notes_in(file_of(events), tmp_path)["duration"].tolist() == [1.0]

    @pytest.mark.parametrize("letter", ["y", "\u00e9"])
    def test_a_name_of_millions_of_letters_is_cut(self, letter: str, tmp_path: Path) -> None:
        path = tmp_path / "named.mid"
        name = smf.meta(0x03, letter.encode() * 1_500_000)
        path.write_bytes(file_of(b"\x00" + name + bytes.fromhex(NOTE)))
        (track,) = read_performance(path).tracks
        assert track.notes["pitch"].tolist() == [60]
        assert track.name == letter * 100


class TestMessages:
    @pytest.mark.parametrize(
        "between",
        [
            "f0 02 41 f7",  # a system exclusive
            "f7 03 f3 01 02",  # a packet of one
            "f0 00",
            "ff 01 01 78",  # a text
            "f8",  # a clock, which belongs on a cable and in no file
            "f2 10 20",
            "fe",
        ],
    )
    def test_running_status_goes_on(self, between: str, tmp_path: Path) -> None:
        events = f"00 90 3c 50 60 3c 00 00 {between} 00 3e 50 60 3e 00"
        notes = notes_in(file_of(events), tmp_path)
        assert notes[["pitch", "onset", "duration"]].tolist() == [(60, 0.0, 0.5), (62, 0.5, 0.5)]

    def test_running_status_of_programs_goes_on_too(self, tmp_path: Path) -> None:
        path = tmp_path / "programs.mid"
        path.write_bytes(file_of(f"00 c0 05 00 f0 01 f7 00 06 {NOTE}"))
        sent = [data.hex() for _, data in read_performance(path).messages()]
        assert sent == ["c005", "c006", "903c40", "803c00"]

    def test_a_long_track_is_what_it_was(self, tmp_path: Path) -> None:
        events = b"".join(bytes([0, 0x90, i % 128, 64, 2, 0x80, i % 128, 64]) for i in range(9000))
        notes = notes_in(file_of(events), tmp_path)
        assert len(notes) == 9000
        assert notes["onset"][-1] == pytest.approx(2 * 8999 / 192)

    def test_ticks_are_those_of_the_events(self) -> None:
        long = "ff ff ff 7f 90 3c 40  81 00 80 3c 40  00 f0 01 f7  60 c0 01 81 00 02  7f d0 01"
        expected = (1 << 28) - 1 + 128 + 96 + 128 + 127
        for programs in (True, False):
            assert clean_midi(file_of(long), programs=programs).ticks == expected

    def test_zeros_behind_the_end_of_a_track_are_no_music(self, tmp_path: Path) -> None:
        notes = notes_in(file_of(bytes.fromhex(NOTE) + smf.END_OF_TRACK + bytes(64)), tmp_path)
        assert notes["pitch"].tolist() == [60]

    @pytest.mark.parametrize(
        ("event", "count", "tracks"),
        [(bytes.fromhex("00903c50 60803c00"), 140_000, 1),
         (bytes.fromhex("00903c50 60803c00"), 14_000, 10),
         (bytes.fromhex("00f000"), 360_000, 1)],
    )  # fmt: skip
    def test_too_many_messages_are_refused_before_they_are_parsed(
        self, event: bytes, count: int, tracks: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(events, "MOST_EVENT_BYTES", 1 << 20)
        content = smf.file_header(tracks, 96) + smf.track_chunk(event * count) * tracks
        with pytest.raises(UnreadableMidiError, match="more than 1 MiB of messages") as caught:
            clean_midi(content)
        assert caught.value.advice == "choose another MIDI file"

    def test_a_long_text_is_no_message(self, tmp_path: Path) -> None:
        events = b"\x00" + smf.meta(0x01, b"x" * (5 << 20)) + bytes.fromhex(NOTE)
        assert notes_in(file_of(events), tmp_path)["pitch"].tolist() == [60]


class TestWrapping:
    MUSIC = file_of(NOTE)

    @pytest.mark.parametrize(
        "content",
        [
            b"\xef\xbb\xbf" + MUSIC,
            b"\xff\xfe" + MUSIC,
            b"\xfe\xff" + MUSIC,
            b"\r\n" + MUSIC,
            bytes([0, 8]) + b"song.mid".ljust(126, b"\x00") + MUSIC,  # MacBinary
            MUSIC + bytes(100),
            MUSIC + b"\x1a",
            MUSIC + b"TAG" + bytes(125),
        ],
    )
    def test_what_is_around_the_file_does_not_matter(self, content: bytes, tmp_path: Path) -> None:
        assert notes_in(content, tmp_path)["pitch"].tolist() == [60]

    @pytest.mark.parametrize("before", [b"", b"DISP\x05\0\0\0title\0", b"LIST\x04\0\0\0INFO"])
    @pytest.mark.parametrize("size", [None, 0])
    def test_riff(self, before: bytes, size: int | None, tmp_path: Path) -> None:
        length = len(self.MUSIC) if size is None else size
        data = b"RMID" + before + b"data" + struct.pack("<I", length) + self.MUSIC
        riff = b"RIFF" + struct.pack("<I", len(data)) + data
        assert notes_in(riff, tmp_path)["pitch"].tolist() == [60]

    def test_riff_without_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(MidiFileError, match="damaged: its RIFF holds no MIDI file"):
            notes_in(b"RIFF\x04\0\0\0RMID", tmp_path)

    def test_a_header_may_be_longer(self, tmp_path: Path) -> None:
        content = smf.chunk(b"MThd", struct.pack(">HHh", 1, 1, 96) + bytes(4))
        content += smf.track_chunk(bytes.fromhex(NOTE))
        assert notes_in(content, tmp_path)["pitch"].tolist() == [60]

    @pytest.mark.parametrize("length", [0, 5, 11, 13, 40, 60_000])
    def test_a_track_whose_length_is_wrong(self, length: int, tmp_path: Path) -> None:
        content = file_of(NOTE, "00 91 43 40 60 81 43 00")
        wrong = content[:18] + struct.pack(">I", length) + content[22:]
        path = tmp_path / "wrong.mid"
        path.write_bytes(wrong)
        performance = read_performance(path)
        assert performance.notes()["pitch"].tolist() == [60, 67]
        assert performance.remarks == ("has a track that is not as long as it says",)


class TestCut:
    def test_a_note_that_still_sounds_at_the_cut_is_none(self, tmp_path: Path) -> None:
        whole = file_of(f"{NOTE} 00 90 3e 40 30 90 40 40 30 80 3e 00 30 80 40 00")
        path = tmp_path / "cut.mid"
        path.write_bytes(whole[:-12])  # within the note-off of E
        performance = read_performance(path)
        assert performance.notes()["pitch"].tolist() == [60]
        path.write_bytes(whole[:-8])
        assert read_performance(path).notes()["pitch"].tolist() == [60, 62]

    def test_a_key_struck_again_before_the_cut_ends_as_it_did(self, tmp_path: Path) -> None:
        events = bytes.fromhex("00 90 3c 40 60 90 3c 41 30 90 3e 40")
        content = smf.file_header(1, 96) + b"MTrk" + struct.pack(">I", 99) + events
        assert notes_in(content, tmp_path)[["pitch", "duration"]].tolist() == [(60, 0.5)]

    def test_a_cut_that_leaves_no_note_says_that_it_is_cut(self, tmp_path: Path) -> None:
        with pytest.raises(MidiFileError, match=r"is cut short; .* holds no notes"):
            notes_in(file_of(NOTE)[:-7], tmp_path)


class TestStart:
    def test_a_sound_chosen_in_the_silence_comes_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "late.mid"
        path.write_bytes(file_of("60 c0 05 8f 00 90 3c 40 60 80 3c 00"))
        performance = read_performance(path)
        assert performance.notes()["onset"].tolist() == [10.5]
        assert performance.messages()[0] == (0.5, b"\xc0\x05")
        assert performance.messages(lead_in=LEAD_IN) == [
            (0.0, b"\xc0\x05"), (0.0, b"\x90\x3c\x40"), (0.5, b"\x80\x3c\x00"),
        ]  # fmt: skip

    def test_an_upbeat_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "upbeat.mid"
        path.write_bytes(file_of("60 90 3c 40 60 80 3c 00"))
        assert read_performance(path).messages(lead_in=LEAD_IN)[0][0] == 0.5 < LEAD_IN


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.mid", file_of(NOTE))
    return stream.getvalue()


class TestSomethingElse:
    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (zipped(), "a zip archive"),
            (gzip.compress(file_of(NOTE, mtime=0)), "a gzip file"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
            (b"\xff\xd8\xff\xe0", "a JPEG picture"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "a WAV recording"),
            (b"RIFF\x24\0\0\0sfbkLIST", "a SoundFont"),
            (b"FORM\0\0\0\x40AIFFCOMM", "an AIFF recording"),
            (b"ID3\x04\0\0", "an MP3 recording"),
            (b"\xff\xfb\x90\x64", "an MP3 recording"),
            (b"\0\0\0\x20ftypM4A ", "an MPEG-4 recording"),
            (b"fLaC\0\0\0\x22", "a FLAC recording"),
            (b"OggS\0\x02", "an Ogg recording"),
            (json.dumps({"notes": [60]}).encode(), "a JSON document"),
            (b"[60, 62]", "a JSON document"),
            (b"\n\n<html><body>404", "a web page (HTML)"),
            (b"\xef\xbb\xbf<!DOCTYPE HTML>", "a web page (HTML)"),
            ("\ufeff<!doctype html>".encode("utf-16-le"), "a web page (HTML)"),
            (b"<?xml version='1.0'?>\n<score-partwise>", "a score in MusicXML"),
            (b"<?xml version='1.0'?>\n<Error><Code>AccessDenied", "an XML document"),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                "a pointer of Git LFS to a file that was not fetched",
            ),
            (b"X:1\nT:A reel\nK:G\n", "a tune in ABC"),
            ("Grüße, hier ist kein Lied.".encode(), "text"),
            (bytes(512), "nothing but zeros"),
            (bytes(257) + b"ustar\x0000", "a tar archive"),
            (b"\x07\x91\xc3 no format", None),
        ],
    )  # fmt: skip
    def test_it_is_told(self, content: bytes, what: str | None, tmp_path: Path) -> None:
        assert what_it_is(content) == what
        path = tmp_path / "called.mid"
        path.write_bytes(content)
        told = f" but {what}" if what else ""
        with pytest.raises(MidiFileError) as caught:
            read_performance(path)
        assert str(caught.value) == f"{path} is no MIDI file{told}; choose another MIDI file."


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(MidiFileError, match=r"^/dev/zero is larger than any MIDI file; choose"):
        read_performance("/dev/zero")
