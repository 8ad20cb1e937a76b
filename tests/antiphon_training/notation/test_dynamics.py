"""Dynamics, hairpins, pedal marks and words: where they are, and that both formats have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import TimeSignature
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.files.notated import Notated
from antiphon.music.note import Note, notes_to_array
from antiphon_training.notation.dynamics import Hairpin, find_dynamics
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.pedals import pedal_marks

if TYPE_CHECKING:
    Marks = tuple[tuple[int, str], ...]

BAR = 96


def marks_of(*bars: int) -> tuple[Marks, tuple[Hairpin, ...]]:
    """Return the dynamics of bars of four quarters, each at one velocity."""
    spans = [(BAR * n, BAR * (n + 1)) for n in range(len(bars))]
    starts = np.arange(4 * len(bars)) * BAR // 4
    return find_dynamics(starts, np.repeat(np.array(bars, dtype=np.uint8), 4), spans)


def test_each_phrase_has_a_mark_and_one_bar_has_none() -> None:
    marks, hairpins = marks_of(35, 33, 34, 70, 33, 36, 110, 112, 111, 113)
    assert marks == ((0, "pp"), (6 * BAR, "ff"))
    assert not hairpins


def test_what_nobody_played_has_no_dynamics() -> None:
    assert marks_of(90, 90, 90, 90) == ((), ())
    assert find_dynamics(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8), []) == ((), ())


@pytest.mark.parametrize("back", [False, True])
def test_a_level_that_is_reached_by_degrees_has_a_hairpin(back: bool) -> None:
    bars = (48, 49, 49, 50, 64, 76, 95, 96, 96, 97)
    marks, hairpins = marks_of(*(bars[::-1] if back else bars))
    assert [mark for _, mark in marks] == (["f", "p"] if back else ["p", "f"])
    (hairpin,) = hairpins
    assert hairpin.louder is not back
    assert hairpin.end == marks[1][0]
    assert hairpin.start < hairpin.end
    assert hairpin.kind == ("diminuendo" if back else "crescendo")


def test_a_pedal_is_marked_with_the_notes_that_it_keeps() -> None:
    onsets, starts = np.arange(8) * 0.5, np.arange(8) * 24
    assert pedal_marks([(0.1, 0.9), (1.1, 2.6)], onsets, starts) == ((0, 48), (48, 120))
    assert pedal_marks([(0.0, 0.2)], onsets, starts) == ()
    assert pedal_marks([], onsets, starts) == ()


@pytest.fixture
def page() -> Page:
    notes = [
        Note(pitch + n % 5, 0.5 * n, 0.45, 40 if n < 16 else 100)
        for n in range(32)
        for pitch in (40, 72)
    ]
    page = lay_out(notes_to_array(notes), pedals=[(0.0, 1.9), (2.0, 3.9)])
    assert [mark for _, mark in page.dynamics] == ["pp", "f"]
    assert len(page.pedals) == 2
    end = page.dynamics[1][0]
    return replace(page, hairpins=(Hairpin(end - 48, end, louder=True),))


def test_lilypond_has_them_in_lanes_of_their_own(page: Page) -> None:
    text = lilypond(page)
    for sign in ("\\pp", "\\f", "\\<"):
        assert text.count(f"{sign} ") == 1
    assert text.count("\\sustainOn") == text.count("\\sustainOff") == 2


@pytest.mark.train
def test_musicxml_has_them_at_their_places(page: Page) -> None:
    from xml.etree import ElementTree

    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    root = ElementTree.fromstring(musicxml(make_score(page), page))
    divisions = int(root.findtext(".//divisions", ""))
    found: list[tuple[int, str]] = []
    for (line, end), measure in zip(page.spans, root.iter("measure"), strict=True):
        place = max(line, page.pickup)
        for child in measure:
            if child.find("chord") is None:
                length = int(child.findtext("duration", "0")) * 24 // divisions
                place += -length if child.tag == "backup" else length
            for sign in child.iterfind("direction-type/*"):
                if sign.tag in ("dynamics", "wedge", "pedal"):
                    inner = sign[0].tag if len(sign) else sign.get("type", "")
                    found.append((place, inner))
        assert place == end
    loud, hairpin = page.dynamics[1][0], page.hairpins[0]
    wanted = [(page.dynamics[0][0], "pp"), (loud, "f"), (hairpin.start, "crescendo")]
    wanted += [(hairpin.end, "stop")]
    for down, up in page.pedals:
        wanted += [(down, "start"), (up, "stop")]
    assert sorted(found) == sorted(wanted)


@pytest.mark.train
def test_a_pedal_is_printed_where_a_head_of_the_lower_staff_begins(page: Page) -> None:
    """Programs lose a line that begins or ends within a note of its staff."""
    from xml.etree import ElementTree

    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    within = replace(page, pedals=((101, 145), (145, 166), (166, 167)))
    root = ElementTree.fromstring(musicxml(make_score(within), within))
    assert [sign.get("type") for sign in root.iter("pedal")] == ["start", "stop"] * 2
    on_heads = replace(within, pedals=((96, 144), (144, 168)))
    assert musicxml(make_score(on_heads), on_heads) == musicxml(make_score(within), within)


@pytest.mark.train
def test_words_stand_where_no_note_of_the_upper_staff_begins() -> None:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    notes = [Note(48, 0.5 * n, 0.5, 80) for n in range(8)]
    notes += [Note(76, 0.5 * n, 0.5, 80) for n in (0, 1, 2, 3, 5, 6, 7)]
    notes.sort(key=lambda note: (note.onset, note.pitch))
    hands = np.array([LEFT if note.pitch == 48 else RIGHT for note in notes], np.int8)
    told = Notated(BeatClock.of([(0.0, 0.5)]), (TimeSignature(0.0, 4, 4),), hands=hands)
    page = lay_out(notes_to_array(notes), ((2.0, "from here"),), told)
    assert page.marks == ((96, "from here"),)
    assert lilypond(page).count('"from here"') == 1
    assert musicxml(make_score(page), page).decode().count("from here") == 1
