"""One word after another, on the player's beats: all notes that begin together.

Pitches and time come from the word; the rules of time that a bias on a step says
elsewhere are here which word may follow, and on which point of the grid it falls.
Times are seconds of the session's clock.
"""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import FORBID, Biases, Controls
from antiphon.music.note import array_to_notes
from antiphon.partner.grid import Grid
from antiphon.partner.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.codecs import WordCodec
    from antiphon.partner.place import Bounds
    from antiphon.partner.predictor import NextNote
    from antiphon.partner.settings import PartnerSettings

ENTRY = 0.5
"""An answer begins on a beat or halfway between two: soon enough, and with the player."""

ENOUGH = 4
"""From so many moments on a phrase tells its own tempo."""

MOST = 128
"""So many of the last notes tell it; more would be an older tempo."""

_CLOSE = 1e-6
_SHORT_OF = 0.01
"""An answer of whole beats ends this much before the next would begin."""

_OCTAVE = 12


class WordImproviser:
    """Draws words from an instrument, and keeps them within the rules; see `Improviser`.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : WordCodec
        Its codec, not tuned yet.
    settings : PartnerSettings
        Range, voices, temperature of the pitch, `min_p` and `longest_note`.
    """

    fields = ("symbol",)
    """What the codec's fields are."""

    def __init__(self, predictor: NextNote, codec: WordCodec, settings: PartnerSettings) -> None:
        self.predictor = predictor
        self.codec = codec
        self.settings = settings
        self._grid = Grid(codec.beat, 0.0)
        words = range(codec.sizes[0])
        self._beats = np.array([codec.length_seconds(word) / codec.beat for word in words])
        self._at_once = min(settings.voices, math.ceil(settings.notes_per_second / 4))
        self._forbidden = np.array([not self._fits(codec.pitches(word)) for word in words])
        if self._forbidden.all():  # then notes are moved, and left out
            self._forbidden[:] = False
        allowed = self._beats[~self._forbidden]
        self._shortest, self._longest = float(allowed.min()), float(allowed.max())
        self._biases = Biases(codec)
        self._controls = Controls.of(settings.temperature("pitch"), settings.min_p, 1)

    def tuned(self, phrase: NoteArray, seed: NoteArray) -> WordImproviser:
        """Return one that plays on the player's beats, as loud as he does."""
        gaps = _gaps(phrase, self.settings.chord_span)
        heard = phrase if len(gaps) + 1 >= ENOUGH else seed
        fitted = copy.copy(self)
        fitted.codec = codec = self.codec.tuned(heard[-MOST:])
        latest = phrase if len(phrase) else seed
        fitted._grid = Grid.fitted(latest["onset"][-MOST:], codec.beat)
        if len(gaps) + 1 >= ENOUGH and self._shortest == self._longest:
            # Words that know no rhythm: they go as fast as he does.
            codec.beat *= _pace(float(np.median(gaps)), self._shortest * codec.beat)
        return fitted

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        """Return a beginning on the player's grid, and an end after whole beats.

        Where his last word is over a little later, the answer follows upon it.
        """
        beat = self._grid.beat
        due = min(self._due(place), begin + self.settings.first_note_within)
        begun = self._grid.next(max(begin, due - ENTRY * beat / 2), ENTRY)
        most = max(math.floor(self.settings.longest / beat), 1)
        beats = min(max(round(seconds / beat), 1), most)
        return begun, begun + beats * beat - _SHORT_OF

    def draw(
        self, place: Place, bounds: Bounds, recent: list[Note], rng: np.random.Generator
    ) -> tuple[list[Note], Place]:
        """Draw one word, and return its notes."""
        onset = self._due(place)
        if not recent or onset < bounds.earliest - _CLOSE:
            finest = self._shortest * self.codec.beat / self._grid.beat
            onset = self._grid.next(bounds.earliest, finest if recent else ENTRY)
        self._biases.clear()
        bias = self._biases.row("symbol")[0]
        longest = max(bounds.gap / self.codec.beat, self._shortest) + _CLOSE
        bias[self._beats > longest] += FORBID
        bias[self._forbidden] += 2.0 * FORBID  # no other rule drives a note out there
        uniforms = rng.random(1, dtype=np.float32)
        prediction = self.predictor.step(
            place.state, place.row, uniforms, self._controls, self._biases
        )
        row = np.array(prediction.classes, dtype=np.int32)
        return self._notes(int(row[0]), onset, bounds.end), Place(prediction.state, row, onset)

    def _due(self, place: Place) -> float:
        """Return when the last word is over."""
        return place.onset + self.codec.length_seconds(int(place.row[0]))

    def _notes(self, word: int, onset: float, end: float) -> list[Note]:
        """Return the notes of a word; those of an answer's last are held for a beat at least."""
        last = onset + self.codec.length_seconds(word) > end
        notes: dict[int, Note] = {}
        for note in array_to_notes(self.codec.word_notes(word, onset)):
            pitch = self._moved(note.pitch)
            seconds = note.duration or 0.0
            if last:
                seconds = max(seconds, self._grid.beat)
            notes[pitch] = replace(
                note, pitch=pitch, duration=min(seconds, self.settings.longest_note)
            )
        return [notes[pitch] for pitch in sorted(notes)[-self._at_once :]]

    def _fits(self, pitches: Sequence[int]) -> bool:
        """Tell whether a word can be played as it is."""
        settings = self.settings
        within = all(settings.low <= pitch <= settings.high for pitch in pitches)
        return within and len(pitches) <= self._at_once

    def _moved(self, pitch: int) -> int:
        """Return a pitch within the range: the same in another octave, where there is one."""
        low, high = self.settings.low, self.settings.high
        if pitch < low:
            pitch += math.ceil((low - pitch) / _OCTAVE) * _OCTAVE
        elif pitch > high:
            pitch -= math.ceil((pitch - high) / _OCTAVE) * _OCTAVE
        return min(max(pitch, low), high)


def _gaps(notes: NoteArray, chord_span: float) -> NDArray[np.float64]:
    """Return the times between the moments at which notes begin; chords are one moment."""
    gaps: NDArray[np.float64] = np.diff(notes["onset"])
    return gaps[gaps > chord_span]


def _pace(gap: float, word: float) -> float:
    """Return how much longer words are to last, so that they are about as long as a gap."""
    octaves = round(math.log2(gap / word))
    return float(2.0 ** min(max(octaves, -1), 1))
