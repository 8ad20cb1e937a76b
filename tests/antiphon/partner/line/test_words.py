"""An instrument of words in the partner's hands: on the player's pulse, within the rules."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.messages import NoteOff, NoteOn
from antiphon.partner import PartnerSettings
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.words import _pace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit, Stage

PAUSE, LEAD = 0.6, 0.02


def on_stage(kit: Kit, events: Sequence[Any], tiny: bool, until: float = 60.0, **how: Any) -> Stage:
    """Play to an instrument of words: one that imitates, or a file of chance."""
    stage = kit.tiny_stage("symbols", **how) if tiny else kit.stage(instrument="symbols", **how)
    return stage.run(events, until=until)


def moments(stage: Stage) -> list[float]:
    """When words began."""
    return sorted(set(stage.onsets))


def sway(onset: float, start: float, apart: float) -> float:
    """How far an onset lies from a grid, as a share of the distance of its points."""
    points = (onset - start) / apart
    return abs(points - round(points))


@pytest.mark.parametrize("tiny", [False, True])
@pytest.mark.parametrize("gap", [0.2, 0.25, 0.3, 0.4])
@pytest.mark.parametrize("start", [1.0, 3.137])
def test_it_plays_on_the_players_pulse(kit: Kit, gap: float, start: float, tiny: bool) -> None:
    events = kit.phrase(start=start, gap=gap, pitches=[60, 62, 64, 65, 67, 65, 64, 62] * 2)
    stage = on_stage(kit, events, tiny)
    began = moments(stage)
    assert len(began) >= 3
    # The shortest word of these is a quarter or half of a beat, and so of the player's gap.
    assert sway(began[0], start, gap / 2) < 0.1
    apart = np.diff(began) / (gap / 2)
    assert np.abs(apart - np.round(apart)).max() < 0.1


def test_it_enters_on_a_beat_or_between_two(kit: Kit) -> None:
    for start in (1.0, 1.05, 1.21, 1.4):
        events = kit.phrase(start=start, gap=0.5, legato=0.6)
        stage = on_stage(kit, events, tiny=False)
        end = events[-1].time + 2 * 0.5  # twice the player's gap
        assert sway(stage.onsets[0], start, 0.25) < 0.1
        assert end <= stage.onsets[0] <= end + LEAD + 0.5 + 0.02


def test_a_player_who_wavers_is_followed(kit: Kit) -> None:
    rng = np.random.default_rng(3)
    events: list[Any] = []
    for index in range(16):
        onset = 1.0 + 0.3 * index + float(rng.normal(0.0, 0.012))
        events += [NoteOn(onset, 0, 60 + index % 5, 70), NoteOff(onset + 0.2, 0, 60 + index % 5)]
    stage = on_stage(kit, sorted(events, key=lambda event: event.time), tiny=False)
    began = moments(stage)
    assert sway(began[0], 1.0, 0.15) < 0.25
    apart = np.diff(began) / 0.15
    assert np.abs(apart - np.round(apart)).max() < 0.15


def test_a_new_tempo_is_taken_up(kit: Kit) -> None:
    slow = kit.phrase(start=1.0, gap=0.4)
    stage = on_stage(kit, slow, tiny=True, until=14.0)
    heard = len(moments(stage))
    fast = kit.phrase(start=14.03, gap=0.25)
    stage.run(fast, until=40.0)
    later = moments(stage)[heard:]
    assert len(later) >= 3
    apart = np.diff(later) / 0.25
    assert np.abs(apart - np.round(apart)).max() < 0.05


@pytest.mark.parametrize("gap", [0.13, 0.18, 0.25, 0.33, 0.5, 0.8])
def test_words_without_a_rhythm_go_as_fast_as_the_player(kit: Kit, gap: float) -> None:
    events = kit.phrase(start=1.1, gap=gap, legato=0.6, pitches=[60, 62, 64, 65, 67, 65] * 2)
    stage = kit.stage(instrument="steps").run(events, until=60.0)
    began = moments(stage)
    assert len(began) >= 3
    assert np.diff(began) == pytest.approx(gap, rel=0.03)
    assert sway(began[0], 1.1, gap) < 0.1 or sway(began[0], 1.1, gap / 2) < 0.1


def test_words_last_until_the_next_and_the_last_is_held_for_a_beat(kit: Kit) -> None:
    for seed in range(5):
        stage = on_stage(kit, kit.phrase(gap=0.25), tiny=True, seed=seed)
        notes = [sounded.note for sounded in stage.heard]
        for one, other in itertools.pairwise(notes):
            if other.onset > one.onset:
                assert one.end == pytest.approx(other.onset, abs=1e-6)
        final = [note for note in notes if note.onset == notes[-1].onset]
        assert all((note.duration or 0.0) >= 0.5 - 0.01 for note in final)
        assert stage.sounding == []
        assert stage.partner.next_wake() is None


def test_an_answer_lasts_for_as_many_beats_as_the_phrase(kit: Kit) -> None:
    events = kit.phrase(gap=0.25, pitches=[60, 62, 64, 65] * 6)  # twelve beats
    for seed in range(4):
        began = moments(on_stage(kit, events, tiny=True, seed=seed))
        assert 12 * 0.5 - 2.0 - 0.05 <= began[-1] - began[0] < 12 * 0.5


def test_it_is_as_loud_as_the_player(kit: Kit) -> None:
    soft = [NoteOn(0.3 * k, 0, 60 + k, 31) for k in range(8)]
    events = [*soft, *(NoteOff(on.time + 0.2, 0, on.pitch) for on in soft)]
    stage = on_stage(kit, sorted(events, key=lambda event: event.time), tiny=True)
    assert {sounded.note.velocity for sounded in stage.heard} == {31}


@pytest.mark.parametrize(("low", "high"), [(60, 72), (64, 70), (100, 107), (61, 61), (21, 40)])
def test_it_never_plays_outside_its_range(kit: Kit, low: int, high: int) -> None:
    for tiny in (False, True):
        stage = on_stage(kit, kit.phrase(), tiny, low=low, high=high)
        assert stage.heard
        assert all(low <= sounded.note.pitch <= high for sounded in stage.heard)


@pytest.mark.parametrize(("voices", "notes_per_second"), [(1, 40), (2, 40), (24, 4), (24, 1)])
def test_voices_and_crowds_are_limited(kit: Kit, voices: int, notes_per_second: int) -> None:
    stage = on_stage(
        kit, kit.phrase(gap=0.2), tiny=True, voices=voices, notes_per_second=notes_per_second
    )
    assert len(moments(stage)) >= 2
    onsets = np.array(stage.onsets)
    at_once = -(-notes_per_second // 4)
    assert all(np.count_nonzero(onsets == onset) <= voices for onset in onsets)
    for onset in onsets:
        assert np.count_nonzero((onsets >= onset) & (onsets < onset + 0.249)) <= at_once


def test_no_gap_is_longer_than_asked(kit: Kit) -> None:
    events = kit.phrase(gap=1.1, legato=0.9, pitches=(48, 52, 55, 60, 59, 57))
    for tiny in (False, True):
        began = moments(on_stage(kit, events, tiny, longest_gap=1.2))
        assert len(began) >= 3
        assert all(b - a <= 1.2 + 1e-6 for a, b in itertools.pairwise(began))


def test_chords_are_heard_and_played_as_one(kit: Kit) -> None:
    chords = [(48, 52, 55), (48, 53, 57), (50, 55, 59), (48, 52, 55)] * 3
    events: list[Any] = []
    for beat, chord in enumerate(chords):
        for voice, pitch in enumerate(chord):
            events.append(NoteOn(1.0 + 0.5 * beat + 0.008 * voice, 0, pitch, 70))
            events.append(NoteOff(1.4 + 0.5 * beat, 0, pitch))
    stage = on_stage(kit, sorted(events, key=lambda event: event.time), tiny=False)
    sizes = [stage.onsets.count(moment) for moment in moments(stage)]
    assert max(sizes) == 3
    assert np.mean(sizes) > 2.0


def test_a_stalled_machine_finds_the_grid_again(kit: Kit) -> None:
    events = kit.phrase(start=1.0, gap=0.25)
    stage = kit.tiny_stage("symbols", cost=0.9)
    stage.run(events, until=60.0)
    began = moments(stage)
    assert len(began) >= 2
    assert all(sway(onset, 1.0, 0.25) < 0.1 for onset in began)


def test_nothing_played_is_answered_at_a_tempo_of_its_own(kit: Kit) -> None:
    # What was played is older than the window.
    held = [NoteOn(1.0, 0, 60, 80), NoteOff(50.0, 0, 60)]
    stage = on_stage(kit, held, tiny=True, held_pause=110.0, drone_after=100.0, until=70.0)
    assert stage.heard


def test_a_file_is_continued_after_its_last_word(kit: Kit) -> None:
    codec = kit.codec("symbols")
    limits = PartnerSettings(shortest=8.0, longest=8.0, first_note_within=2.0)
    improviser = improviser_for(kit.imitator(codec=codec, window=32), codec, limits)
    played = kit.phrase(start=0.0, gap=0.25, legato=1.0)
    seed = kit.partner(instrument="symbols")
    for event in played:
        seed.take(kit.given(event))
    notes = seed.ensemble.listening.window.snapshot(20.0)
    tuned, place = place_after(improviser, notes, Cue())
    line = Line(tuned, place, float(notes["onset"][-1]), 8.0, np.random.default_rng(1))
    while not line.finished:
        line.draw(-np.inf)
    began = sorted({note.onset for note in line.take()})
    assert began[0] == pytest.approx(2.0, abs=0.03)  # when the last of the words is over
    assert began[0] + 6.0 - 0.01 <= began[-1] < began[0] + 8.0


@pytest.mark.parametrize(
    ("gap", "longer"),
    [(0.05, 0.5), (0.25, 0.5), (0.5, 1.0), (0.68, 1.0), (0.74, 2.0), (1.0, 2.0), (9.0, 2.0)],
)
def test_words_without_a_rhythm_are_at_most_halved_or_doubled(gap: float, longer: float) -> None:
    assert _pace(gap, 0.5) == longer
