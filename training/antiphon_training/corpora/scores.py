"""Scores of a corpus (MusicXML, ABC, Humdrum kern), and MIDI files too, read by music21.

Repeats are played, ties are joined, and transposing instruments are read as they sound.
A part without dynamics has those of the whole score; without any, every note has the
velocity 64. Without a tempo a quarter lasts half a second. Chord symbols are names over the
staff, or chords that sound where the reading wants them to (`lead_sheets`). music21
quantises MIDI to a grid of sixteenths and triplet eighths, and ignores the pedal: a note ends
with its key.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import CorpusError
from antiphon.music.note import NOTE_DTYPE, sort_notes
from antiphon_training.corpora.lead_sheets import accompaniment, symbols_of
from antiphon_training.corpora.piece import Piece, common_remarks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.piece import Reading

    ToSeconds = Callable[[NDArray[np.float64]], NDArray[np.float64]]
    Row = tuple[int, float, float, int]
    """Pitch, onset and duration in beats, velocity."""
    Marks = list[tuple[float, int]]
    """Beats and velocities."""

FORMATS = {
    ".xml": "musicxml",
    ".musicxml": "musicxml",
    ".mxl": "musicxml",
    ".abc": "abc",
    ".krn": "humdrum",
}
"""music21's name of the format, by suffix."""

NO_DYNAMICS, LOUDEST = 64, 127
LONGEST_REASON = 120
NEARLY = 1e-3
"""Beats that may lie between two tied notes."""


def read_score(path: Path, content: bytes, reading: Reading, form: str) -> list[Piece]:
    """Return the music of a file: one piece, or the tunes of a collection.

    Parameters
    ----------
    path : Path
        The file; MusicXML is read from it, and errors name it.
    content : bytes
        The bytes of the file.
    reading : Reading
        The way of reading it; the pedal is ignored.
    form : str
        music21's name of the format.

    Raises
    ------
    CorpusError
        music21 cannot parse it.
    """
    from music21 import converter, stream

    if not content:
        raise CorpusError(f"{path} is empty.")
    source: Any = {"musicxml": path, "midi": content}.get(form) or _text(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 has many, about its own objects
        try:
            parsed: Any = converter.parse(source, format=form, forceSource=True, storePickle=False)
            if isinstance(parsed, stream.Opus):
                scores = list(enumerate(parsed.scores, start=1))
                return [_piece(score, reading, number) for number, score in scores]
            return [_piece(parsed, reading, None)]
        except Exception as error:
            # music21 raises errors of all kinds.
            detail = " ".join(str(error).split())[:LONGEST_REASON] or type(error).__name__
            raise CorpusError(f"{path} cannot be parsed by music21: {detail}.") from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _piece(score: Any, reading: Reading, number: int | None) -> Piece:
    score, remark = _as_it_sounds(score)
    counts = {"drums": 0, "graces": 0, "chord_symbols": 0}
    tracks: list[str] = []
    rows: list[Row] = []
    everywhere = _dynamics(score.flatten())
    for part in list(getattr(score, "parts", ())) or [score]:
        name = str(getattr(part, "partName", None) or "").strip()
        played = _rows(part, everywhere, counts, reading.chord_symbols)
        if played:
            tracks.append(name)
        if reading.wants(name):
            rows += played
    beats = np.array(rows, dtype=NOTE_DTYPE)
    in_seconds = _in_seconds(beats, _clock(score))
    ends = in_seconds["onset"] + in_seconds["duration"]
    seconds = float(ends.max() - in_seconds["onset"].min()) if len(beats) else 0.0
    remarks = [*common_remarks(tracks, seconds, reading), *remark]
    return Piece(
        sort_notes(in_seconds if reading.time == "seconds" else beats),
        seconds,
        number,
        tuple(tracks),
        *_composer_and_title(score),
        counts={kind: count for kind, count in counts.items() if count},
        remarks=tuple(remarks),
    )


def _as_it_sounds(score: Any) -> tuple[Any, list[str]]:
    """Return a score with repeats played, at sounding pitch, and remarks on what failed."""
    from music21 import bar, instrument, repeat

    if any(one.transposition for one in score.recurse().getElementsByClass(instrument.Instrument)):
        score = score.toSoundingPitch()
    signs = (bar.Repeat, repeat.RepeatMark)
    if not any(isinstance(one, signs) for one in _repeat_signs(score)):
        return score, []
    try:
        return score.expandRepeats(), []
    except Exception:  # noqa: BLE001 - repeats that lead nowhere raise errors of many kinds
        return score, ["has repeats that lead nowhere; it is read once through"]


def _repeat_signs(score: Any) -> Iterator[Any]:
    yield from score.recurse().getElementsByClass(("RepeatMark", "RepeatBracket"))
    for measure in score.recurse().getElementsByClass("Measure"):
        yield from (measure.leftBarline, measure.rightBarline)


def _rows(part: Any, everywhere: Marks, counts: dict[str, int], chords: bool) -> list[Row]:
    """Return the notes of a part in beats, ties joined, and count what is left out."""
    from music21 import harmony

    flat = part.flatten()
    loudness = _loudness(_dynamics(flat) or everywhere)
    rows: list[Row] = []
    tied: dict[int, int] = {}
    for element in flat.notes:
        if isinstance(element, harmony.Harmony):
            continue  # a chord's name above the staff
        onset, duration = float(element.offset), float(element.quarterLength)
        for single in getattr(element, "notes", (element,)):
            pitch = getattr(single, "pitch", None)
            if pitch is None:
                counts["drums"] += 1
            elif element.duration.isGrace:
                counts["graces"] += 1
            else:
                velocity = single.volume.velocity or element.volume.velocity or loudness(onset)
                _join(rows, tied, (int(pitch.midi), onset, duration, int(velocity)), single.tie)
    symbols = symbols_of(flat)
    if chords:
        return rows + accompaniment(part, symbols, loudness)
    counts["chord_symbols"] += len(symbols)
    return rows


def _join(rows: list[Row], tied: dict[int, int], row: Row, tie: Any) -> None:
    """Add a note, or lengthen the one that it is tied to."""
    pitch, onset, duration, _ = row
    kind = tie.type if tie else None
    before = tied.pop(pitch, None)
    if kind in ("stop", "continue") and before is not None:
        _, first, lasted, velocity = rows[before]
        if abs(first + lasted - onset) < NEARLY:
            rows[before] = (pitch, first, onset + duration - first, velocity)
            if kind == "continue":
                tied[pitch] = before
            return
    if kind in ("start", "continue"):
        tied[pitch] = len(rows)
    rows.append(row)


def _dynamics(flat: Any) -> Marks:
    """Return the beat and the velocity of each dynamic mark."""
    from music21 import dynamics

    return [
        (float(mark.offset), max(1, round(LOUDEST * mark.volumeScalar)))
        for mark in flat.getElementsByClass(dynamics.Dynamic)
        if mark.volumeScalar is not None
    ]


def _loudness(marks: Marks) -> Callable[[float], int]:
    """Return the function from beats to the velocity of the dynamics."""
    offsets = [offset for offset, _ in marks]
    velocities = [NO_DYNAMICS, *(velocity for _, velocity in marks)]
    return lambda onset: velocities[int(np.searchsorted(offsets, onset + NEARLY))]


def _clock(score: Any) -> ToSeconds:
    """Return the function from beats to seconds."""
    lengths = {
        float(start): float(mark.secondsPerQuarter())
        for start, _, mark in score.metronomeMarkBoundaries()
    }
    starts = np.array(sorted(lengths))
    pace = np.array([lengths[start] for start in starts])
    passed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * pace[:-1])])

    def seconds(beats: NDArray[np.float64]) -> NDArray[np.float64]:
        place = np.searchsorted(starts, beats, side="right") - 1
        at: NDArray[np.float64] = passed[place] + (beats - starts[place]) * pace[place]
        return at

    return seconds


def _in_seconds(beats: NoteArray, clock: ToSeconds) -> NoteArray:
    notes = beats.copy()
    notes["onset"] = clock(beats["onset"])
    notes["duration"] = clock(beats["onset"] + beats["duration"]) - notes["onset"]
    return notes


def _composer_and_title(score: Any) -> tuple[str | None, str | None]:
    """Return composer and title from the file's own metadata."""
    metadata = score.metadata
    if metadata is None:
        return None, None
    composer = str(metadata.composer).strip() if metadata.composer else ""
    title = (metadata.bestTitle or "").strip()
    for suffix in FORMATS:  # music21 calls a score without a title by its file's name
        title = title.removesuffix(suffix)
    return composer or None, title or None
