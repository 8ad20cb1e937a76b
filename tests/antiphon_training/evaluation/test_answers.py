"""Answers to plain phrases, played through the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.partner import PartnerSections
from antiphon_training.evaluation.answers import (
    answerer,
    compare_answers,
    phrase_again,
    phrase_imitator,
    phrase_itself,
)
from antiphon_training.evaluation.phrases import KINDS, PlainPhrase, plain_phrases

if TYPE_CHECKING:
    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray


@pytest.fixture(scope="module")
def phrases() -> list[PlainPhrase]:
    return plain_phrases(variants=1, seed=5)


def test_a_phrase_is_answered_for_as_long_as_it_was(
    house: Predictor, phrases: list[PlainPhrase]
) -> None:
    answer = answerer(house, house.codec)
    for phrase in phrases[:3]:
        notes = answer(phrase, 0)
        assert len(notes) > 4, phrase.name
        assert phrase.end + 0.6 < notes["onset"][0] < phrase.end + 2.0
        assert notes["onset"][-1] < notes["onset"][0] + phrase.end + 0.1
        assert notes.tobytes() == answer(phrase, 0).tobytes()
        assert notes.tobytes() != answer(phrase, 1).tobytes()


def test_the_phrase_again_is_on_its_beat(phrases: list[PlainPhrase]) -> None:
    found = compare_answers({"again": phrase_again, "itself": phrase_itself}, phrases)
    assert len(found["again"].kinds) == len(KINDS)
    for name in ("again", "itself"):
        whole = found[name].whole
        assert whole["on_beat"].mean > 0.9
        assert whole["taken_up"].mean > 0.8
        assert whole["copied_whole"].mean == 1.0
        assert whole["density_drift"].mean == pytest.approx(0.0)
        assert "on_beat" not in found[name].kinds["rubato"]
        assert found[name].kinds["waltz"]["on_beat"].mean > 0.85
    assert found["again"].unanswered == 0


def test_a_phrase_that_is_not_answered_is_counted(phrases: list[PlainPhrase]) -> None:
    def mute(phrase: PlainPhrase, take: int) -> NoteArray:
        return phrase.notes[:0] if take else phrase.notes

    found = compare_answers({"mute": mute}, phrases, takes=2)["mute"]
    assert found.unanswered == len(phrases)
    assert found.after is not None
    silent = compare_answers({"silent": lambda phrase, take: phrase.notes[:0]}, phrases)["silent"]
    assert (silent.whole, silent.after, silent.unanswered) == ({}, None, len(phrases))


def test_the_answer_comes_after_the_pause_that_is_set(
    house: Predictor, phrases: list[PlainPhrase]
) -> None:
    some = [phrase for phrase in phrases if phrase.kind in ("riff", "alberti", "triplets")]
    assert len(some) == 3
    late = PartnerSections().changed("partner.pause", 2.0)
    soon = compare_answers({"house": answerer(house, house.codec)}, some)["house"].after
    after = compare_answers({"house": answerer(house, house.codec, late)}, some)["house"].after
    assert soon is not None
    assert after is not None
    assert 0.6 < soon < 1.0
    assert 2.0 < after < 2.4


@pytest.mark.train
def test_an_imitator_takes_up_what_it_heard(house: Predictor, phrases: list[PlainPhrase]) -> None:
    """Left to themselves: what leads the partner back to a phrase does so with any instrument."""
    alone = PartnerSections().changed("form.register", "free").changed("form.candidates", 1)
    alone = alone.changed("memory.gain", 0.0)
    players = {
        "house": answerer(house, house.codec, alone),
        "imitator": phrase_imitator(house.codec, alone),
    }
    found = compare_answers(players, phrases[:6])
    mean = {name: found[name].whole["register_drift"].mean for name in players}
    assert mean["imitator"] < mean["house"]
