"""One word after another, on the player's beats: all notes that begin together.

Pitches and time come from the word; the rules of time that a bias on a step says
elsewhere are here which word may follow, and on which point of the grid it falls. The
grid is straight, and so is the onset of a place: where the player swings, a word that is an
eighth off the beat sounds later than that. Times are seconds of the session's clock.
"""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from antiphon.instrument.controls import FORBID, Biases, Controls
from antiphon.music.note import array_to_notes
from antiphon.partner.line.codecs import WordCodec
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.drawing import Asked, Draft, Drawing
from antiphon.partner.line.mixture import mixed
from antiphon.partner.line.place import Place
from antiphon.partner.line.rules import PITCHES, Moment, NotAfter
from antiphon.partner.line.slates import WordSlate
from antiphon.partner.line.taking import Taking
from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.ask import Recall
    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.line.place import Bounds
    from antiphon.partner.line.predictor import NextNote, Prediction, WordPrediction
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.settings import PartnerSettings

ENTRY = 0.5
"""An answer begins on a beat or halfway between two: soon enough, and with the player."""

ENOUGH = 4
"""From so many moments on a phrase tells how loud and how fast it is."""

MOST = 128
"""So many of the last notes tell how loud they play."""
UNKNOWN = 0.5
"""How long a beat is taken to be where too little was heard to tell it, in seconds."""

_CLOSE = 1e-6
_SHORT_OF = 0.01
"""An answer of whole beats ends this much before the next would begin."""

_OCTAVE = 12


class _Limits:
    """The settings that hold, and what follows from them; all copies of an improviser share it."""

    def __init__(self, settings: PartnerSettings, codec: WordCodec) -> None:
        self._pitches = [codec.pitches(word) for word in range(codec.sizes[0])]
        lengths = [codec.length_seconds(word) for word in range(codec.sizes[0])]
        self.beats = np.array(lengths) / codec.beat
        most = max((len(pitches) for pitches in self._pitches), default=0)
        filled = [(*pitches, *(PITCHES,) * (most - len(pitches))) for pitches in self._pitches]
        self.pitches = np.array(filled, dtype=np.intp).reshape(len(filled), most)
        self.adopt(settings)

    def adopt(self, settings: PartnerSettings) -> None:
        self.settings = settings
        self.at_once = min(settings.voices, math.ceil(settings.notes_per_second / 4))
        self.forbidden = np.array([not self._fits(pitches) for pitches in self._pitches])
        if self.forbidden.all():  # then notes are moved, and left out
            self.forbidden[:] = False
        allowed = self.beats[~self.forbidden]
        self.shortest, self.longest = float(allowed.min()), float(allowed.max())
        self.controls = Controls.of(settings.temperature("pitch"), settings.min_p, 1)

    def _fits(self, pitches: Sequence[int]) -> bool:
        """Tell whether a word can be played as it is."""
        settings = self.settings
        within = all(settings.low <= pitch <= settings.high for pitch in pitches)
        return within and len(pitches) <= self.at_once


class WordImproviser(Drawing[WordCodec, _Limits]):
    """Draws words from an instrument, and keeps them within the rules; see `Improviser`.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : WordCodec
        Its codec, not tuned yet.
    settings : PartnerSettings
        Range, voices, temperature of the pitch, `min_p` and `longest_note`.
    rules : sequence of Rule
        What else the words keep to.
    """

    fields = ("symbol",)
    """What the codec's fields are."""

    reads_along = False
    """Words lie on the player's beats, which are known at the end of the phrase."""

    def __init__(
        self,
        predictor: NextNote,
        codec: WordCodec,
        settings: PartnerSettings,
        rules: Sequence[Rule] = (),
    ) -> None:
        super().__init__(predictor, codec, rules, _Limits(settings, codec))
        self._grid = Beats(codec.beat, 0.0, 0.0)

    def tuned(self, cue: Cue, seed: NoteArray) -> WordImproviser:
        """Return one that plays on the player's beats, as loud as they do."""
        phrase = seed[seed["onset"] >= cue.since]
        gaps = _gaps(phrase, self.settings.chord_span)
        heard = phrase if len(gaps) + 1 >= ENOUGH else seed
        timed = cue if cue.beats is not None else Cue.heard(seed[-MOST:], cue.asked)
        timed = timed if self.codec.swings else replace(timed, swing=None)
        beats = timed.word_beats or _unknown(seed)
        fitted = copy.copy(self)
        fitted._line_rules, fitted._memory = cue.rules, cue.memory
        fitted._taking = Taking.beginning(len(phrase))
        fitted.codec = codec = self.codec.tuned(heard[-MOST:], beats.period, timed.swing)
        fitted._grid = beats
        limits = self._limits
        if len(gaps) + 1 >= ENOUGH and limits.shortest == limits.longest:
            # Words that know no rhythm: they go as fast as the player.
            codec.beat *= _pace(float(np.median(gaps)), limits.shortest * codec.beat)
        return fitted

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        """Return a beginning on the player's grid, and an end after whole beats.

        Where the player's last word is over a little later, the answer follows upon it.
        """
        beat = self._grid.period
        due = min(self._due(place), begin + self.settings.first_note_within)
        # A little before it is over, but not at the moment of a short word itself.
        early = min(ENTRY * beat, self.codec.length_seconds(int(place.row[0]))) / 2
        begun = self._grid.next(max(begin, due - early), ENTRY)
        most = max(math.floor(self.settings.longest / beat), 1)
        beats = min(max(round(seconds / beat), 1), most)
        return begun, begun + beats * beat - _SHORT_OF

    def prepare(self, asked: Sequence[Asked]) -> list[Draft]:
        """Return the calls that draw one word each."""
        recalled = self._recalled([one.place for one in asked])
        drafts = []
        for one, recall in zip(asked, recalled, strict=True):
            moment = self._moment(one.place, one.bounds, one.recent)
            drafts.append(self._draft(one.place, moment, one.rng, recall=recall))
        return drafts

    def _moment(self, place: Place, bounds: Bounds, recent: list[Note]) -> Moment:
        """Return when the next word of a line begins, and when the one after it may."""
        onset = self._due(place)
        if not recent or onset < bounds.earliest - _CLOSE:
            finest = self._limits.shortest * self.codec.beat / self._grid.period
            onset = self._grid.next(bounds.earliest, finest if recent else ENTRY)
        # The rule of time of a word is when the next one begins.
        gap = max(bounds.gap, self._limits.shortest * self.codec.beat) + _CLOSE * self.codec.beat
        return Moment(onset, onset, onset + gap, bounds.end, bounds.progress)

    def mixed(self, draft: Draft, prediction: Prediction) -> Prediction:
        """Return the word that is drawn, with what is remembered mixed in."""
        recall = draft.ask.memory
        if recall is None:
            return prediction
        return mixed(recall, draft.ask, cast("WordPrediction", prediction))

    def finish(
        self, draft: Draft, prediction: Prediction, recent: list[Note]
    ) -> tuple[list[Note], Place]:
        """Return the notes of the word."""
        del recent
        onset = draft.moment.previous
        row, place = np.array(prediction.classes, dtype=np.int32), draft.place
        notes = self._notes(int(row[0]), onset, draft.moment.end)
        trail = None if place.trail is None else place.trail.after(row)
        taking = place.taking_after(row, draft.ask.memory)
        after = Place(prediction.state, row, onset, trail=trail, taking=taking)
        return self._swung(notes, place.onset, onset), after

    def together(
        self, place: Place, rules: Sequence[Rule], count: int, rng: np.random.Generator
    ) -> Iterator[Note]:
        """Draw a word for the instant of the last one, by one call of the instrument."""
        moment = Moment(place.onset, place.onset, math.inf)
        prediction = self.predictor.step(self._draft(place, moment, rng, rules).ask)
        yield from self._notes(int(prediction.classes[0]), place.onset, math.inf)[:count]

    def _draft(
        self,
        place: Place,
        moment: Moment,
        rng: np.random.Generator,
        rules: Sequence[Rule] = (),
        recall: Recall | None = None,
    ) -> Draft:
        """Weigh the words by the rules, and return the call that draws one."""
        limits = self._limits
        biases = Biases(self.codec)
        bias = biases.row("symbol")
        slate = WordSlate(bias, limits.pitches, limits.beats * self.codec.beat)
        for rule in (NotAfter(), *self._every(rules)):
            rule.weigh(moment, slate)
        bias[0, limits.forbidden] += 2.0 * FORBID  # no other rule drives a note out there
        return Draft(place, moment, self._ask(place, rng, biases, recall))

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
                seconds = max(seconds, self._grid.period)
            notes[pitch] = replace(
                note, pitch=pitch, duration=min(seconds, self.settings.longest_note)
            )
        return [notes[pitch] for pitch in sorted(notes)[-self._limits.at_once :]]

    def _swung(self, notes: list[Note], before: float, onset: float) -> list[Note]:
        """Return the notes of a word as they sound, with the onset of the word before it."""
        swing = self.codec.swing
        if swing is None or not notes:
            return notes
        end = onset + max(note.duration or 0.0 for note in notes)
        _, begins, ends = swing.played(np.array([before, onset, end])).tolist()
        return [replace(note, onset=begins, duration=ends - begins) for note in notes]

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


def _unknown(seed: NoteArray) -> Beats:
    """Return beats of which nothing is known but the first onset of a phrase."""
    return Beats(UNKNOWN, float(seed["onset"][-1]) if len(seed) else 0.0, 0.0)


def _pace(gap: float, word: float) -> float:
    """Return how much longer words are to last, so that they are about as long as a gap."""
    octaves = round(math.log2(gap / word))
    return float(2.0 ** min(max(octaves, -1), 1))
