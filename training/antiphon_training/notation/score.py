"""A page as a music21 score: two staves in a brace."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from music21 import bar as barlines
from music21 import (
    chord,
    clef,
    duration,
    expressions,
    instrument,
    key,
    layout,
    metadata,
    meter,
    note,
    pitch,
    stream,
    tempo,
    tie,
)

from antiphon_training.notation.bars import divide
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.signs import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.files.captions import Caption
    from antiphon_training.notation.heads import Bar, Head
    from antiphon_training.notation.page import Page, Staff
    from antiphon_training.notation.signs import Ornament
    from antiphon_training.notation.spelling import Key, Name


MIDDLE_OF_TREBLE, MIDDLE_OF_BASS = 34, 22
"""The middle lines of the staves, B and D, in steps from C of octave 0."""

REST_SHIFT, REST_CLEAR = 4, 4
"""Steps of a rest from the middle line, and from notes of the other voice, at least."""

TURNS = {Kind.TURN: expressions.Turn, Kind.INVERTED_TURN: expressions.InvertedTurn}
AROUND = {
    Kind.TRILL: expressions.Trill,
    Kind.SHORT_TRILL: expressions.InvertedMordent,
    Kind.MORDENT: expressions.Mordent,
}


def make_score(page: Page, title: str = "", caption: Caption | None = None) -> stream.Score:
    """Return a page as a score, with a title and the composer over it."""
    score = stream.Score()
    composer, rights = (caption.composer, caption.rights) if caption else ("", "")
    told = {"title": title, "composer": composer, "copyright": rights}
    score.insert(0, metadata.Metadata(**{name: text or None for name, text in told.items()}))
    parts = [_part(page, page.right, treble=True), _part(page, page.left, treble=False)]
    for part in parts:
        score.insert(0, part)
    score.insert(0, layout.StaffGroup(parts, name="Piano", symbol="brace", barTogether=True))
    return score


def _part(page: Page, staff: Staff, *, treble: bool) -> stream.PartStaff:
    """Return one staff, bar by bar."""
    part = stream.PartStaff(id="right" if treble else "left")
    part.insert(0, instrument.Piano())
    bars = divide(page, staff, treble=treble)
    for number, bar in enumerate(bars):
        measure = stream.Measure(number=number + (0 if page.pickup else 1))
        if number == 0 or bar.treble != bars[number - 1].treble_at(bar.start):
            measure.insert(0, _clef(bar, bar.start))
        _sign_bar(measure, page, bar, bars[number - 1] if number else None)
        if number == 0:
            measure.paddingLeft = _quarters(page.pickup)
        if number and page.key_at(bar.start).fifths != page.key_at(bars[number - 1].start).fifths:
            part[-1].rightBarline = barlines.Barline("double")
        _fill(measure, bar)
        if treble:
            _write_words(measure, page, bar)
        part.append(measure)
    measure.rightBarline = barlines.Barline("final")
    _dress(part, [page.key_at(bar.start) for bar in bars])
    return part


def _sign_bar(measure: stream.Measure, page: Page, bar: Bar, before: Bar | None) -> None:
    """Write the signatures of a bar that the bar before does not have."""
    now_key, now_metre = page.key_at(bar.start), page.metres.at(bar.start)
    if before is None or now_key.fifths != page.key_at(before.start).fifths:
        measure.insert(0, key.KeySignature(now_key.fifths))
    if before is None or now_metre != page.metres.at(before.start):
        measure.insert(0, meter.TimeSignature(now_metre.signature))


def _fill(measure: stream.Measure, bar: Bar) -> None:
    """Put the voices of one bar into it; the flowing voice is always the first."""
    if not bar.holding:
        _fill_voice(measure, bar.flowing, bar)
        return
    directions = ("down", "up") if bar.held_above else ("up", "down")
    voices = zip(("1", "2"), (bar.flowing, bar.holding), directions, strict=True)
    for name, heads, direction in voices:
        voice = stream.Voice(id=name)
        other = bar.holding if heads is bar.flowing else bar.flowing
        _fill_voice(voice, heads, bar)
        for silence in voice.getElementsByClass(note.Rest):
            silence.stepShift = _beside(silence, other, bar, above=direction == "up")
        for each in voice.notes:
            each.stemDirection = direction
        measure.insert(0, voice)


def _beside(silence: note.Rest, other: Sequence[Head], bar: Bar, *, above: bool) -> int:
    """Return the steps from the middle line at which a rest is clear of the other voice.

    It stays on a line or a space of its kind, so the number is even.
    """
    start = bar.start + round(silence.offset * BEAT)
    end = start + round(silence.quarterLength * BEAT)
    middle = MIDDLE_OF_TREBLE if bar.treble_at(start) else MIDDLE_OF_BASS
    steps = [
        (1 if above else -1) * (_step(name) - middle)
        for head in other
        if start <= head.start < end
        for name in head.names
    ]
    far = max([REST_SHIFT, *(step + REST_CLEAR for step in steps)])
    far += far % 2
    return far if above else -far


def _step(name: Name) -> int:
    """Return the place of a name on the staff, in steps from C of octave 0."""
    letter, _, octave = name
    return 7 * octave + "CDEFGAB".index(letter)


def _clef(bar: Bar, tick: int) -> clef.Clef:
    return clef.TrebleClef() if bar.treble_at(tick) else clef.BassClef()


def _fill_voice(into: stream.Stream, heads: Sequence[Head], bar: Bar) -> None:
    """Put one voice of one bar into a stream."""
    brackets: dict[int, list[duration.Duration]] = {}
    for head in heads:
        each = _sign(head)
        each.duration = _length(head)
        place = _quarters((head.bracket.at if head.bracket else head.start) - bar.start)
        if not head.pitches and len(heads) == 1 and bar.whole:
            each.fullMeasure = True
        if head.bracket:
            brackets.setdefault(head.bracket.start, []).append(each.duration)
        if head.start in bar.turns and heads is bar.flowing:
            into.insert(place, _clef(bar, head.start))
        for name in head.graces:
            kind = "eighth" if len(head.graces) == 1 else "16th"
            grace = note.Note(_pitch(name), type=kind).getGrace()
            grace.duration.slash = len(head.graces) == 1
            into.insert(place, grace)
        into.insert(place, each)
    for inside in brackets.values():
        for length in inside:
            length.tuplets[0].type = None
        inside[0].tuplets[0].type = "start"
        inside[-1].tuplets[0].type = "stop"


def _length(head: Head) -> duration.Duration:
    """Return the note value of a head, in its tuplet."""
    under = head.bracket
    if under is None:
        return duration.Duration(_quarters(head.end - head.start))
    length = duration.Duration(_quarters(under.written))
    length.appendTuplet(duration.Tuplet(under.actual, under.normal, length.type))
    return length


def _sign(head: Head) -> Any:
    """Return a note, a chord or a rest, without its length."""
    if not head.pitches:
        silence = note.Rest()
        silence.style.hideObjectOnPrint = not head.shown
        return silence
    pitches = [_pitch(each) for each in head.names]
    sign = note.Note(pitches[0]) if len(pitches) == 1 else chord.Chord(pitches)
    if head.tied:
        sign.tie = tie.Tie("start")
    if head.ornament:
        sign.expressions.append(_ornament(head.ornament))
    if head.rolled:
        sign.expressions.append(expressions.ArpeggioMark())
    return sign


def _ornament(written: Ornament) -> Any:
    """Return the sign of an ornament, with its accidentals."""
    above, below = (
        None if sharps is None else pitch.Accidental(sharps)
        for sharps in (written.above, written.below)
    )
    if written.kind in TURNS:
        delay = expressions.OrnamentDelay
        sign = TURNS[written.kind](
            delay=delay.DEFAULT_DELAY if written.delayed else delay.NO_DELAY,
            upperAccidental=above,
            lowerAccidental=below,
        )
    else:
        sign = AROUND[written.kind](accidental=below if written.kind is Kind.MORDENT else above)
    return sign


def _pitch(name: Name) -> pitch.Pitch:
    step, sharps, octave = name
    named = pitch.Pitch()
    named.step, named.octave = step, octave
    if sharps:
        named.accidental = pitch.Accidental(sharps)
    return named


def _quarters(ticks: Fraction | int) -> Fraction | float:
    length = Fraction(ticks) / BEAT
    return float(length) if length.denominator & (length.denominator - 1) == 0 else length


def _write_words(measure: stream.Measure, page: Page, bar: Bar) -> None:
    """Write the tempo over the first bar, and the marks that are in this bar."""
    if bar.start == page.pickup:
        beat = duration.Duration(_quarters(page.metre.beat))
        mark = tempo.MetronomeMark(number=round(page.tempo_bpm), referent=beat)
        mark.placement = "above"
        measure.insert(0, mark)
    for tick, words in page.marks:
        if bar.start <= tick < bar.end:
            text = expressions.TextExpression(words)
            text.style.fontStyle, text.placement = "bold", "above"
            measure.insert(_quarters(tick - bar.start), text)


def _dress(part: stream.PartStaff, keys: Sequence[Key]) -> None:
    """Add the ends of ties, the visible accidentals by the key of each bar, and the beams."""
    before: list[pitch.Pitch] = []
    tied: dict[str, bool] = {}
    for measure, in_key in zip(part.getElementsByClass(stream.Measure), keys, strict=True):
        signature = key.KeySignature(in_key.fifths)
        _end_ties(measure, tied)
        measure.makeAccidentals(
            pitchPast=[], pitchPastMeasure=before, useKeySignature=signature, inPlace=True,
            overrideStatus=True, cautionaryNotImmediateRepeat=False,
        )  # fmt: skip
        before = [each for sounding in measure.recurse().notes for each in sounding.pitches]
    stream.makeNotation.makeBeams(part, inPlace=True, setStemDirections=False)
    part.streamStatus.beams = part.streamStatus.tuplets = part.streamStatus.accidentals = True


def _end_ties(measure: stream.Measure, tied: dict[str, bool]) -> None:
    """End each tie on the next head of its voice; `tied` keeps which voices have an open one."""
    for voice in measure.voices or [measure]:
        name = voice.id if isinstance(voice, stream.Voice) else "1"
        for each in voice.notes:
            goes_on = each.tie is not None
            if tied.get(name):
                each.tie = tie.Tie("continue" if goes_on else "stop")
            tied[name] = goes_on
