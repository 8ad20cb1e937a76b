"""Piano rolls: every track in its colour, and long music in rows."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image as mpimg
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from antiphon.errors import MidiFileError, UsageError
from antiphon.music.note import Note, notes_to_array
from antiphon_training.plots.drawing import COLOURS, save
from antiphon_training.plots.piano_roll import MOST_ROWS, Track, piano_roll, read_tracks

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
SONG = MUSIC / "songs" / "lc6158825.mid"


def track(name: str, *pitches: int, onset: float = 0.0, velocity: int = 127) -> Track:
    notes = [Note(pitch, onset + index, 0.9, velocity) for index, pitch in enumerate(pitches)]
    return Track(name, notes_to_array(notes))


def area(picture: Path, colour: str) -> int:
    """Return how many dots have a colour."""
    dots = mpimg.imread(picture)[..., :3]
    return int(np.count_nonzero(np.abs(dots - np.array(to_rgb(colour))).max(axis=-1) < 0.01))


def test_each_track_has_its_colour(tmp_path: Path) -> None:
    player, partner = track("Player", 60, 62, 64, 65), track("Antiphon", 72, 74, onset=4.0)
    save(piano_roll([player, partner], "A jam"), tmp_path / "both.png")
    save(piano_roll([player], "Alone"), tmp_path / "alone.png")
    blue, orange = COLOURS[:2]
    assert area(tmp_path / "both.png", blue) > 1.5 * area(tmp_path / "both.png", orange) > 1000
    assert area(tmp_path / "alone.png", orange) == 0


def test_soft_notes_are_paler(tmp_path: Path) -> None:
    save(piano_roll([track("Player", 60, velocity=20)]), tmp_path / "soft.png")
    assert area(tmp_path / "soft.png", COLOURS[0]) == 0


def test_long_music_is_drawn_in_rows() -> None:
    minutes = [track("Player", *([60] * seconds)) for seconds in (10, 100, 3600)]
    assert [len(piano_roll([music]).get_axes()) for music in minutes] == [1, 3, MOST_ROWS]


def test_a_part_can_be_drawn() -> None:
    figure = piano_roll([track("Player", *range(30, 90))], start=10.0, end=20.0)
    (ax,) = figure.get_axes()
    assert ax.get_xlim() == (10.0, 20.0)
    low, high = ax.get_ylim()
    assert (low, high) == (pytest.approx(34.5), pytest.approx(53.5))  # 40 to 50 sounds


def test_what_starts_late_is_drawn_from_its_first_note() -> None:
    late = read_tracks(MUSIC / "odd" / "late_start.mid")
    first = min(float(each.notes["onset"].min()) for each in late)
    assert first > 10.0
    left, right = piano_roll(late).get_axes()[0].get_xlim()
    assert left <= first < left + 1.0
    assert right > first
    assert piano_roll(late, start=0.0).get_axes()[0].get_xlim()[0] == 0.0
    assert piano_roll(late, end=5.0).get_axes()[0].get_xlim() == (0.0, 5.0)


def test_what_has_no_note_is_drawn_too(tmp_path: Path) -> None:
    save(piano_roll([Track("Antiphon", notes_to_array([]))]), tmp_path / "none.png")
    assert (tmp_path / "none.png").stat().st_size > 1000


def test_tracks_of_a_file_by_name() -> None:
    assert [each.name for each in read_tracks(SONG)] == ["Stimme Voice", "Guitarre"]
    rolls = read_tracks(MUSIC / "rolls" / "jr992cq7032.mid")
    assert [each.name for each in rolls] == ["track 1", "track 2"]
    with pytest.raises(MidiFileError, match="cannot be read"):
        read_tracks(MUSIC / "none.mid")


def test_an_svg_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        save(piano_roll(read_tracks(SONG), "Der Geburtstag"), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert ElementTree.parse(tmp_path / "one.svg").getroot().tag.endswith("svg")


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    figure = piano_roll([track("Player", 60)])
    with pytest.raises(UsageError, match=r"\.png or \.svg, not roll\.gif"):
        save(figure, tmp_path / "roll.gif")
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        save(figure, tmp_path / "none" / "roll.png")
    assert list(tmp_path.iterdir()) == []
