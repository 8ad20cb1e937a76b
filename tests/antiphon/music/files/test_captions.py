"""What a file says of itself in words, read and written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest

from antiphon.music.files import smf
from antiphon.music.files.captions import LONGEST, MOST_TEXTS, Caption
from antiphon.music.files.reading import Part, read_performance, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.music.pedal import CONTROL_DTYPE

if TYPE_CHECKING:
    from pathlib import Path

NOTES = notes_to_array([Note(60 + n, 0.5 * n, 0.4, 70) for n in range(10)])
ELISE = Caption("Für Elise", "Ludwig van Beethoven", "Copyright © 2004 by Somebody", ("Poco moto",))


def caption_of(path: Path, *tracks: list[tuple[str, str]]) -> Caption:
    """Return the caption of a file whose last track has a note."""
    file = mido.MidiFile(type=1 if len(tracks) > 1 else 0, charset="utf-8")
    for said in tracks:
        field = {"track_name": "name"}
        events = [mido.MetaMessage(kind, **{field.get(kind, "text"): s}) for kind, s in said]
        file.tracks.append(mido.MidiTrack(events))
    file.tracks[-1].append(mido.Message("note_on", note=60, velocity=60))
    file.tracks[-1].append(mido.Message("note_off", note=60, time=480))
    file.save(path)
    return read_performance(path).caption


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    write_midi(path, [("Player", 0, 0, NOTES)], caption=ELISE)
    assert read_performance(path).caption == ELISE
    unknown = Caption("A tune", "A. N. Other")
    write_midi(path, [("Player", 0, 0, NOTES)], caption=unknown)
    assert read_performance(path).caption == unknown


def test_without_words_the_bytes_are_as_ever(tmp_path: Path) -> None:
    write_midi(tmp_path / "a.mid", [("Player", 0, 0, NOTES)], caption=Caption())
    write_midi(tmp_path / "b.mid", [("Player", 0, 0, NOTES)])
    content = (tmp_path / "a.mid").read_bytes()
    assert content == (tmp_path / "b.mid").read_bytes()
    assert smf.name_event("Tempo") in content
    assert read_performance(tmp_path / "a.mid").caption == Caption()


def test_the_first_track_names_the_piece(tmp_path: Path) -> None:
    title = [("track_name", "Sonata No. 8"), ("track_name", "2. Movement")]
    found = caption_of(tmp_path / "a.mid", title, [("track_name", "Piano right")])
    assert found.title == "Sonata No. 8, 2. Movement"


@pytest.mark.parametrize(
    "name",
    ["", "Tempo", "control track", "Piano", "Grand Piano", "Piano right", "Track 1", "untitled",
     "note track", "Right Hand", "RH", "Player, right hand", "Conductor"],
)  # fmt: skip
def test_the_name_of_a_part_is_no_title(name: str, tmp_path: Path) -> None:
    assert caption_of(tmp_path / "a.mid", [("track_name", name)]).title == ""


def test_the_name_of_the_first_of_two_parts_is_no_title(tmp_path: Path) -> None:
    parts = [("track_name", "Soprano")], [("track_name", "Alto")]
    path = tmp_path / "a.mid"
    caption_of(path, *parts)
    file = mido.MidiFile(path)
    file.tracks[0][-1:-1] = file.tracks[1][1:-1]
    file.save(path)
    assert read_performance(path).caption.title == ""


@pytest.mark.parametrize(
    ("text", "composer"),
    [
        ("Frédéric Chopin", "Frédéric Chopin"), ("composer: A. N. Other", "A. N. Other"),
        ("C:Trad.", "Trad."), ("Adagio cantabile", ""), ("Piano Sonata by Mozart in A major", ""),
    ],
)  # fmt: skip
def test_who_wrote_it(text: str, composer: str, tmp_path: Path) -> None:
    found = caption_of(tmp_path / "a.mid", [("text", "Update 1998"), ("text", text)])
    assert found.composer == composer
    assert found.texts == ("Update 1998", *((text,) if not composer else ()))


def test_what_a_program_writes_without_end_is_cut(tmp_path: Path) -> None:
    many = [("text", f"{n} {'x' * 200}") for n in range(50)]
    found = caption_of(tmp_path / "a.mid", [("text", "@ROLL_TYPE: red"), *many])
    assert len(found.texts) == MOST_TEXTS
    assert all(len(text) == LONGEST for text in found.texts)


def test_controls_are_written_before_what_is_struck_with_them(tmp_path: Path) -> None:
    controls = np.array([(0.0, 64, 127), (0.5, 64, 0), (0.5, 64, 100), (9.0, 64, 0)], CONTROL_DTYPE)
    write_midi(tmp_path / "a.mid", [Part("Player", 0, 3, NOTES, controls)])
    (track,) = read_performance(tmp_path / "a.mid").tracks
    assert np.array_equal(track.controls, controls)
    order = [message.type for message in mido.MidiFile(tmp_path / "a.mid").tracks[1]]
    assert order[2:4] == ["control_change", "note_on"]
