"""Scores of real pieces: they parse again, their bars add up, and engravers print them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image as mpimg
import numpy as np
import pytest
import symusic
from music21 import converter, meter, stream

from antiphon.compose import Composition
from antiphon.errors import AntiphonError, UsageError
from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.conductor import KeySignature, TimeSignature
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import read_performance
from antiphon.music.note import Note, NoteArray, empty_notes, notes_to_array
from antiphon_training.notation import engraving
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.musicxml import musicxml
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.score import make_score
from antiphon_training.notation.signs import Kind, Sign
from antiphon_training.notation.strokes import find_strokes
from antiphon_training.notation.writing import write_engraved, write_musicxml

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
SONGS = sorted((MUSIC / "songs").glob("*.mid"))
PIECES = [*SONGS, *sorted((MUSIC / "rolls").glob("*.mid"))]
SECONDS = 25.0
MUSESCORE = next(filter(None, map(shutil.which, engraving.MUSESCORE)), None)


@cache
def notes_of(path: Path) -> NoteArray:
    notes = read_performance(path).notes()
    notes["onset"] -= notes["onset"][0]
    return notes[notes["onset"] < SECONDS]


@cache
def page_of(path: Path) -> Page:
    return lay_out(notes_of(path))


@cache
def xml_of(path: Path) -> bytes:
    return musicxml(make_score(page_of(path), path.stem), page_of(path))


@cache
def parsed(path: Path) -> stream.Score:
    """Return what music21 reads of the MusicXML of a piece."""
    score = converter.parseData(xml_of(path), format="musicxml")
    assert isinstance(score, stream.Score)
    return score


@pytest.mark.parametrize("path", PIECES, ids=lambda path: path.stem)
class TestRealPieces:
    def test_every_bar_is_full(self, path: Path) -> None:
        parts = list(parsed(path).parts)
        assert len(parts) == 2
        for part in parts:
            bars = list(part.getElementsByClass(stream.Measure))
            assert len(bars) == len(page_of(path).spans)
            signature = bars[0].getElementsByClass(meter.TimeSignature)[0]
            for number, bar in enumerate(bars):
                missing = Fraction(page_of(path).pickup, 24) if number == 0 else 0
                for voice in bar.voices or [bar]:
                    lasts = sum(Fraction(each.quarterLength) for each in voice.notesAndRests)
                    whole = Fraction(signature.barDuration.quarterLength) - missing
                    assert lasts == pytest.approx(whole), f"bar {number}"

    def test_every_note_is_written_once(self, path: Path) -> None:
        """But for one that is struck twice in one stroke, which a page shows once."""
        written: Counter[int] = Counter()
        for sounding in parsed(path).recurse().notes:
            if sounding.tie is None or sounding.tie.type == "start":
                written.update(pitch.midi for pitch in sounding.pitches)
        notes = notes_of(path)
        strokes = find_strokes(notes)
        once = {(int(s), int(p)) for s, p in zip(strokes.of_note, notes["pitch"], strict=True)}
        assert written == Counter(pitch for _, pitch in once)

    def test_no_key_sounds_on_where_it_is_struck_again(self, path: Path) -> None:
        """Neither in another voice nor in another staff."""
        notes = [
            (pitch, event)
            for staff in (page_of(path).right, page_of(path).left)
            for event in (*staff.flowing, *staff.holding)
            for pitch in event.pitches
        ]
        assert len(notes) > 30
        struck = {(pitch, event.start) for pitch, event in notes}
        for pitch, event in notes:
            assert not any((pitch, t) in struck for t in range(event.start + 1, event.end))

    def test_ties_lead_somewhere(self, path: Path) -> None:
        ties = Counter(each.tie.type for each in parsed(path).recurse().notes if each.tie)
        assert ties["start"] == ties["stop"]

    def test_lengths_have_signs(self, path: Path) -> None:
        for each in parsed(path).recurse().notesAndRests:
            whole_bar = each.isRest and each.fullMeasure
            assert whole_bar or each.duration.type not in ("complex", "inexpressible")
            assert each.duration.dots <= 1

    def test_the_same_music_gives_the_same_bytes(self, path: Path) -> None:
        assert musicxml(make_score(page_of(path), path.stem), page_of(path)) == xml_of(path)

    def test_no_voice_is_drowned_in_ties(self, path: Path) -> None:
        """Most notes of what was engraved need one head; of what was played freely, few."""
        heads = list(parsed(path).recurse().notes)
        tied = sum(each.tie is not None and each.tie.type != "start" for each in heads)
        assert tied / len(heads) < (0.2 if path in SONGS else 0.4)


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_rhythms_of_engraved_music_are_found_again(path: Path) -> None:
    """All steps between strokes are as notated, at half, the same, or double the length."""
    score = symusic.Score(str(path))
    beats = np.unique(
        np.concatenate([track.notes.numpy()["time"] for track in score.to("quarter").tracks])
    )
    page = page_of(path)
    starts = {event.start for staff in (page.right, page.left)
              for event in (*staff.flowing, *staff.holding)}  # fmt: skip
    found = np.diff(sorted(starts)) / 24
    notated = np.diff(beats)[: len(found)]
    same = [np.mean(np.isclose(found, factor * notated, atol=0.01)) for factor in (0.5, 1.0, 2.0)]
    assert max(same) > 0.95


def test_a_song_in_f_minor_has_four_flats() -> None:
    page = page_of(MUSIC / "songs" / "lc6019054.mid")
    assert page.key.fifths == -4
    assert page.metre.signature in ("4/4", "2/4")


def test_what_was_added_is_marked(tmp_path: Path) -> None:
    given = notes_to_array([Note(60 + n % 5, 0.5 * n, 0.4, 80) for n in range(16)])
    added = notes_to_array([Note(67 - n % 5, 8.0 + 0.5 * n, 0.4, 80) for n in range(16)])
    piece = Composition("A piece", given, added)
    assert write_musicxml(tmp_path / "a.musicxml")(piece) == [tmp_path / "a.musicxml"]
    text = (tmp_path / "a.musicxml").read_text()
    assert "<work-title>A piece</work-title>" in text
    assert text.count(">Antiphon</words>") == 1
    write_musicxml(tmp_path / "a.mxl")(piece)
    with zipfile.ZipFile(tmp_path / "a.mxl") as archive:
        assert archive.read("score.musicxml").decode() == text
    write_musicxml(tmp_path / "b.xml")(Composition("", empty_notes(), added))
    assert "Antiphon" not in (tmp_path / "b.xml").read_text()
    with pytest.raises(UsageError, match="no note to write down"):
        write_musicxml(tmp_path / "c.xml")(Composition("", empty_notes(), empty_notes()))


def test_a_long_title_has_lines_that_fit_on_the_paper(tmp_path: Path) -> None:
    title = 'Sonata No. 8 in C minor "Pathetique", second movement, Adagio cantabile'
    notes = notes_to_array([Note(60 + n % 5, 0.5 * n, 0.4, 80) for n in range(16)])
    write_musicxml(tmp_path / "a.musicxml")(Composition(title, empty_notes(), notes))
    found = ElementTree.parse(tmp_path / "a.musicxml").getroot().findtext("work/work-title", "")
    assert found.split("\n") == [
        'Sonata No. 8 in C minor "Pathetique", second',
        "movement, Adagio cantabile",
    ]
    source = lilypond(lay_out(notes), title)
    assert '"movement, Adagio cantabile" }' in source


@pytest.fixture
def waltz() -> Composition:
    notes = [Note(p, 0.5 * n, 0.45, 80) for n, p in enumerate((72, 76, 79, 77, 74, 71) * 4)]
    notes += [Note(p, 1.5 * n, 1.4, 90) for n, p in enumerate((48, 43) * 4)]
    return Composition('A "waltz" \\ 1', empty_notes(), notes_to_array(notes))


def test_without_an_engraver_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engraving, "MUSESCORE", engraving.MUSESCORE[:1])  # none of this machine
    monkeypatch.setattr(engraving, "LILYPOND", engraving.LILYPOND[:1])
    with pytest.raises(AntiphonError, match=r"neither MuseScore nor LilyPond .* a\.musicxml"):
        write_engraved(tmp_path / "a.pdf")


needs_lilypond = pytest.mark.skipif(
    shutil.which("lilypond") is None, reason="LilyPond is not installed (apt install lilypond)"
)

TELLS = (
    "\\context { \\Staff \\override Accidental.before-line-breaking = #(lambda (sign) "
    '(ly:message "accidental ~a" (ly:pitch-notename (ly:event-property '
    "(ly:grob-property (ly:grob-parent sign Y) 'cause) 'pitch)))) }"
)
"""LilyPond says of each accidental that it prints on which step it is, C is 0."""


@needs_lilypond
class TestLilyPond:
    @pytest.fixture(autouse=True)
    def only_lilypond(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engraving, "MUSESCORE", ())

    def test_a_page_is_printed(self, waltz: Composition, tmp_path: Path) -> None:
        (pdf,) = write_engraved(tmp_path / "waltz.pdf")(waltz)
        assert pdf.read_bytes().startswith(b"%PDF")
        (png,) = write_engraved(tmp_path / "waltz.png")(waltz)
        ink = np.count_nonzero(mpimg.imread(png)[..., :3].mean(axis=-1) < 0.5)
        assert ink > 5_000
        assert sorted(path.name for path in tmp_path.iterdir()) == ["waltz.pdf", "waltz.png"]

    @pytest.mark.parametrize("path", PIECES[1:4], ids=lambda path: path.stem)
    def test_real_pieces_are_printed_without_a_complaint(self, path: Path, tmp_path: Path) -> None:
        engraver = engraving.find_engraver(tmp_path / "a.png")
        source = tmp_path / "page.ly"
        source.write_text(lilypond(page_of(path), path.stem))
        command = [engraver.program, "-dno-print-pages", "-o", str(tmp_path / "out"), str(source)]
        told = engraving.run(command, tmp_path, source)
        assert "warning" not in told
        assert "error" not in told

    def test_accidentals_are_cancelled_where_musicxml_has_it(self, tmp_path: Path) -> None:
        """In another octave of the bar, and in the bar after, but not twice."""
        pitches = [67, 66, 67, 77, 76, 65, 62, 61, 62, 72, 71, 60, 59, 67, 66, 67, 65, 64, 65, 67]
        notes = notes_to_array([Note(p, 0.5 * n, 0.5, 80) for n, p in enumerate(pitches)])
        clock, hands = BeatClock.of([(0.0, 0.5)]), np.full(len(notes), RIGHT, np.int8)
        metres, keys = (TimeSignature(0.0, 4, 4),), (KeySignature(0.0, 0, minor=False),)
        page = lay_out(notes, (), Notated(clock, metres, keys, hands))
        root = ElementTree.fromstring(musicxml(make_score(page), page))
        shown = [each for each in root.iter("note") if each.find("accidental") is not None]
        wanted = [each.findtext("pitch/step", "") for each in shown]
        assert wanted == ["F", "F", "C", "C", "F", "F"]  # each sharp, and a natural after it
        source = tmp_path / "page.ly"
        source.write_text(lilypond(page).replace("\\layout {", "\\layout {" + TELLS, 1))
        program = engraving.find_engraver(tmp_path / "a.png").program
        command = [program, "-dno-print-pages", "-o", str(tmp_path / "out"), str(source)]
        found = re.findall(r"accidental (\d)", engraving.run(command, tmp_path, source))
        assert sorted("CDEFGAB"[int(step)] for step in found) == sorted(wanted)

    def test_many_pages_are_numbered(self, tmp_path: Path) -> None:
        long = notes_to_array([Note(60 + n % 12, 0.25 * n, 0.2, 80) for n in range(800)])
        pages = write_engraved(tmp_path / "long.png")(Composition("", empty_notes(), long))
        assert len(pages) > 1
        assert [page.name for page in pages] == [f"long-{n + 1}.png" for n in range(len(pages))]

    def test_what_cannot_be_written_is_a_sentence(self, waltz: Composition, tmp_path: Path) -> None:
        with pytest.raises(AntiphonError, match=r"none/a\.pdf cannot be written"):
            write_engraved(tmp_path / "none" / "a.pdf")(waltz)


needs_musescore = pytest.mark.skipif(
    MUSESCORE is None, reason="MuseScore is not installed (apt install musescore3)"
)


def signs() -> bytes:
    """Return a page with tuplets, a delayed turn with a sharp, and a clef inside a bar."""
    beats = [*np.arange(5) / 5, *(1 + np.arange(7) / 7), 2.0, *(3 + np.arange(6) / 6)]
    beats += [*(4 + np.arange(3) * 2 / 3), 6.0]
    melody = [Note(72 + n % 5, 0.5 * b, 0.5 * (e - b), 80) for n, (b, e) in
              enumerate(zip(beats, [*beats[1:], 8.0], strict=True))]  # fmt: skip
    bass = [Note(p, 0.5 * n, 0.5, 80) for n, p in enumerate((48, 50, 86, 88, 89, 88, 86, 88))]
    notes = sorted([*melody, *bass], key=lambda note: (note.onset, note.pitch))
    hands = np.array([LEFT if note in bass else RIGHT for note in notes], np.int8)
    told = Notated(BeatClock.of([(0.0, 0.5)]), (TimeSignature(0.0, 4, 4),), hands=hands)
    page = lay_out(notes_to_array(notes), notated=told)
    (place,) = [each for each in page.right.names if each[0] == 48]
    turn = Sign(Kind.TURN, place[1] + 2, place[1] - 1, delayed=True)
    content = musicxml(make_score(replace(page, signs={place: turn})), page)
    assert content.count(b"<delayed-turn") == 1
    assert content.count(b"<clef") == 3
    assert {int(n) for n in re.findall(rb"<actual-notes>(\d+)<", content)} == {3, 5, 6, 7}
    return content


@needs_musescore
def test_musescore_opens_every_page_without_a_complaint(tmp_path: Path) -> None:
    """A bar that is too long shows that it does complain where there is a reason."""
    pages = {path.stem: xml_of(path) for path in PIECES}
    assert len(pages) == 5
    pages["signs"] = signs()
    (length,) = set(re.findall(rb"<divisions>(\d+)</divisions>", pages[SONGS[0].stem]))
    quarter = b"<duration>%s</duration>" % length
    pages["broken"] = pages[SONGS[0].stem].replace(quarter, b"<duration>1</duration>", 1)
    for name, content in pages.items():
        (tmp_path / f"{name}.musicxml").write_bytes(content)
    jobs = [{"in": f"{name}.musicxml", "out": f"{name}.mscx"} for name in pages]
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    assert MUSESCORE is not None
    told = engraving.run([MUSESCORE, "-j", "jobs.json"], tmp_path, tmp_path / "jobs.json")
    # MuseScore 3 says this of every rolled chord without an arrow, and draws it all the same.
    told = re.sub(r"Error at line \d+ col \d+: unknown arpeggio type none\n", "", told)
    converted = r"convert <(\w+)\.musicxml>\.\.\.\n(.*?)\.\.\. success"
    of_page = dict(re.findall(converted, told, re.DOTALL))
    complaints = {name: "rror" in words or "orrupt" in words for name, words in of_page.items()}
    assert complaints == {name: name == "broken" for name in pages}


def test_a_page_without_a_ground_is_put_on_paper(tmp_path: Path) -> None:
    dots = np.zeros((20, 20, 4))
    dots[5:15, 5:15, 3] = 1.0  # ink on nothing
    mpimg.imsave(tmp_path / "bare.png", dots)
    stub = tmp_path / "mscore"
    stub.write_text(f'#!/bin/sh\ncp {tmp_path / "bare.png"} "$2"\n')
    stub.chmod(0o755)
    engraver = engraving.Engraver(str(stub), "musicxml")
    (page,) = engraving.engrave(engraver, b"", tmp_path / "page.png")
    printed = mpimg.imread(page)
    assert printed[0, 0, :3].tolist() == [1.0, 1.0, 1.0]
    assert printed[10, 10, :3].tolist() == [0.0, 0.0, 0.0]


def test_an_engraver_that_fails_is_quoted(tmp_path: Path) -> None:
    broken = tmp_path / "lilypond"
    broken.write_text("#!/bin/sh\necho 'fatal: no fonts' >&2\nexit 1\n")
    broken.chmod(0o755)
    engraver = engraving.Engraver(str(broken), "ly")
    with pytest.raises(AntiphonError, match=r"could not engrave a\.png: fatal: no fonts"):
        engraving.engrave(engraver, "", tmp_path / "a.png")
