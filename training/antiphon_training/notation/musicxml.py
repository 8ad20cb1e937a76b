"""A score as MusicXML."""

from __future__ import annotations

import io
import itertools
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from music21.musicxml.m21ToXml import GeneralObjectExporter

from antiphon_training.notation.directions import add_directions
from antiphon_training.notation.titles import title_lines

if TYPE_CHECKING:
    from music21.stream import Score

    from antiphon_training.notation.page import Page

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles>'
    '<rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>'
    "</rootfiles></container>\n"
)
VOICES_A_STAFF = 4
"""Voices have the numbers 1 to 4 in the upper staff and 5 to 8 in the lower one, as is
usual: some programs read a voice through all bars, and need it in one staff."""


def musicxml(score: Score, page: Page) -> bytes:
    """Return the score of a page, in which every bar is complete, as MusicXML."""
    exporter = GeneralObjectExporter(score)
    exporter.makeNotation = False
    root = ElementTree.fromstring(exporter.parse())
    for measure in root.iter("measure"):
        _number_voices(measure)
        if measure.get("number") == "0":  # a pickup
            measure.set("implicit", "yes")
    for part in root.iter("part"):
        _move_clefs(part)
    add_directions(root, page)
    _tidy_head(root)
    _name_parts(root)
    ElementTree.indent(root)
    return f"{HEAD}{ElementTree.tostring(root, encoding='unicode')}\n".encode()


def compressed(content: bytes) -> bytes:
    """Return the content of an .mxl file for MusicXML."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (("META-INF/container.xml", CONTAINER), ("score.musicxml", content)):
            # A fixed date: the same music gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _number_voices(measure: ElementTree.Element) -> None:
    """Give the voices of a bar numbers, by staff, in order of appearance."""
    seen: dict[int, list[str]] = {}
    for note in measure.iter("note"):
        staff = int(note.findtext("staff", "1"))
        voice = note.find("voice")
        if voice is None:
            continue
        known = seen.setdefault(staff, [])
        if (voice.text or "") not in known:
            known.append(voice.text or "")
        voice.text = str((staff - 1) * VOICES_A_STAFF + known.index(voice.text or "") + 1)


def _move_clefs(part: ElementTree.Element) -> None:
    """Write each clef at the end of the bar before its own, where it is to be drawn.

    MuseScore draws one that a bar begins with after the bar line, and at the beginning of a
    line beside the old clef.
    """
    for before, measure in itertools.pairwise(part.iter("measure")):
        moved = ElementTree.Element("attributes")
        for attributes in _at_the_beginning(measure):
            for clef in attributes.findall("clef"):
                attributes.remove(clef)
                clef.set("number", clef.get("number", "1"))
                moved.append(clef)
            if not len(attributes):
                measure.remove(attributes)
        if len(moved):
            before.append(moved)


def _at_the_beginning(measure: ElementTree.Element) -> list[ElementTree.Element]:
    """Return the attributes that hold from the beginning of a bar, for either staff."""
    place, found = 0, []
    for each in measure:
        moved = 0 if each.find("chord") is not None else int(each.findtext("duration", "0"))
        if each.tag == "attributes" and place == 0:
            found.append(each)
        elif each.tag in ("note", "forward", "backup"):
            place += -moved if each.tag == "backup" else moved
    return found


def _tidy_head(root: ElementTree.Element) -> None:
    """Break a long title, and remove the second one, music21's name, and today's date."""
    for title in root.iter("work-title"):
        title.text = "\n".join(title_lines(title.text or ""))
    movement = root.find("movement-title")
    if movement is not None and root.find("work") is not None:
        root.remove(movement)
    identification = root.find("identification")
    if identification is None:
        return
    for creator in identification.findall("creator"):
        if creator.text == "Music21":
            identification.remove(creator)
    encoding = identification.find("encoding")
    date = None if encoding is None else encoding.find("encoding-date")
    if encoding is not None and date is not None:
        encoding.remove(date)


def _name_parts(root: ElementTree.Element) -> None:
    """Name the parts P1, P2 ...; music21 names them at random, and files would differ."""
    names = {part.get("id", ""): f"P{number}"
             for number, part in enumerate(root.iter("score-part"), start=1)}  # fmt: skip
    for part in (*root.iter("score-part"), *root.iter("part")):
        part.set("id", names[part.get("id", "")])
        for number, instrument in enumerate(part.iter("score-instrument"), start=1):
            instrument.set("id", f"{part.get('id')}-I{number}")
        for number, instrument in enumerate(part.iter("midi-instrument"), start=1):
            instrument.set("id", f"{part.get('id')}-I{number}")
