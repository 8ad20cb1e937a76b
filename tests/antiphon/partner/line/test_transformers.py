"""Transformers on stage: an instrument of notes and one of words, each with a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from antiphon.messages import NoteOn

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

INSTRUMENTS = ("transformer", "transformer_words")


@pytest.fixture(params=INSTRUMENTS)
def instrument(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def heard(stage: Stage) -> list[tuple[float, int]]:
    return [(round(sounded.note.onset, 6), sounded.note.pitch) for sounded in stage.heard]


def answered(kit: Kit, instrument: str, events: list[Any], until: float, **how: Any) -> Stage:
    return kit.tiny_stage(instrument, **how).run(events, until=until)


@pytest.mark.parametrize("mode", ["respond", "continue", "harmonise"])
def test_it_plays_after_a_phrase_that_is_longer_than_its_cache(
    kit: Kit, instrument: str, mode: str
) -> None:
    phrase = kit.phrase(gap=0.25, pitches=[60, 62, 64, 65, 67, 65, 64, 62] * 3)
    stage = answered(kit, instrument, phrase, 11.0, mode=mode)
    assert len(stage.heard) >= 2
    assert len(set(stage.onsets)) >= 2
    assert heard(answered(kit, instrument, phrase, 11.0, mode=mode)) == heard(stage)


def test_a_key_takes_over(kit: Kit, instrument: str) -> None:
    phrase = kit.phrase(gap=0.25)
    first = answered(kit, instrument, phrase, 8.0).onsets[0]
    key = NoteOn(first + 0.3, 0, 72, 80)
    stage = answered(kit, instrument, [*phrase, key], first + 0.5)
    assert stage.silences == [key.time]
    assert len(stage.heard) >= 1
