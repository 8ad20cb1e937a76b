"""What a session's file holds when the power comes back."""

from __future__ import annotations

import os
from pathlib import Path

import mido
import pytest

from antiphon.music.files.reading import read_performance

pytestmark = pytest.mark.system


def test_the_session_holds_what_was_played_before_the_last_seconds() -> None:
    at_least = int(os.environ["ANTIPHON_TEST_PLAYED"])
    assert at_least > 8
    (session,) = Path(os.environ["ANTIPHON_TEST_SESSIONS"]).glob("session-*.mid")
    player, partner = read_performance(session).tracks
    print(f"{len(player.notes)} notes of the player's, {len(partner.notes)} of Antiphon's")  # noqa: T201
    assert len(player.notes) >= at_least
    assert len(partner.notes) >= 1
    # whole as others read it, too
    assert [track.name for track in mido.MidiFile(session).tracks] == [
        "Tempo",
        "Player",
        "Antiphon",
    ]
