"""Plain phrases: they are what they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon_training.evaluation.phrases import KINDS, PlainPhrase, plain_phrases
from antiphon_training.evaluation.phrases.sketch import SCALES

TOLERANCE = 0.15 / 4.0
"""Of a beat: 15 % of a sixteenth."""


@pytest.fixture(scope="module")
def phrases() -> list[PlainPhrase]:
    """Two of each kind."""
    return plain_phrases(variants=2, seed=3)


def test_every_kind_is_there_and_the_same_seed_gives_the_same(phrases: list[PlainPhrase]) -> None:
    assert [phrase.kind for phrase in phrases[::2]] == list(KINDS)
    again = plain_phrases(variants=2, seed=3)
    assert [p.notes.tobytes() for p in again] == [p.notes.tobytes() for p in phrases]
    other = plain_phrases(variants=2, seed=4)
    assert [p.notes.tobytes() for p in other] != [p.notes.tobytes() for p in phrases]


def test_some_kinds_alone_are_as_among_all(phrases: list[PlainPhrase]) -> None:
    waltzes = plain_phrases(variants=2, seed=3, kinds=["waltz"])
    assert len(waltzes) == 2
    among = [phrase for phrase in phrases if phrase.kind == "waltz"]
    assert [p.notes.tobytes() for p in waltzes] == [p.notes.tobytes() for p in among]


@pytest.mark.parametrize("kind", KINDS)
def test_notes_lie_where_their_beat_and_key_say(kind: str) -> None:
    phrases = plain_phrases(variants=6, seed=1, kinds=[kind])
    assert len({phrase.tonic for phrase in phrases}) > 1
    for phrase in phrases:
        notes = phrase.notes
        assert len(notes) >= 6, phrase.name
        assert 7.5 <= phrase.end <= 15.0, phrase.name
        assert np.all(np.diff(notes["onset"]) >= 0.0)
        assert np.all(notes["duration"] > 0.0)
        assert 30 <= notes["pitch"].min() <= notes["pitch"].max() <= 100
        assert len({*notes["velocity"].tolist()}) > 3
        scale = {(phrase.tonic + step) % 12 for step in SCALES[phrase.mode]}
        assert phrase.tonic in notes["pitch"] % 12, phrase.name
        assert {*(notes["pitch"] % 12).tolist(), *phrase.triad} <= scale, phrase.name
        if phrase.beat is None:
            assert phrase.kind == "rubato"
            continue
        places = (notes["onset"] - phrase.phase) / phrase.beat % 1.0
        away = np.abs((places[:, None] - np.array(phrase.grid) + 0.5) % 1.0 - 0.5).min(axis=1)
        assert np.mean(away <= TOLERANCE) > 0.85, phrase.name
        assert np.std(away) > 0.0  # people are not machines


def test_tempi_are_spread_over_the_range_of_a_kind() -> None:
    beats = [phrase.beat for phrase in plain_phrases(variants=6, kinds=["steady"])]
    tempi = [60.0 / beat for beat in beats if beat is not None]
    assert len(tempi) == 6
    assert tempi == sorted(tempi)
    assert tempi[0] < 80.0
    assert tempi[-1] > 140.0


def test_the_beat_of_a_phrase_is_the_score_s_and_an_upbeat_lies_before_it() -> None:
    phrases = plain_phrases(variants=12, kinds=["steady"])
    upbeats = [phrase for phrase in phrases if phrase.phase > 0.1]
    assert 0 < len(upbeats) < len(phrases)
    for phrase in upbeats:
        assert phrase.beat is not None
        assert phrase.notes["onset"][0] == pytest.approx(phrase.phase - phrase.beat, abs=0.03)
