"""From the notes of the last seconds to cells, in simulated time."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from antiphon.display.bars import MOST_BARS, Bar, Bars
from antiphon.display.feed import Side
from antiphon.display.grid import (
    HALVES,
    PARTNER_NOTE,
    PARTNER_ONSET,
    PLAYER_NOTE,
    PLAYER_ONSET,
    Compass,
    Span,
    draw_cells,
)
from antiphon.messages import Control, NoteOff, NoteOn

PLAYER, PARTNER = Side.PLAYER, Side.PARTNER
SPAN = Span(columns=40, step=0.25)


def halves(bars: list[Bar], now: float, compass: Compass | None = None) -> dict[int, list[int]]:
    """Return the half rows that are not empty, by their place from the top."""
    cells = draw_cells(bars, SPAN, compass or Compass(10), now)
    rows: dict[int, list[int]] = {}
    for place, row in enumerate(cells.tolist()):
        rows[2 * place] = [cell // HALVES for cell in row]
        rows[2 * place + 1] = [cell % HALVES for cell in row]
    return {place: row for place, row in rows.items() if any(row)}


def test_a_note_ends_at_the_right_edge_while_its_key_is_down() -> None:
    [row] = halves([Bar(PLAYER, 60, begin=99.0)], now=100.0).values()
    assert row == [0] * 35 + [PLAYER_ONSET] + [PLAYER_NOTE] * 4


def test_a_note_scrolls_out_to_the_left() -> None:
    bar = Bar(PARTNER, 60, begin=90.0, end=91.0)
    [row] = halves([bar], now=100.5).values()
    assert row == [PARTNER_NOTE] + [0] * 39
    assert halves([bar], now=101.5) == {}


def test_the_shortest_note_can_be_seen() -> None:
    [row] = halves([Bar(PARTNER, 60, begin=99.0, end=99.005)], now=100.0).values()
    assert row.count(PARTNER_ONSET) == 1
    assert sum(row) == PARTNER_ONSET


def test_the_player_is_drawn_over_the_partner() -> None:
    both = [Bar(PLAYER, 60, 98.0, 99.0), Bar(PARTNER, 60, 97.0, 100.0)]
    [row] = halves(both, now=100.0).values()
    assert row[27:40] == [PARTNER_ONSET, *[1] * 3, PLAYER_ONSET, *[3] * 3, *[1] * 4, 0]


def test_a_semitone_higher_is_half_a_cell_higher() -> None:
    rows = halves([Bar(PLAYER, 60, 99.0), Bar(PLAYER, 61, 99.0)], now=100.0)
    low, high = Compass(10).half(60), Compass(10).half(61)
    assert low - high == 1
    assert set(rows) == {low, high}


def test_the_compass_moves_to_a_note_and_widens_when_it_must() -> None:
    compass = Compass(10)
    compass.fit([100])
    assert compass.semitones == 1
    assert 0 <= compass.half(100) < 5
    compass.fit([100, 40])
    assert compass.semitones == 4
    assert compass.half(100) < compass.half(40)
    compass.fit([60])
    assert compass.semitones == 4
    compass.reset()
    assert compass.semitones == 1


@given(st.lists(st.integers(0, 127), min_size=1), st.lists(st.integers(0, 127)), st.integers(4, 24))
def test_every_pitch_of_the_compass_lies_inside(
    pitches: list[int], before: list[int], rows: int
) -> None:
    compass = Compass(rows)
    compass.fit(before)
    compass.fit(pitches)
    top = compass.lowest + compass.semitones * 2 * rows
    assert compass.lowest <= min(pitches)
    assert max(pitches) < top


def test_octaves_are_named_where_they_lie() -> None:
    compass = Compass(12)
    assert compass.octaves() == {compass.half(60) // 2: 60, compass.half(72) // 2: 72}


def test_bars_end_with_their_keys() -> None:
    bars = Bars()
    bars.hear(PLAYER, NoteOn(1.0, 0, 60, 64))
    bars.hear(PARTNER, NoteOn(1.0, 0, 60, 64))
    bars.hear(PLAYER, NoteOff(2.0, 0, 60))
    assert [(bar.side, bar.end) for bar in bars] == [(PLAYER, 2.0), (PARTNER, math.inf)]
    assert bars.sounding(PARTNER) == [60]
    bars.hear(PARTNER, NoteOn(3.0, 0, 60, 64))
    bars.hear(PARTNER, Control(4.0, 0, 120, 0))
    assert [bar.end for bar in bars] == [2.0, 3.0, 4.0]
    assert bars.playing(PARTNER, 4.2)
    assert not bars.playing(PARTNER, 5.0)
    bars.forget(3.5)
    assert len(bars) == 1


def test_memory_is_bounded_whatever_comes() -> None:
    bars = Bars()
    for step in range(3 * MOST_BARS):
        bars.hear(PLAYER, NoteOn(step * 1e-4, 0, step % 128, 64))
    assert len(bars) == MOST_BARS
    assert len(bars.sounding(PLAYER)) == 128
