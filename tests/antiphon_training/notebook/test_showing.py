"""Pictures, sound and sheet music in a notebook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from antiphon.errors import AntiphonError, SynthError, UsageError
from antiphon_training import (
    display_audio,
    load_corpus,
    midi_to_notes,
    plot_chords,
    plot_composers,
    plot_distributions,
    plot_piano_roll,
    render_audio,
    sheet_music,
)
from antiphon_training.notation import engraving

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
SONG = MUSIC / "songs" / "lc6019054.mid"


def test_a_piano_roll_has_the_notes_of_a_table_or_a_file() -> None:
    notes = midi_to_notes(SONG)
    (axes,) = plot_piano_roll(notes, count=20, title="An Laura").axes
    assert len(axes.collections[0].get_paths()) == 20
    assert plot_piano_roll(SONG).axes
    two = plot_piano_roll({"given": notes.head(20), "added": notes.iloc[20:40]})
    assert [text.get_text() for text in two.legends[0].get_texts()] == ["given", "added"]


def test_a_corpus_has_its_pictures(cache: Path) -> None:
    corpus = load_corpus(MUSIC / "songs", cache=cache)
    for figure in (plot_distributions(corpus), plot_chords(corpus, 2), plot_composers(corpus)):
        assert figure.axes


def test_what_cannot_be_shown_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="seconds must be above 0"):
        render_audio(SONG, 0.0)
    monkeypatch.setattr(engraving, "MUSESCORE", ())
    monkeypatch.setattr(engraving, "LILYPOND", ())
    with pytest.raises(AntiphonError, match="neither MuseScore nor LilyPond"):
        sheet_music(midi_to_notes(SONG).head(8))
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere")
    monkeypatch.setattr("antiphon.synth.soundfont.SYSTEM_FOLDERS", ())
    with pytest.raises(SynthError):
        render_audio(SONG, 1.0)


@pytest.mark.system
def test_the_first_seconds_are_heard_from_the_first_note_on() -> None:
    notes = midi_to_notes(SONG)
    notes[["start", "end"]] += 100.0
    samples, rate = render_audio(notes, 0.5, sample_rate=8000)
    assert samples.shape == (4000, 2)
    assert samples.dtype == np.int16
    assert np.abs(samples[:1000]).max() > 500
    assert rate == 8000
    sound = display_audio(SONG, 0.5)
    assert 22_050 <= len(sound.data) <= 22_200  # 16 bits, mono


@pytest.mark.system
def test_a_page_of_sheet_music_is_an_image() -> None:
    notes = midi_to_notes(SONG)
    image = sheet_music({"given": notes.head(20), "added": notes.iloc[20:40]}, "An Laura")
    assert image.data.startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="There is no page 2: the number of pages is 1"):
        sheet_music(notes.head(8), page=2)
