"""Scores through music21: what is written comes out as it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from antiphon.errors import CorpusError
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Piece, Reading
from antiphon_training.corpora.reading import read_notes, read_pieces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.train

ABC = """X:1
T:The First
C:Trad.
M:4/4
L:1/4
Q:1/4=60
K:C
C D E2 |

X:2
T:The Second
M:4/4
L:1/4
K:G
|: G A B c | d4 | g4 :|
"""

KERN = """!!!COM: Nobody
**kern\t**kern
*M4/4\t*M4/4
4C\t4e
4D\t4f
2E\t2g
*-\t*-
"""

NOTE = "<note>{}<pitch><step>{}</step><octave>{}</octave></pitch><duration>{}</duration>{}</note>"


def music_xml(*measures: str, part: str = "Flute", before: str = "") -> str:
    """Return a score of one part, two divisions a quarter."""
    told = "".join(
        f'<measure number="{i}">{before if i == 1 else ""}{measure}</measure>'
        for i, measure in enumerate(measures, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="3.1">'
        "<work><work-title>Air</work-title></work>"
        '<identification><creator type="composer">N. Obody</creator></identification>'
        f'<part-list><score-part id="P1"><part-name>{part}</part-name></score-part></part-list>'
        f'<part id="P1">{told}</part></score-partwise>'
    )


def attributes(more: str = "") -> str:
    time = "<time><beats>2</beats><beat-type>4</beat-type></time>"
    return f"<attributes><divisions>2</divisions>{time}{more}</attributes>"


def note(step: str, octave: int, length: int, more: str = "", before: str = "") -> str:
    return NOTE.format(before, step, octave, length, more)


def rows(path: Path, **how: Any) -> list[tuple[int, float, float, int]]:
    return [tuple(row) for row in read_notes(path, time="beats", **how).tolist()]


def pieces(path: Path) -> list[Piece]:
    return read_pieces(path, path.read_bytes(), Reading(time="beats"))


@pytest.fixture
def save_text(tmp_path: Path) -> Callable[[str, str], Path]:
    def save(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return save


class TestMusicXML:
    def test_notes_tempo_dynamics_composer_and_title(
        self, save_text: Callable[[str, str], Path]
    ) -> None:
        forte = "<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>"
        tempo = '<direction><direction-type><words>Slow</words></direction-type><sound tempo="60"/></direction>'  # fmt: skip # noqa: E501
        path = save_text(
            "air.musicxml",
            music_xml(tempo + note("C", 4, 2) + forte + note("E", 4, 2), before=attributes()),
        )
        quiet, loud = rows(path)
        assert quiet[:3] == (60, 0.0, 1.0)
        assert loud[:3] == (64, 1.0, 1.0)
        assert quiet[3] < loud[3]
        assert read_notes(path)["onset"].tolist() == [0.0, 1.0]
        (piece,) = pieces(path)
        assert (piece.composer, piece.title, piece.tracks) == ("N. Obody", "Air", ("Flute",))
        assert piece.seconds == 2.0
        assert read_notes(path, ["Oboe"]).tolist() == []

    def test_ties_are_one_note(self, save_text: Callable[[str, str], Path]) -> None:
        first = note("C", 4, 4, '<tie type="start"/>')
        second = note("C", 4, 2, '<tie type="stop"/>') + note("C", 4, 2)
        path = save_text("ties.xml", music_xml(first, second, before=attributes()))
        assert [row[:3] for row in rows(path)] == [(60, 0.0, 3.0), (60, 3.0, 1.0)]

    def test_repeats_are_played(self, save_text: Callable[[str, str], Path]) -> None:
        back = '<barline location="right"><repeat direction="backward"/></barline>'
        path = save_text(
            "twice.xml",
            music_xml(note("C", 4, 4) + back, note("D", 4, 4), before=attributes()),
        )
        assert [row[:2] for row in rows(path)] == [(60, 0.0), (60, 2.0), (62, 4.0)]

    def test_a_clarinet_sounds_lower_than_written(
        self, save_text: Callable[[str, str], Path]
    ) -> None:
        lower = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
        path = save_text("clarinet.xml", music_xml(note("D", 4, 4), before=attributes(lower)))
        assert rows(path)[0][0] == 60

    def test_grace_notes_are_counted(self, save_text: Callable[[str, str], Path]) -> None:
        grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
        path = save_text("grace.xml", music_xml(grace + note("C", 4, 4), before=attributes()))
        assert [row[0] for row in rows(path)] == [60]
        assert pieces(path)[0].counts == {"graces": 1}


class TestText:
    def test_abc_of_many_tunes(self, save_text: Callable[[str, str], Path]) -> None:
        path = save_text("tunes.abc", ABC)
        first, second = pieces(path)
        assert (first.number, first.title, first.composer) == (1, "The First", "Trad.")
        assert first.seconds == 4.0
        assert first.notes[["pitch", "onset", "duration"]].tolist() == [
            (60, 0.0, 1.0), (62, 1.0, 1.0), (64, 2.0, 2.0),
        ]  # fmt: skip
        assert second.notes["pitch"].tolist() == [67, 69, 71, 72, 74, 79] * 2
        assert (
            read_notes(path.with_name("tunes.abc#2"))["pitch"].tolist()
            == [67, 69, 71, 72, 74, 79] * 2
        )
        with pytest.raises(CorpusError, match=r"tunes\.abc holds 2 tunes; name one"):
            read_notes(path)

    def test_kern(self, save_text: Callable[[str, str], Path]) -> None:
        assert sorted(row[:3] for row in rows(save_text("two.krn", KERN))) == [
            (48, 0.0, 1.0), (50, 1.0, 1.0), (52, 2.0, 2.0),
            (64, 0.0, 1.0), (65, 1.0, 1.0), (67, 2.0, 2.0),
        ]  # fmt: skip

    def test_latin_letters(self, tmp_path: Path) -> None:
        path = tmp_path / "one.abc"
        path.write_bytes(ABC[: ABC.index("\nX:2")].replace("First", "Prémière").encode("latin-1"))
        assert pieces(path)[0].title == "The Prémière"

    @pytest.mark.parametrize("name", ["a.xml", "a.mxl", "a.abc", "a.krn"])
    @pytest.mark.parametrize("content", [b"", b"no music", b"<html></html>", b"PK\x03\x04\xff"])
    def test_what_is_no_score_is_one_sentence(
        self, tmp_path: Path, name: str, content: bytes
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        try:
            assert all(len(piece.notes) == 0 for piece in pieces(path))
            told = f"{path} "
        except CorpusError as error:
            told = str(error)
        assert told.startswith(f"{path} ")
        assert "\n" not in told


class TestMidi:
    def test_music21_reads_midi_on_its_grid(self, save: Any, make_note: Any) -> None:
        drums = make_note(36, 0, 100, channel=9)
        path = save("late.mid", ("PIANO", [*make_note(60, 7, 470), *make_note(64, 0, 480)]), drums)
        assert rows(path, reader="music21") == [(60, 0.0, 1.0, 64), (64, 0.0, 1.0, 64)]
        assert rows(path)[0][1] == 0.0
        assert rows(path)[1][1] == pytest.approx(7 / 480)
        assert rows(path, reader="music21", tracks=["BASS"]) == []

    def test_it_is_told_the_same_as_symusic_of_broken_files(self, tmp_path: Path) -> None:
        path = tmp_path / "text.mid"
        path.write_text("no music")
        with pytest.raises(CorpusError, match=r"text\.mid is no MIDI file"):
            read_notes(path, reader="music21")


def test_a_corpus_of_scores(save_text: Callable[[str, str], Path], tmp_path: Path) -> None:
    path = save_text("tunes.abc", ABC)
    save_text("air.xml", music_xml(note("C", 4, 4), before=attributes()))
    save_text("page.xml", "<html></html>")
    corpus = load_corpus(path.parent, Reading(time="beats"), cache=tmp_path / "cache")
    assert corpus.files == ("air.xml", "tunes.abc#1", "tunes.abc#2")
    assert corpus.titles == ("Air", "The First", "The Second")
    assert corpus.composers == ("N. Obody", "Trad.", None)
    assert [d.file for d in corpus.defects] == ["page.xml"]
    assert corpus.time == "beats"
    again = load_corpus(path.parent, Reading(time="beats"), cache=tmp_path / "cache")
    assert again.notes.tolist() == corpus.notes.tolist()
    assert again.titles == corpus.titles


def test_the_corpus_of_music21_by_name(tmp_path: Path) -> None:
    corpus = load_corpus("music21:chopin", Reading(time="beats"), cache=tmp_path)
    assert corpus.name == "music21:chopin"
    assert corpus.composers == ("Chopin",)
    assert len(corpus.notes) > 500
    with pytest.raises(CorpusError, match="did you mean music21:chopin"):
        load_corpus("music21:chopen", cache=tmp_path)
    with pytest.raises(CorpusError, match="there are airdsAirs, bach, "):
        load_corpus("music21:", cache=tmp_path)
