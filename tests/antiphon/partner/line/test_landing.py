"""The landing: how a line is led to its end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import Biases
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.partner.line.form import cue_of
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.landing import Landing
from antiphon.partner.line.line import Line
from antiphon.partner.line.manner import Manner
from antiphon.partner.line.place import Progress
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.rules import Moment
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.line.slates import FieldSlate, FieldTables
from antiphon.partner.settings import PartnerSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tests.antiphon.partner.conftest import Kit

CODEC = PerformanceCodec()
TABLES = FieldTables.of(CODEC)
MANNER = Manner(rate=4.0, chords=0.1, pitch=60.0, velocity=64.0, triad=(0, 4, 7))
END = 20.0


def weights(left: float, last: Note | None, beat: float | None = None) -> list[NDArray[np.float32]]:
    """What is added to each field so long before the end, after a note."""
    biases = Biases(CODEC)
    progress = Progress(10.0).after([last] if last is not None else [])
    moment = Moment(END - left, END - left, END + 1.0, END, progress)
    Landing(MANNER, beat).weigh(moment, FieldSlate(biases, TABLES))
    return [row[0] for row in biases.rows]


def test_the_triad_and_long_notes_are_favoured_the_more_the_nearer_the_end_is() -> None:
    far, near, last = (weights(left, None) for left in (5.0, 0.6, 0.1))
    assert not any(row.any() for row in far)
    for row, low, high in ((0, 61, 60), (2, CODEC.time_class(0.1), CODEC.time_class(0.8))):
        assert 0.5 < near[row][high] - near[row][low] < last[row][high] - last[row][low]


def test_it_takes_a_beat_and_a_half_where_there_are_beats() -> None:
    left = 1.3
    assert not weights(left, None)[0].any()
    assert weights(left, None, beat=1.0)[0][60] > 0.0


def test_a_line_ends_after_a_note_that_it_may_end_with_and_after_no_other() -> None:
    over, between = CODEC.time_class(0.5), CODEC.time_class(0.2)
    ends = weights(0.3, Note(64, END - 0.3, 0.6, 64))[1]
    assert ends[over] > ends[between] + 2.0
    assert ends[CODEC.time_class(0.0)] == 0.0  # its chord may be completed
    for other in (Note(62, END - 0.3, 0.6, 64), Note(64, END - 0.3, 0.1, 64)):
        goes_on = weights(0.3, other)[1]
        assert goes_on[over] < goes_on[between] - 2.0


def test_without_a_key_the_length_alone_counts() -> None:
    biases = Biases(CODEC)
    moment = Moment(END - 0.1, END - 0.1, END + 1.0, END, Progress(10.0))
    Landing(Manner(4.0, 0.1, 60.0, 64.0), None).weigh(moment, FieldSlate(biases, TABLES))
    assert not biases.row("pitch").any()
    assert biases.row("duration").any()


PHRASE = notes_to_array(
    Note(60 + step, index * 0.25, 0.2, 64)
    for index, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 5, 7, 4, 0))
)


def ending(kit: Kit, endings: bool, seed: int) -> tuple[NoteArray, Note]:
    improviser = improviser_for(kit.imitator(stray=0.2), CODEC, PartnerSettings())
    cue = cue_of(FormSettings(endings=endings), PHRASE)
    tuned, place = place_after(improviser, PHRASE, cue)
    line = Line(tuned, place, 5.0, 5.0, np.random.default_rng(seed))
    while not line.finished:
        line.draw(-math.inf)
    notes = line.take()
    return notes_to_array(notes), notes[-1]


def test_answers_end_on_a_long_note_of_the_triad(kit: Kit) -> None:
    def share(endings: bool) -> float:
        good = 0
        for seed in range(20):
            notes, last = ending(kit, endings, seed)
            assert len(notes) > 8
            long = (last.duration or 0.0) >= 1.4 * float(np.median(np.diff(notes["onset"])))
            good += long and last.pitch % 12 in (0, 4, 7)
        return good / 20

    assert share(endings=True) >= 0.8
    assert share(endings=False) <= 0.4
