"""Chord symbols, dynamics, hairpins and pedal marks in MusicXML, at their places.

They come after the notes of a bar, each at its place: programs overlook an offset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from antiphon_training.notation.bars import divide
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.swung import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.chord_symbols import ChordSymbol
    from antiphon.music.swing import Swing
    from antiphon_training.notation.page import Page

Element = ElementTree.Element

KINDS = {
    "": "major", "m": "minor", "aug": "augmented", "dim": "diminished",
    "7": "dominant", "maj7": "major-seventh", "m7": "minor-seventh",
    "dim7": "diminished-seventh", "m7b5": "half-diminished", "aug7": "augmented-seventh",
    "mmaj7": "major-minor", "6": "major-sixth", "m6": "minor-sixth",
    "9": "dominant-ninth", "maj9": "major-ninth", "m9": "minor-ninth",
    "11": "dominant-11th", "13": "dominant-13th", "5": "power",
    "sus2": "suspended-second", "sus4": "suspended-fourth",
}  # fmt: skip
"""MusicXML's names of the kinds of chords, by suffix."""


def add_directions(root: Element, page: Page) -> None:
    """Add the directions of a page to its MusicXML."""
    if page.swing is not None:
        _mark_swing(root, page.swing)
    signs = sorted(_signs(page), key=lambda sign: sign[0])
    last = page.spans[-1][1]
    divisions = int(root.findtext(".//divisions", "1"))
    for (line, end), measure in zip(page.spans, root.iter("measure"), strict=True):
        inside = [each for each in signs if line <= each[0] < end or each[0] >= end == last]
        if inside:
            _write(measure, inside, (max(line, page.pickup), end), divisions)


def _mark_swing(root: Element, swing: Swing) -> None:
    """Write that music is swung, before the tempo.

    The element `<swing>` is not written: MuseScore 3 takes a file with it for damaged.
    """
    for direction in root.iter("direction"):
        if direction.find("sound[@tempo]") is None:
            continue
        words = Element("words", {"font-weight": "bold"})
        words.text = f"{WORDS[swing.level]}\N{NO-BREAK SPACE}"  # else the tempo touches it
        kind = Element("direction-type")
        kind.append(words)
        direction.insert(0, kind)
        return


def _write(
    measure: Element,
    signs: Sequence[tuple[int, int, Element]],
    bar: tuple[int, int],
    divisions: int,
) -> None:
    """Write the signs of one bar, back from its end."""
    place, end = bar
    barline = measure.find("barline[@location='right']")
    if barline is not None:
        measure.remove(barline)
    _move(measure, "backup", (end - place) * divisions // BEAT)
    for tick, staff, sign in signs:
        ahead = min(max(tick, place), end) - place
        _move(measure, "forward", ahead * divisions // BEAT)
        place += ahead
        measure.append(sign if sign.tag == "harmony" else _direction(sign, staff))
    _move(measure, "forward", (end - place) * divisions // BEAT)
    if barline is not None:
        measure.append(barline)


def _move(measure: Element, how: str, duration: int) -> None:
    if duration:
        move = ElementTree.SubElement(measure, how)
        ElementTree.SubElement(move, "duration").text = str(duration)


def _signs(page: Page) -> Iterator[tuple[int, int, Element]]:
    """Yield each sign with its tick and its staff: 1 or 2."""
    for tick, mark in page.dynamics:
        sign = Element("dynamics")
        ElementTree.SubElement(sign, mark)
        yield tick, 1, sign
    for hairpin in page.hairpins:
        yield hairpin.start, 1, Element("wedge", type=hairpin.kind)
        yield hairpin.end, 1, Element("wedge", type="stop")
    for tick, symbol in page.chords:
        yield tick, 1, _harmony(symbol)
    for down, up in _pedals(page):
        yield down, 2, _pedal("start")
        yield up, 2, _pedal("stop")


def _pedals(page: Page) -> Iterator[tuple[int, int]]:
    """Yield when the pedal goes down and up, each time where a head of the lower staff begins.

    MuseScore loses a line that begins or ends within a note of its staff.
    """
    bars = divide(page, page.left, treble=False)
    places = [head.start for bar in bars for head in bar.flowing] + [page.spans[-1][1]]
    since = 0
    for down, up in page.pedals:
        first, last = (min(places, key=lambda place: abs(place - tick)) for tick in (down, up))
        first = max(first, since)
        if last > first:
            yield first, last
            since = last


def _pedal(kind: str) -> Element:
    return Element("pedal", type=kind, line="yes", sign="no")


def _harmony(symbol: ChordSymbol) -> Element:
    """Return a chord symbol, with its suffix as it is to be read."""
    harmony = Element("harmony", {"print-frame": "no"})
    _named(harmony, "root", symbol.root)
    kind = ElementTree.SubElement(harmony, "kind", text=symbol.suffix)
    kind.text = KINDS.get(symbol.suffix, "other")
    if symbol.bass:
        _named(harmony, "bass", symbol.bass)
    ElementTree.SubElement(harmony, "staff").text = "1"
    return harmony


def _named(harmony: Element, role: str, name: str) -> None:
    """Add the root or the bass of a chord symbol."""
    part = ElementTree.SubElement(harmony, role)
    ElementTree.SubElement(part, f"{role}-step").text = name[0]
    if name[1:]:
        ElementTree.SubElement(part, f"{role}-alter").text = "1" if name[1:] == "#" else "-1"


def _direction(sign: Element, staff: int) -> Element:
    direction = Element("direction", placement="below")
    ElementTree.SubElement(direction, "direction-type").append(sign)
    ElementTree.SubElement(direction, "staff").text = str(staff)
    return direction
