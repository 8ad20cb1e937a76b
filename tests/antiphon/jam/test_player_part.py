from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.errors import MidiFileError
from antiphon.jam.player_part import PlayerPart, load_part, room_after
from antiphon.messages import Heard, NoteOff, NoteOn

ODD = Path(__file__).parents[2] / "data" / "odd"
KEY = Heard(NoteOn(1.0, 0, 72, 90), b"\x90\x48\x5a")


def test_a_person_alone_needs_no_file() -> None:
    assert load_part("none", room=float) == (None, None)


def test_without_a_keyboard_the_bundled_performance_plays() -> None:
    messages, name = load_part("auto", room=float)
    assert name == "performance.mid"
    assert messages is not None
    assert len(messages) > 100


def test_a_file_begins_with_its_music_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "sp\udce4t.mid"
    path.write_bytes((ODD / "late_start.mid").read_bytes())
    messages, name = load_part(str(path), room=float)
    assert name == "sp\\xe4t.mid"
    assert messages is not None
    assert messages[0] == (0.0, b"\x90\x3c\x50")


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MidiFileError, match=r"gone\.mid"):
        load_part(str(tmp_path / "gone.mid"), room=float)


def test_the_room_covers_the_pause_and_the_answer() -> None:
    assert room_after(5.0, shortest=1.5, longest=20.0) > 5.0 + 0.6
    assert room_after(0.2, shortest=1.5, longest=20.0) > 1.5 + 0.6
    assert room_after(90.0, shortest=1.5, longest=20.0) < 30.0


def test_a_person_ends_the_bundled_performance_for_good() -> None:
    heard: list[Heard] = []
    hold = [(0.0, b"\x90\x3c\x50"), (60.0, b"\x80\x3c\x40")]
    part = PlayerPart(hold, thru=None, deliver=heard.append, yields=True)
    assert part.begin()
    part.stop()

    part.person(KEY)

    events = [one.event for one in heard]
    assert events[-1] == NoteOn(1.0, 0, 72, 90)
    # What the file held was released before the person was heard.
    held = [e.pitch for e in events[:-1] if isinstance(e, NoteOn)]
    assert held == [e.pitch for e in events[:-1] if isinstance(e, NoteOff)]
    assert not part.begin()
    assert not part.waiting
    assert not part.ended


def test_a_person_who_plays_first_is_never_interrupted() -> None:
    part = PlayerPart([(0.0, b"\x90\x3c\x50")], thru=None, deliver=lambda _: None, yields=True)
    assert part.waiting
    part.person(KEY)
    assert not part.waiting
    assert not part.begin()


def test_a_file_of_the_musicians_choice_plays_on_beside_him() -> None:
    part = PlayerPart([(0.0, b"\x90\x3c\x50")], thru=None, deliver=lambda _: None, yields=False)
    part.person(KEY)
    assert part.begin()
    part.stop()


def test_a_keyboard_that_is_plugged_in_ends_the_bundled_performance() -> None:
    part = PlayerPart([(0.0, b"\x90\x3c\x50")], thru=None, deliver=lambda _: None, yields=True)
    part.leave_to_person()
    assert not part.begin()
