"""Rules that keep a line near the player's phrase."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument.controls import Biases
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note, NoteArray, empty_notes, notes_to_array
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.form import cue_of, wished_manner
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.landing import Landing
from antiphon.partner.line.line import Line
from antiphon.partner.line.manner import Manner, manner_of
from antiphon.partner.line.near import Articulation, Density, Key, Loudness, Register
from antiphon.partner.line.place import Progress
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.rules import Moment, NotAfter, Range, TogetherRule
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.line.slates import FieldSlate, FieldTables
from antiphon.partner.settings import PartnerSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tests.antiphon.partner.conftest import Kit

    from antiphon.partner.line.rules import Rule

CODEC = PerformanceCodec()
TABLES = FieldTables.of(CODEC)
STRAY = 5.0
MANNER = Manner(rate=4.0, chords=0.2, pitch=60.0, velocity=64.0, length=-2.0)
IN_C = (0.25, 0.0, 0.15, 0.0, 0.15, 0.1, 0.0, 0.2, 0.0, 0.1, 0.0, 0.05)


def weights(rule: Rule, progress: Progress, previous: float) -> dict[str, NDArray[np.float32]]:
    biases = Biases(CODEC)
    moment = Moment(previous, previous, previous + 1.0, 20.0, progress)
    rule.weigh(moment, FieldSlate(biases, TABLES))
    return {field: biases.row(field)[0] for field in CODEC.fields}


def after(count: int, gap: float, pitch: int = 60, velocity: int = 64) -> Progress:
    notes = [Note(pitch, 10.0 + index * gap, 0.1, velocity) for index in range(count)]
    return Progress(10.0).after(notes)


@pytest.mark.parametrize(
    "rule", [Density, Register, Loudness, Articulation, Key, Landing, Range, NotAfter]
)
def test_lines_are_weighed_together_as_each_is_alone(rule: type) -> None:
    made: dict[type, TogetherRule] = {
        Landing: Landing(replace(MANNER, triad=(0, 4, 7)), 0.5),
        Range: Range(40, 80),
        NotAfter: NotAfter(),
    }
    one = made.get(rule) or rule(replace(MANNER, tones=IN_C))
    progress = [Progress(10.0), after(3, 0.1), after(9, 0.5, pitch=71, velocity=100)]
    moments = [
        Moment(time, time, time + 1.0, 14.0, so_far)
        for time, so_far in zip((10.0, 13.5, 14.0), progress, strict=True)
    ]
    together = Biases(CODEC, len(moments))
    one.weigh_each(moments, FieldSlate(together, TABLES))
    for index, moment in enumerate(moments):
        alone = Biases(CODEC)
        one.weigh(moment, FieldSlate(alone, TABLES))
        for mine, whole in zip(alone.rows, together.line(index).rows, strict=True):
            np.testing.assert_array_equal(mine, whole)
    assert any(row.any() for row in together.rows)


def test_a_manner_counts_moments_apart_from_the_notes_of_chords() -> None:
    chords = [Note(pitch, time, 0.4, 80) for time in (0.0, 0.5, 1.0) for pitch in (60, 64, 67)]
    manner = manner_of(notes_to_array(chords), notes_to_array(chords))
    assert manner is not None
    assert manner.rate == pytest.approx(2.0)
    assert manner.chords == pytest.approx(6.5 / 10.0)
    assert manner.pitch == pytest.approx(191 / 3)
    assert manner.velocity == 80.0
    assert manner.gap == pytest.approx(0.5)
    assert manner.length == pytest.approx(math.log2(0.4))
    assert manner.tied
    assert manner.triad == (0, 4, 7)


def test_only_the_end_of_a_long_phrase_counts() -> None:
    slow = [Note(40, index * 1.0, 0.5, 30) for index in range(10)]
    fast = [Note(72, 20.0 + index * 0.25, 0.2, 90) for index in range(20)]
    manner = manner_of(notes_to_array([*slow, *fast]), notes_to_array([*slow, *fast]))
    assert manner is not None
    assert manner.rate == pytest.approx(4.0)
    assert manner.pitch == 72.0


def test_nothing_has_no_manner_and_two_notes_have_no_rate() -> None:
    assert manner_of(empty_notes(), empty_notes()) is None
    assert cue_of(FormSettings(), empty_notes()).rules == ()
    two = notes_to_array([Note(60, 0.0, 0.1, 64), Note(62, 5.0, 0.1, 64)])
    manner = manner_of(two, two)
    assert manner is not None
    assert math.isnan(manner.rate)
    kinds = {type(rule) for rule in cue_of(FormSettings(), two).rules}
    assert Density not in kinds
    assert {Register, Loudness} < kinds


def test_a_line_that_is_too_dense_is_led_to_longer_steps() -> None:
    late = weights(Density(MANNER), after(12, 0.1), 11.1)["step"]
    early = weights(Density(MANNER), after(3, 0.9), 11.8)["step"]
    short, long = CODEC.time_class(0.12), CODEC.time_class(0.8)
    assert late[long] > late[short] + 1.0
    assert early[short] > early[long] + 1.0
    assert np.isfinite(late).all()
    assert np.isfinite(early).all()


def test_a_line_of_too_many_chords_is_led_away_from_them() -> None:
    spread = after(12, 0.25)
    piled = Progress(10.0).after([Note(60 + i, 10.0 + 0.25 * (i // 4), 0.1, 64) for i in range(12)])
    together = CODEC.time_class(0.0)
    assert weights(Density(MANNER), spread, 12.75)["step"][together] > 0.5
    assert weights(Density(MANNER), piled, 10.5)["step"][together] < -2.0


def test_first_notes_are_free() -> None:
    in_c = Key(replace(MANNER, tones=IN_C))
    for rule in (Density(MANNER), Register(MANNER), Loudness(MANNER), Articulation(MANNER), in_c):
        for row in weights(rule, Progress(10.0), 9.8).values():
            assert np.abs(row).max() < 1e-6


def test_a_line_that_lies_too_high_or_is_too_loud_is_led_back() -> None:
    off = after(8, 0.25, pitch=72, velocity=100)
    pitches = weights(Register(MANNER), off, 11.8)["pitch"]
    assert pitches[60] > pitches[72] + 1.0
    velocities = weights(Loudness(MANNER), off, 11.8)["velocity"]
    assert velocities[16] > velocities[25] + 1.0


def test_a_line_whose_notes_are_too_long_or_too_short_is_led_back() -> None:
    short, long = CODEC.time_class(0.1), CODEC.time_class(0.6)
    tied = [Note(60, 10.0 + index * 0.25, 1.0, 64) for index in range(8)]
    durations = weights(Articulation(MANNER), Progress(10.0).after(tied), 11.8)["duration"]
    assert durations[short] > durations[long] + 1.0
    staccato = [Note(60, 10.0 + index * 0.25, 0.05, 64) for index in range(8)]
    durations = weights(Articulation(MANNER), Progress(10.0).after(staccato), 11.8)["duration"]
    assert durations[long] > durations[short] + 1.0


def test_away_from_the_touch_is_short_for_tied_notes_and_long_for_short_ones() -> None:
    away = FormSettings(articulation="away")
    tied, short = replace(MANNER, length=-2.2), replace(MANNER, length=-4.0)
    assert wished_manner(away, tied).length == pytest.approx(-3.2)
    assert wished_manner(away, short).length == pytest.approx(-3.0)
    assert wished_manner(FormSettings(), tied).length == -2.2
    # At half the pace a tied note lasts twice as long.
    assert wished_manner(FormSettings(density="away"), tied).length == pytest.approx(-1.2)


def test_tones_that_there_were_too_many_of_are_led_away_from_in_every_octave() -> None:
    rule = Key(Manner(4.0, 0.2, 60.0, 64.0, tones=IN_C))
    sharp = weights(rule, after(8, 0.25, pitch=61), 11.8)["pitch"]
    assert sharp[61] == sharp[73] < sharp[62] - 1.0
    assert sharp[60] > sharp[59] > sharp[63]
    # One sharp among the notes of the key is hardly too many, the tonic alone is.
    tonic = weights(rule, after(8, 0.25, pitch=60), 11.8)["pitch"]
    assert tonic[60] < tonic[63] < tonic[67]
    one = weights(rule, after(1, 0.25, pitch=61), 10.2)["pitch"]
    assert -1.0 < one[61] < 0.0


def test_a_phrase_without_a_clear_key_leaves_all_tones_free() -> None:
    tritones = notes_to_array(
        Note(60 + step, index * 0.3, 0.25, 64)
        for index, step in enumerate((0, 6, 1, 7, 0, 6, 1, 7))
    )
    cue = cue_of(FormSettings(), tritones)
    assert cue.manner is not None
    assert cue.manner.tones == ()
    assert Key not in {type(rule) for rule in cue.rules}


def test_away_from_the_key_is_a_fifth_above() -> None:
    manner = Manner(4.0, 0.2, 60.0, 64.0, triad=(0, 4, 7), tones=IN_C, length=-2.0)
    away = wished_manner(FormSettings(key="away"), manner)
    assert away.triad == (7, 11, 2)
    assert away.tones[7] == IN_C[0]
    assert away.tones[6] == IN_C[11]
    assert wished_manner(FormSettings(key="near"), manner) == manner
    free = wished_manner(FormSettings(key="free"), manner)
    assert (free.tones, free.triad) == ((), (0, 4, 7))


def answered(kit: Kit, phrase: NoteArray, form: FormSettings, seed: int = 0) -> NoteArray:
    """What an instrument that draws almost anything plays for 8 s after a phrase."""
    settings = PartnerSettings(shortest=8.0, longest=8.0)
    improviser = improviser_for(kit.imitator(stray=STRAY), CODEC, settings)
    cue = cue_of(form, phrase)
    tuned, place = place_after(improviser, phrase, cue)
    line = Line(tuned, place, float(phrase["onset"][-1]) + 0.6, 8.0, np.random.default_rng(seed))
    while not line.finished:
        line.draw(-math.inf)
    return notes_to_array(line.take())


PHRASE = notes_to_array(
    Note(55 + index % 12, index * 0.25, 0.2, 60 + index % 8) for index in range(32)
)
FREE = FormSettings(
    density="free",
    register="free",
    loudness="free",
    articulation="free",
    key="free",
    endings=False,
)
TUNE = notes_to_array(
    Note(60 + step, index * 0.25, 0.2, 64)
    for index, step in enumerate((0, 4, 7, 4, 0, 2, 4, 5, 7, 5, 4, 2, 0, 7, 11, 7) * 2)
)


def test_an_answer_is_in_the_key_of_the_phrase_unless_it_is_free(kit: Kit) -> None:
    def share(form: FormSettings, *tones: int) -> float:
        answers = [answered(kit, TUNE, form, seed) for seed in range(6)]
        assert min(map(len, answers)) > 16
        played = np.concatenate([notes["pitch"] % 12 for notes in answers])
        return float(np.isin(played, tones).mean())

    near, free, away = (FormSettings(endings=False, key=key) for key in ("near", "free", "away"))
    out_of_key = (1, 3, 6, 8, 10)
    # The instrument draws anything; the rule is soft.
    assert share(near, *out_of_key) < 0.95 * share(free, *out_of_key)
    f, f_sharp = 5, 6  # the key a fifth above C major has the second
    assert share(away, f_sharp) > share(near, f_sharp)
    assert share(away, f) < share(near, f)


def test_an_answer_stays_near_unless_it_is_free(kit: Kit) -> None:
    near = [answered(kit, PHRASE, FormSettings(endings=False), seed) for seed in range(6)]
    free = [answered(kit, PHRASE, FREE, seed) for seed in range(6)]
    assert min(map(len, near)) > 16

    def off(answers: list[NoteArray]) -> tuple[float, ...]:
        rates = [abs(math.log2(len(notes) / 32.0)) for notes in answers]
        pitches = [abs(notes["pitch"].mean() - PHRASE["pitch"].mean()) for notes in answers]
        loud = [abs(notes["velocity"].mean() - PHRASE["velocity"].mean()) for notes in answers]
        tied = [abs(np.log2(notes["duration"] / 0.2).mean()) for notes in answers]
        return tuple(float(np.mean(each)) for each in (rates, pitches, loud, tied))

    assert all(one < 0.5 * other for one, other in zip(off(near), off(free), strict=True))
    assert off(near)[0] < 0.2


def test_an_answer_is_led_away_where_that_is_set(kit: Kit) -> None:
    near = answered(kit, PHRASE, FormSettings(endings=False))
    away = answered(
        kit, PHRASE, FormSettings(density="away", register="away", loudness="away", endings=False)
    )
    assert len(away) > 8
    assert len(away) < 0.7 * len(near)
    assert away["pitch"].mean() > near["pitch"].mean() + 8.0
    assert away["velocity"].mean() > near["velocity"].mean() * 0.5
    assert away["velocity"].mean() < near["velocity"].mean() * 0.8


def test_a_line_may_have_the_gaps_of_a_slow_phrase(kit: Kit) -> None:
    slow = notes_to_array(Note(60, index * 3.0, 2.5, 64) for index in range(4))
    assert cue_of(FormSettings(), slow).gap == 3.0
    improviser = improviser_for(kit.imitator(), CODEC, PartnerSettings(shortest=12.0))
    for gap, most in ((3.0, 3.0), (0.0, 2.0)):
        tuned, place = place_after(improviser, slow, Cue())
        line = Line(tuned, place, 10.0, 12.0, np.random.default_rng(1), gap)
        while not line.finished:
            line.draw(-math.inf)
        gaps = np.diff([note.onset for note in line.take()])
        assert len(gaps) > 1
        assert most - 1.0 < gaps.max() <= most + 1e-6
