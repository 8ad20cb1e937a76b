"""Answers lie on the player's grid: in simulated time, with the house instrument."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon import stage
from antiphon.instrument import Predictor
from antiphon.instrument.ask import Ask
from antiphon.messages import Clock, Heard, NoteOff, NoteOn, Transport, note_off, note_on
from antiphon.music.note import Note, notes_to_array
from antiphon.partner import Partner, PartnerSections, PartnerSettings, Play
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.drawing import Asked
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.place import Bounds
from antiphon.partner.line.reading import place_after
from antiphon.partner.listening.settings import GrooveSettings
from antiphon.resources import house_instrument
from antiphon.stage import Simulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit

JITTER = 0.006
TOLERANCE = 0.15 / 4
"""How far a note may be from its place in the beat, in beats: 15 % of a sixteenth."""

RIFF = [(0.25 * place, 48 + (0, 7, 12, 3)[place % 4]) for place in range(32)]
SWING = [
    (beat + place, pitch)
    for beat in range(10)
    for place, pitch in ((0.0, 43 + beat % 5), (0.0, 65), (2 / 3, 67 + beat % 3))
]
CHORDS = [(2.0 * number, pitch) for number in range(7) for pitch in (43, 59, 62, 67)]
SIXTEENTHS, THIRDS = (0.0, 0.25, 0.5, 0.75), (0.0, 1 / 3, 2 / 3)


@pytest.fixture(scope="module")
def house() -> Predictor:
    return Predictor(house_instrument())


def played(score: Sequence[tuple[float, int]], beat: float, seed: int) -> list[Note]:
    rng = np.random.default_rng(seed)
    notes = [
        Note(pitch, 1.0 + beat * at + float(rng.normal(0.0, JITTER)), 0.2 * beat, 72)
        for at, pitch in score
    ]
    return sorted(notes, key=lambda note: note.onset)


def inputs(notes: Sequence[Note]) -> list[Heard]:
    heard = []
    for note in notes:
        end = note.end or 0.0
        heard.append(Heard(NoteOn(note.onset, 0, note.pitch, 72), note_on(0, note.pitch, 72)))
        heard.append(Heard(NoteOff(end, 0, note.pitch), note_off(0, note.pitch)))
    return sorted(heard, key=lambda one: one.time)


class Ears:
    """What was planned, as onsets."""

    def __init__(self) -> None:
        self.onsets: list[float] = []

    def send(self, data: bytes) -> None:
        del data

    def took(self, given: Any) -> None:
        del given

    def ticked(self, now: float) -> None:
        del now

    def did(self, output: Any, now: float) -> None:
        del now
        if isinstance(output, Play):
            self.onsets.append(output.note.onset)


def answer(
    house: Predictor, given: Sequence[Any], seed: int, strength: float = 1.0, early: float = 0.0
) -> np.ndarray:
    """Return the onsets of what the partner plays after the last input."""
    sections = PartnerSections(groove=GrooveSettings(strength=strength, early=early))
    ears = Ears()
    partner = Partner(house, house.codec, sections, seed)
    Simulation(stage.Stage(partner, ears, observers=[ears]), cost=0.0003).run(given, until=60.0)
    last = max(one.time for one in given if not isinstance(one.event, Clock))
    onsets = np.array(ears.onsets)
    return onsets[onsets > last]


def on_grid(onsets: np.ndarray, beat: float, places: Sequence[float]) -> float:
    """Return how many lie on these places of the player's beat."""
    away = ((onsets - 1.0) / beat)[:, np.newaxis] - np.array(places)
    return float((np.abs(away - np.round(away)).min(axis=1) <= TOLERANCE).mean())


@pytest.mark.parametrize(
    ("score", "beat", "places", "least"),
    [(RIFF, 0.66, SIXTEENTHS, 0.95), (SWING, 0.55, THIRDS, 0.9), (CHORDS, 0.7, SIXTEENTHS, 0.9)],
    ids=["filled sixteenths", "swing", "slow chords"],
)
def test_answers_lie_on_the_grid(
    house: Predictor,
    score: list[tuple[float, int]],
    beat: float,
    places: tuple[float, ...],
    least: float,
) -> None:
    found = [answer(house, inputs(played(score, beat, seed)), seed) for seed in range(4)]
    assert min(map(len, found)) >= 3
    shares = [on_grid(onsets, beat, places) for onsets in found]
    assert np.mean(shares) >= least
    free = [answer(house, inputs(played(score, beat, s)), s, strength=0.0) for s in range(4)]
    assert np.mean([on_grid(onsets, beat, places) for onsets in free]) < 0.8


def test_ports_that_delay_are_made_up_for(house: Predictor) -> None:
    """What leaves 23 ms early is on the grid when it sounds, and only then."""
    late, shares, before = 0.023, [], []
    for seed in range(4):
        onsets = answer(house, inputs(played(RIFF, 0.5, seed)), seed, early=late)
        assert len(onsets) >= 3
        shares.append(on_grid(onsets + late, 0.5, SIXTEENTHS))
        before.append(on_grid(onsets, 0.5, SIXTEENTHS))
    assert np.mean(shares) >= 0.95
    assert np.mean(before) < 0.3


def test_a_phrase_in_another_tempo_is_answered_in_it(house: Predictor) -> None:
    """After a riff in one tempo and its answer come chords in another."""
    shares, later = [], 30.0
    for seed in range(4):
        riff = inputs(played(RIFF, 0.6, seed))
        chords = [
            replace(note, onset=note.onset + later) for note in played(CHORDS[:20], 0.74, seed + 4)
        ]
        onsets = answer(house, [*riff, *inputs(chords)], seed) - later
        assert len(onsets) >= 3
        shares.append(on_grid(onsets, 0.74, SIXTEENTHS))
    assert np.mean(shares) >= 0.8


def test_the_first_note_waits_for_the_next_place(house: Predictor) -> None:
    for seed in range(6):
        heard = inputs(played([(float(beat), 60 + beat % 4) for beat in range(10)], 0.6, seed))
        onsets = answer(house, heard, seed)
        assert len(onsets) >= 3
        assert on_grid(onsets[:1], 0.6, (0.0, 0.5)) == 1.0
        assert onsets[0] <= heard[-1].time + 1.2 + 0.02 + 0.6 + 0.03  # two gaps, and a beat


def test_a_clock_gives_the_beat(house: Predictor) -> None:
    beat = 0.5
    rng = np.random.default_rng(1)
    ticks = 1.0 + np.arange(0, 24 * 40) * beat / 24
    clocks: list[Heard] = [Heard(Transport(0.99, "start"), b"\xfa")]
    clocks += [
        Heard(Clock(float(time)), b"\xf8") for time in ticks + rng.normal(0, 1e-4, len(ticks))
    ]
    score = [(0.5 * place, 60 + place % 5) for place in range(12)]
    given = sorted([*clocks, *inputs(played(score, beat, 3))], key=lambda one: one.time)
    found = [answer(house, given, seed) for seed in range(4)]
    assert min(map(len, found)) >= 3
    assert np.mean([on_grid(onsets, beat, SIXTEENTHS) for onsets in found]) >= 0.95


def test_without_strength_nothing_is_weighed_or_moved(kit: Kit) -> None:
    notes = notes_to_array([Note(60 + n % 5, 0.25 * n, 0.2, 70) for n in range(24)])
    assert Cue.heard(notes).groove is not None
    assert Cue.heard(notes, GrooveSettings(strength=0.0)).groove is None
    lines = []
    for cue in (Cue(), Cue.heard(notes, GrooveSettings(strength=0.0))):
        improviser = improviser_for(kit.imitator(), kit.codec(), PartnerSettings())
        tuned, place = place_after(improviser, notes, cue)
        line = Line(tuned, place, 7.0, 6.0, np.random.default_rng(3))
        while not line.finished:
            line.draw(0.0)
        lines.append(line.take())
    assert len(lines[0]) > 5
    assert lines[0] == lines[1]


def test_steps_are_counted_between_nominal_onsets(kit: Kit) -> None:
    """What is read back is the step on the grid, whatever the deviation."""
    notes = notes_to_array(
        [Note(60 + n % 5, 0.25 * n + 0.008 * (-1) ** (n // 2), 0.2, 70) for n in range(32)]
    )
    cue = Cue.heard(notes)
    assert cue.groove is not None
    improviser = improviser_for(kit.imitator(), kit.codec(), PartnerSettings())
    tuned, place = place_after(improviser, notes, cue)
    rng = np.random.default_rng(2)
    deviations = []
    for _ in range(40):
        bounds = Bounds(max(place.onset, 8.0), place.onset + 2.0, 2.0, 99.0)
        (draft,) = tuned.prepare([Asked(place, bounds, [], rng)])
        assert isinstance(draft.ask, Ask)
        previous = place.onset
        drawn, place = tuned.finish(draft, tuned.predictor.step(draft.ask), [])
        if not drawn:
            continue
        nominal, sounding = place.onset, drawn[0].onset
        deviations.append(abs(sounding - nominal))
        assert place.sounded == sounding
        assert abs(sounding - nominal) <= 0.03 + 1e-9
        assert cue.groove.nearest(nominal, 1e-6) == pytest.approx(nominal, abs=1e-6)
        if previous >= 8.0:
            assert place.row[1] == kit.codec().time_class(max(nominal - previous, 0.0))  # type: ignore[attr-defined]
    assert len(deviations) > 20
    assert max(deviations) > 0.001
