"""What every way of playing plays with: what is remembered of its notes, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import NoteOn
from antiphon.music.note import Note
from antiphon.partner import Partner

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit


def test_a_note_that_the_next_of_its_pitch_ended_keeps_its_length(kit: Kit) -> None:
    ensemble = kit.partner().ensemble
    first = ensemble.play(Note(60, 1.0, None, 80), 1.0)
    second = ensemble.play(Note(60, 2.0, None, 80), 2.0)
    assert first.identity != second.identity
    ensemble.end(first.identity, 3.0)
    ensemble.end(second.identity, 3.5)
    notes = ensemble.listening.window.snapshot(4.0)
    assert notes["onset"].tolist() == [1.0, 2.0]
    assert notes["duration"].tolist() == [1.0, 1.5]


def test_a_window_instrument_is_given_four_notes_for_each_row(kit: Kit) -> None:
    """A row may be a chord of four."""
    imitator = kit.imitator(codec=kit.codec("symbols"), window=20)
    partner = kit.partner(instrument="symbols", predictor=imitator, window_notes=8)
    events = kit.phrase(gap=0.1, pitches=[60 + k % 12 for k in range(100)])
    for event in events:
        partner.take(kit.given(event))
    assert len(partner.ensemble.listening.window.snapshot(events[-1].time)) == 80


@pytest.mark.parametrize(("after", "silenced"), [(-0.1, True), (0.09, True), (0.11, False)])
def test_a_key_silences_what_may_still_sound_and_nothing_else(
    kit: Kit, after: float, silenced: bool
) -> None:
    """A note may begin, and so end, up to 0.1 s late."""
    plain = kit.stage().run(kit.phrase(), until=30.0)
    end = max(sounded.note.end or 0.0 for sounded in plain.heard)
    key = NoteOn(end + after, 0, 72, 80)
    stage = kit.stage().run([*kit.phrase(), key], until=key.time)
    assert stage.silences == ([key.time] if silenced else [])


def test_a_partner_is_by_default_as_shipped_with_seed_0(kit: Kit) -> None:
    answers = []
    for partner in (Partner(kit.imitator(), kit.codec()), kit.partner(seed=0)):
        outputs = [partner.take(kit.given(event)) for event in kit.phrase()]
        now = 0.0
        while (wake := partner.next_wake()) is not None and now < 20.0:
            now = max(now + 0.0005, wake)
            outputs.append(partner.tick(now))
        answers.append([output for each in outputs for output in each])
    assert len(answers[0]) >= 5
    assert answers[0] == answers[1]
