"""What remains of a jam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.errors import MidiFileError
from antiphon.jam.recording import keep_session
from antiphon.music.files.reading import Part, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.synth.settings import SynthSection

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "session.mid"
    write_midi(path, [Part("Player", 0, 0, notes_to_array([Note(60, 0.0, 0.5, 80)]))])
    return path


def keep(session: Path, render: str = "auto", *, impatient: bool = False) -> list[str]:
    said: list[str] = []
    synth = SynthSection(render=render)  # type: ignore[arg-type]
    keep_session(session, synth, said.append, heard=False, impatient=lambda: impatient)
    return said


def test_an_unheard_session_is_rendered(session: Path) -> None:
    assert keep(session) == [
        f"The session is in {session}.",
        f"Its sound is in {session.with_suffix('.wav')}.",
    ]
    assert session.with_suffix(".wav").is_file()


def test_who_asks_for_the_end_again_does_not_wait_for_a_recording(session: Path) -> None:
    assert keep(session, impatient=True)[1:] == ["Its sound was not rendered to the end."]
    assert list(session.parent.iterdir()) == [session]


def test_a_session_that_has_gone_is_a_sentence(session: Path) -> None:
    session.unlink()
    assert "There is no recording to listen to" in keep(session)[1]
    with pytest.raises(MidiFileError):
        keep(session, "on")
