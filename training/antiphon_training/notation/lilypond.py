"""A page as LilyPond's input.

LilyPond's own converter loses ties, bars and whole voices of MusicXML, so it gets its own
language instead. As on the page for MusicXML, an accidental is cancelled in other octaves, and
in the bar after its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from antiphon_training.notation.bars import divide
from antiphon_training.notation.metres import QUARTER
from antiphon_training.notation.signs import Kind
from antiphon_training.notation.swung import WORDS
from antiphon_training.notation.titles import title_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.chord_symbols import ChordSymbol
    from antiphon.music.files.captions import Caption
    from antiphon_training.notation.heads import Bar, Head
    from antiphon_training.notation.metres import Metres
    from antiphon_training.notation.page import Page, Staff
    from antiphon_training.notation.signs import Ornament
    from antiphon_training.notation.spelling import Key, Name

ALTERED = {-2: "ff", -1: "f", 0: "", 1: "s", 2: "ss"}
SHARPS = {-2: "\\doubleflat", -1: "\\flat", 0: "\\natural", 1: "\\sharp", 2: "\\doublesharp"}
COMMANDS = {
    Kind.TRILL: "\\trill",
    Kind.SHORT_TRILL: "\\prall",
    Kind.MORDENT: "\\mordent",
    Kind.TURN: "\\turn",
    Kind.INVERTED_TURN: "\\reverseturn",
}
"""LilyPond's commands for the signs of ornaments; its glyphs have the same names."""

MAJOR_TONICS = (
    "cf", "gf", "df", "af", "ef", "bf", "f", "c", "g", "d", "a", "e", "b", "fs", "cs",
)  # fmt: skip
"""The tonics of the major keys from seven flats to seven sharps."""

MOST_FLATS = 7
WHOLE = 4 * QUARTER

_FRAME = """\
\\version "2.22.0"
\\language "english"
\\header {{ title = {title} composer = {composer} copyright = {rights} tagline = ##f }}
\\paper {{ indent = 0 ragged-last-bottom = ##t ragged-last = ##t }}
\\layout {{
  \\context {{ \\Score \\omit BarNumber }}
  \\context {{ \\Staff autoAccidentals = #`(Staff ,(make-accidental-rule 'same-octave 0)
    ,(make-accidental-rule 'any-octave 0) ,(make-accidental-rule 'any-octave 1)) }}
}}
\\score {{
  \\new PianoStaff <<
{above}    \\new Staff = "right" {right}
    \\new Dynamics {{ {dynamics} }}
    \\new Staff = "left" {left}
    \\new Dynamics \\with {{ pedalSustainStyle = #'bracket }} {{ {pedals} }}
  >>
  \\layout {{ }}
}}
"""


def lilypond(page: Page, title: str = "", caption: Caption | None = None) -> str:
    """Return a page as LilyPond's input, with a title and the composer over it."""
    composer, rights = (caption.composer, caption.rights) if caption else ("", "")
    return _FRAME.format(
        title=f"\\markup \\center-column {{ {' '.join(map(_quoted, title_lines(title)))} }}",
        composer=_quoted(composer),
        rights=_quoted(rights),
        above=_above(page),
        right=_staff(page, page.right, treble=True),
        left=_staff(page, page.left, treble=False),
        dynamics=_lane(page, [*_dynamics(page)]),
        pedals=_lane(page, [*_pedals(page)]),
    )


def _dynamics(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the signs between the staves; a mark ends the hairpin that leads to it."""
    for tick, mark in page.dynamics:
        yield tick, f"\\{mark}"
    for hairpin in page.hairpins:
        yield hairpin.start, "\\<" if hairpin.louder else "\\>"


def _above(page: Page) -> str:
    """Return the line of words and chord symbols over the staves, or nothing where none are.

    A line of their own has them where no note of the upper staff begins, too.
    """
    signs = [(tick, f"^\\markup \\upright \\bold {_quoted(words)}") for tick, words in page.marks]
    signs += [(tick, f"^\\markup {_symbol(symbol)}") for tick, symbol in page.chords]
    return f"    \\new Dynamics {{ {_lane(page, signs)} }}\n" if signs else ""


def _symbol(symbol: ChordSymbol) -> str:
    """Return a chord symbol as markup, with a small sharp or flat."""
    signs = {
        "#": "\\hspace #0.15 \\teeny \\raise #0.6 \\sharp \\hspace #0.25",
        "b": "\\hspace #0.1 \\teeny \\raise #0.4 \\flat \\hspace #0.2",
    }
    parts = re.split("([#b])", symbol.figure)
    inside = " ".join(signs.get(part) or _quoted(part) for part in parts if part)
    return f"\\upright \\sans \\concat {{ {inside} }}"


def _pedals(page: Page) -> Iterator[tuple[int, str]]:
    for down, up in page.pedals:
        yield down, "\\sustainOn"
        yield up, "\\sustainOff"


def _lane(page: Page, signs: Sequence[tuple[int, str]]) -> str:
    """Return signs in order of time, with skips between them up to the last bar line."""
    last = page.spans[-1][1]
    at: dict[int, list[str]] = {page.pickup: []}
    for tick, sign in signs:
        at.setdefault(min(max(tick, page.pickup), last), []).append(sign)
    places = sorted(at)
    # What is at the end of the piece stays on a skip of no length before the bar line.
    lengths = [after - tick for tick, after in zip(places, [*places[1:], last], strict=True)]
    return " ".join(
        f"s{_scaled(length)}{''.join(at[tick])}"
        for tick, length in zip(places, lengths, strict=True)
        if length
    )


def _staff(page: Page, staff: Staff, *, treble: bool) -> str:
    """Return one staff: two voices side by side, for all bars."""
    bars = divide(page, staff, treble=treble)
    flowing = [_opening(page, treble=treble)]
    holding = []
    for number, bar in enumerate(bars):
        flowing += _changes(page, bar, bars[number - 1]) if number else ()
        if number == 0 or bar.treble != bars[number - 1].treble_at(bar.start):
            flowing.append(_clef(bar, bar.start))
        upper, lower = ("\\voiceOne", "\\voiceTwo")[:: -1 if bar.held_above else 1]
        flowing.append(upper if bar.holding else "\\oneVoice")
        clefs = {turn: _clef(bar, turn) for turn in bar.turns}
        flowing += _voice(bar.flowing, page, clefs)
        if bar.holding:
            holding.append(lower)
            holding += _voice(bar.holding, page, {})
        else:
            holding.append(f"s{_scaled(bar.end - bar.start)}")
        flowing.append("|")
        holding.append("|")
    flowing.append('\\bar "|."')
    return f"<<\n{{ {_wrapped(flowing)} }}\n\\new Voice {{ {_wrapped(holding)} }}\n>>"


def _opening(page: Page, *, treble: bool) -> str:
    """Return key, time, pickup and tempo, before the first note."""
    first = [_key(page.key), f"\\time {page.metre.signature}"]
    if page.pickup:
        first.append(f"\\partial {_scaled(page.metre.bar - page.pickup)}")
    if treble:
        swing = f'"{WORDS[page.swing.level]}" ' if page.swing else ""
        first.append(f"\\tempo {swing}{_length(page.metre.beat)} = {round(page.tempo_bpm)}")
    return " ".join(first)


def _key(key: Key) -> str:
    return f"\\key {MAJOR_TONICS[key.fifths + MOST_FLATS]} \\major"


def _changes(page: Page, bar: Bar, before: Bar) -> Iterator[str]:
    """Yield the signatures that change between two bars."""
    if (key := page.key_at(bar.start)).fifths != page.key_at(before.start).fifths:
        yield f'\\bar "||" {_key(key)}'
    if (metre := page.metres.at(bar.start)) != page.metres.at(before.start):
        yield f"\\time {metre.signature}"


def _clef(bar: Bar, tick: int) -> str:
    return f'\\clef "{"treble" if bar.treble_at(tick) else "bass"}"'


def _voice(heads: Sequence[Head], page: Page, clefs: dict[int, str]) -> Iterator[str]:
    """Yield the signs of one voice in one bar, with brackets for tuplets."""
    open_at: int | None = None
    for head in heads:
        under = head.bracket
        at = under.start if under else None
        if open_at is not None and at != open_at:
            yield "}"
        if head.start in clefs:
            yield clefs[head.start]
        if under and at != open_at:
            yield f"\\tuplet {under.actual}/{under.normal} {{"
        open_at = at
        yield _sign(head, page, _length(under.written if under else head.end - head.start))
    if open_at is not None:
        yield "}"


def _rests_all_along(head: Head, metres: Metres) -> bool:
    return not head.pitches and (head.start, head.end) == metres.bar_of(head.start)


def _sign(head: Head, page: Page, length: str) -> str:
    if not head.pitches:
        if _rests_all_along(head, page.metres) and head.shown:
            return f"R{_scaled(head.end - head.start)}"
        return f"{'r' if head.shown else 's'}{length}"
    names = [_name(name) for name in head.names]
    notes = names[0] if len(names) == 1 else f"<{' '.join(names)}>"
    ties = "~" if head.tied else ""
    marks = "\\arpeggio" if head.rolled else ""
    written = f"{notes}{length}{ties}"
    if head.ornament is None:
        return f"{_graces(head)}{written}{marks}"
    mark = _ornament(head.ornament)
    if head.ornament.delayed:
        half = f"s{_scaled((head.end - head.start) / 2)}"
        return f"{_graces(head)}<< {{ {written}{marks} }} {{ {half} {half}{mark} }} >>"
    return f"{_graces(head)}{written}{marks}{mark}"


def _ornament(sign: Ornament) -> str:
    """Return the sign of an ornament; with accidentals it is a column of glyphs."""
    if sign.above is None and sign.below is None:
        return COMMANDS[sign.kind]
    above, below = (
        "" if sharps is None else f"\\teeny {SHARPS[sharps]} "
        for sharps in (sign.above, sign.below)
    )
    glyph = f'\\musicglyph "scripts.{COMMANDS[sign.kind][1:]}" '
    column = f"\\center-column {{ {above}{glyph}{below}}}"
    return f"^\\markup \\override #'(baseline-skip . 1.7) {column}"


def _graces(head: Head) -> str:
    """Return the grace notes before a head: one with a slash, several as sixteenths."""
    names = [_name(name) for name in head.graces]
    if len(names) < 2:
        return "".join(f"\\acciaccatura {name}8 " for name in names)
    return f"\\grace {{ {' '.join(f'{name}16' for name in names)} }} "


def _name(name: Name) -> str:
    step, sharps, octave = name
    marks = "'" * (octave - 3) if octave >= 3 else "," * (3 - octave)
    return f"{step.lower()}{ALTERED[sharps]}{marks}"


def _length(ticks: int) -> str:
    """Return a note value: "4", "8."."""
    for power in range(6):
        plain = WHOLE >> power
        if ticks == plain:
            return str(1 << power)
        if ticks == 3 * plain // 2:
            return f"{1 << power}."
    return _scaled(ticks)


def _scaled(ticks: float) -> str:
    """Return any length in thirty-seconds; for skips and rests of a whole bar."""
    return f"32*{round(2 * ticks * 8)}/{2 * QUARTER}"


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _wrapped(signs: Sequence[str]) -> str:
    """Return the signs, one line a bar."""
    return " ".join(signs).replace(" | ", " |\n  ")
