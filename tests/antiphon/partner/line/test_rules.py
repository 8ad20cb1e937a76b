from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antiphon.instrument.controls import Biases
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note
from antiphon.partner import Moment
from antiphon.partner.line.rules import (
    NotAfter,
    NotBefore,
    Range,
    Without,
    thin_enough_at,
    voice_free_at,
)
from antiphon.partner.line.slates import FieldSlate, FieldTables

CODEC = PerformanceCodec()
TABLES = FieldTables.of(CODEC)
LOW, HIGH = TABLES.step_low, TABLES.step_high


def a_slate(out: Biases) -> FieldSlate:
    return FieldSlate(out, TABLES)


@example(0.0, 10.0, 0.0)  # on the last edge
@given(st.floats(0.0, 100.0), st.floats(0.0, 60.0), st.floats(0.0, 5.0))
def test_some_step_is_always_left_and_none_lies_outside(
    previous: float, elapsed: float, room: float
) -> None:
    moment = Moment(previous, previous + elapsed, previous + elapsed + room)
    out = Biases(CODEC)
    NotBefore().weigh(moment, a_slate(out))
    NotAfter().weigh(moment, a_slate(out))
    left = np.flatnonzero(out.row("step")[0] == 0.0)
    assert len(left) > 0
    assert np.all(HIGH[left] > moment.earliest - previous)
    assert np.all(LOW[left] <= moment.latest - previous)
    middle = elapsed + room / 2
    on_edge = np.min(np.abs(LOW - middle)) < 1e-9
    assert on_edge or CODEC.time_class(middle) in left


def test_range_outranks_every_other_rule() -> None:
    out = Biases(CODEC)
    moment = Moment(0.0, 0.0, 1.0)
    Range(60, 61).weigh(moment, a_slate(out))
    Without([60, 61]).weigh(moment, a_slate(out))
    pitch = out.row("pitch")[0]
    assert set(np.flatnonzero(pitch == pitch.max())) == {60, 61}


def test_a_voice_is_free_when_enough_have_ended() -> None:
    notes = [Note(60 + i, 0.0, 1.0 + i, 80) for i in range(4)]
    assert voice_free_at(notes, 5) == -np.inf
    assert voice_free_at(notes, 4) == 1.0
    assert voice_free_at(notes, 1) == 4.0


def test_no_more_onsets_in_a_second_than_allowed() -> None:
    notes = [Note(60, 0.1 * i, 0.1, 80) for i in range(6)]
    assert thin_enough_at(notes, 40) == -np.inf
    assert thin_enough_at(notes, 8) == pytest.approx(0.4 + 0.25)
    assert thin_enough_at(notes, 1) == pytest.approx(1.5)
