"""What a pedal does to an echo: as in every mode that waits, it never leaves one without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit

PITCHES = (60, 62, 64, 65)


@pytest.mark.parametrize(("does", "silences"), [("stop", 1), ("finish", 0)])
def test_a_pedal_breaks_an_echo_off_and_it_comes_again(kit: Kit, does: str, silences: int) -> None:
    events = kit.phrase(gap=0.5, pitches=PITCHES)
    begins = kit.stage(mode="echo").run(events, until=20.0).onsets[0]
    pressed = begins + 0.6  # two notes have begun
    stage = kit.stage(mode="echo", pedal_does=does)
    stage.run([*events, kit.pedal(pressed, down=True)], until=20.0)
    assert len(stage.silences) == silences
    assert [one.note.pitch for one in stage.heard] == [60, 62, *PITCHES]
    assert stage.heard[2].note.onset >= pressed + 0.6


def test_a_pedal_that_is_ignored_changes_nothing(kit: Kit) -> None:
    events = kit.phrase(gap=0.5, pitches=PITCHES)
    plain = kit.stage(mode="echo").run(events, until=20.0)
    pressed = plain.onsets[0] + 0.6
    stage = kit.stage(mode="echo", pedal_does="ignore")
    stage.run([*events, kit.pedal(pressed, down=True)], until=20.0)
    assert stage.onsets == pytest.approx(plain.onsets)
    assert len(stage.heard) == 4


@pytest.mark.parametrize(
    ("transpose", "pitch", "sounds"),
    [(-24, 24, 0), (-25, 24, 11), (24, 103, 127), (24, 104, 116), (-24, 5, 5)],
)
def test_a_transposed_pitch_stays_within_midi(
    kit: Kit, transpose: int, pitch: int, sounds: int
) -> None:
    stage = kit.stage(mode="echo", transpose=transpose)
    stage.run(kit.phrase(pitches=(pitch,)), until=20.0)
    assert [one.note.pitch for one in stage.heard] == [sounds]
