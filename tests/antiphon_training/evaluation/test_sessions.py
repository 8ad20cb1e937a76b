"""Sessions in simulated time: what is heard, and what the partner does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import NoteOff, NoteOn
from antiphon_training.evaluation.sessions import as_heard, session, strokes

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_notes_are_heard_as_a_keyboard_sends_them(make: Make) -> None:
    heard = as_heard(make([60, 60, 64], [0.0, 0.5, 0.5], [0.5, 1.0, 0.25]))
    assert [(type(h.event), h.time) for h in heard] == [
        (NoteOn, 0.0),
        (NoteOff, 0.5),  # before the same key goes down again
        (NoteOn, 0.5),
        (NoteOn, 0.5),
        (NoteOff, 0.75),
        (NoteOff, 1.5),
    ]
    assert strokes(heard) == [0.0, 0.5, 0.5]


def test_the_partner_answers_after_the_pause(house: Predictor, make: Make) -> None:
    heard = as_heard(make([60, 62, 64, 65, 67, 69, 71, 72], 0.25, 0.2))
    did = session(house, house.codec, heard, 20.0)
    assert len(did.entries) == 1
    pause_over = 7 * 0.25 + 0.2 + 0.6
    assert len(did.notes) > 2
    first = did.notes["onset"].min()
    assert pause_over <= did.entries[0] < first  # it enters with its first note,
    assert first - did.entries[0] == pytest.approx(0.05)
    assert first - pause_over < 0.25  # on the next place in the groove
    again = session(house, house.codec, heard, 20.0)
    assert again.notes.tobytes() == did.notes.tobytes()
    assert session(house, house.codec, heard, 20.0, seed=1).notes.tobytes() != did.notes.tobytes()


def test_what_was_planned_and_not_played_is_not_there(house: Predictor, make: Make) -> None:
    run = [60, 62, 64, 65, 67, 69, 71, 72]
    onsets = [i * 0.25 for i in range(8)]
    later = [onset + 3.2 for onset in onsets]  # 0.85 s after the first answer has begun
    did = session(house, house.codec, as_heard(make(run * 2, onsets + later, 0.2)), 12.0)
    assert len(did.entries) == 2
    assert len(did.notes) > 2
    between = (did.notes["onset"] > 3.2) & (did.notes["onset"] < did.entries[1])
    assert not between.any()
