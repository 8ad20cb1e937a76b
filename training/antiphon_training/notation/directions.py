"""Dynamics, hairpins and pedal marks in MusicXML: directions between and below the staves.

They come after the notes of a bar, each at its place: programs overlook an offset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from antiphon_training.notation.beats import BEAT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon_training.notation.page import Page

Element = ElementTree.Element


def add_directions(root: Element, page: Page) -> None:
    """Add the directions of a page to its MusicXML."""
    signs = sorted(_signs(page), key=lambda sign: sign[0])
    last = page.spans[-1][1]
    divisions = int(root.findtext(".//divisions", "1"))
    for (line, end), measure in zip(page.spans, root.iter("measure"), strict=True):
        inside = [each for each in signs if line <= each[0] < end or each[0] >= end == last]
        if inside:
            _write(measure, inside, (max(line, page.pickup), end), divisions)


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
        measure.append(_direction(sign, staff))
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
    for down, up in page.pedals:
        yield down, 2, _pedal("start")
        yield up, 2, _pedal("stop")


def _pedal(kind: str) -> Element:
    return Element("pedal", type=kind, line="yes", sign="no")


def _direction(sign: Element, staff: int) -> Element:
    direction = Element("direction", placement="below")
    ElementTree.SubElement(direction, "direction-type").append(sign)
    ElementTree.SubElement(direction, "staff").text = str(staff)
    return direction
