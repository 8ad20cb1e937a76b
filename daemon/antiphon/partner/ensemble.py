"""The ensemble, which every mode is made of: the player as heard, and the instrument.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.line.cue import Cue
from antiphon.partner.line.foresight import foresight_for
from antiphon.partner.line.form import answering, fitted
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.memory_for import memory_for
from antiphon.partner.line.reading import Reading
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.line.words import WordImproviser
from antiphon.partner.listening.listening import Listening
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.swinging import swing_of
from antiphon.partner.listening.window import Struck, Window
from antiphon.partner.outputs import Cancel, End, Play, Silence
from antiphon.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import Note
    from antiphon.music.swing import Swing
    from antiphon.partner.inputs import Forgotten
    from antiphon.partner.line.predictor import NextNote
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.outputs import Output
    from antiphon.partner.sections import PartnerSections

LATENESS = 0.1
"""A note may sound this much longer than planned: a schedule plays what is not later."""

NOTES_A_ROW = 4
"""A window instrument is given so many notes for each row that it reads: a row may be a chord."""


class Ensemble:
    """The player's side and the partner's, for a mode to use.

    Parameters
    ----------
    predictor, codec
        The instrument.
    sections : PartnerSections
        The settings.
    seed : int
        Of all choices, 0 or more.
    rules : sequence of Rule
        What every note that is drawn keeps to.

    Attributes
    ----------
    sections : PartnerSections
        The settings that hold.
    listening : Listening
        What is known of the player.
    reading : Reading
        What the instrument has read.
    memory : Memory or None
        What has sounded, where the instrument can take it up.
    calls : int
        How often the instrument may be called in one tick.
    """

    def __init__(
        self,
        predictor: NextNote,
        codec: Codec,
        sections: PartnerSections,
        seed: int,
        rules: Sequence[Rule] = (),
    ) -> None:
        self.sections = sections
        settings = sections.partner
        self._improviser = improviser_for(predictor, codec, settings, rules)
        self._least = NOTES_A_ROW * (predictor.window or 0)
        window = Window(max(settings.window_notes, self._least), settings.window_seconds)
        self.listening = Listening(window, sections.listening, settings, codec.pedal)
        self.memory = memory_for(predictor, codec, sections.memory)
        self.reading = Reading(self._improviser, window, self.memory)
        self._window = window
        self._foresight = foresight_for(predictor, codec)
        self._streams = predictor.window is None
        self._seed = seed
        self._lines = 0
        # Fields have a groove; only words need to be told how they are swung.
        line = self._improviser
        self._swings = isinstance(line, WordImproviser) and line.codec.swings
        self._swing: Swing | None = None
        self._notes = 0
        self._held: dict[int, Struck] = {}

    @property
    def calls(self) -> int:
        """How often the instrument may be called in one tick.

        Once only where it reads a window for each note: that may cost much.
        """
        return self.sections.partner.calls_per_tick if self._streams else 1

    @property
    def playing_until(self) -> float:
        """Until when the partner's notes may sound, in seconds of the clock."""
        return self._window.own_until + LATENESS

    def adopt(self, sections: PartnerSections) -> None:
        """Use these settings from now on, in the middle of a line too."""
        self.sections = sections
        settings = sections.partner
        self.listening.adopt(sections.listening, settings)
        self._improviser.adopt(settings)
        if self.memory is not None:
            self.memory.gain = sections.memory.gain
            self.memory.resize(sections.memory.notes)
        self._window.resize(max(settings.window_notes, self._least), settings.window_seconds)

    @property
    def to_read(self) -> bool:
        """Whether the instrument could read along now."""
        return self.reading.stale or self.reading.behind

    def read_along(self, now: float, calls: int) -> None:
        """Let the instrument read the notes that are over, by so many calls at most."""
        self.reading.follow(now)
        self.reading.read(calls)

    def remember(self, now: float) -> None:
        """Read and remember the last notes that are over; for the end of a session."""
        if self.memory is None:
            return
        if self._improviser.reads_along:
            self.read_along(now, self._window.size)
        elif self.listening.window.count(-math.inf, now):
            self.reading.aim(now, self.cue(now))

    def forget(self, what: Forgotten, time: float) -> str:
        """Forget what was remembered; return a sentence that says so."""
        memory = self.memory
        if memory is None:
            return "This instrument has no memory."
        before = len(memory)
        self.reading.forget(time)
        if what == "all":
            memory.forget_all()
        else:
            memory.forget_phrase()
        return f"Forgotten: {how_many(before - len(memory), 'note')}; {len(memory)} are remembered."

    def cue(self, now: float) -> Cue:
        """Return what was heard by a time, for a line to be fitted to."""
        listening = self.listening
        start = listening.phrase.start
        heard = self._window.players(now)
        beats = listening.follow(now)
        asked = self.sections.groove
        groove = groove_of(listening.pulse, beats, asked.strength)
        if self._swings:
            self._swing = swing_of(listening.pulse, beats, asked, self._swing)
        cue = Cue(
            start,
            beats=beats,
            groove=groove,
            swing=self._swing,
            asked=asked,
            memory=self.memory,
        )
        return answering(cue, heard[heard["onset"] >= start], heard, self.sections.of(FormSettings))

    def judge_silence(self, now: float) -> None:
        """Tell the phrase until when nothing is to be expected, after what was read."""
        until = -math.inf
        if self._foresight is not None:
            place = self.reading.place
            until = place.onset + self._foresight.silence(place)
        self.listening.follow(now)
        self.listening.phrase.expect(until)

    def moment(self) -> Cue:
        """Return the same for notes that begin at once: neither beat nor form matters to them."""
        return Cue(self.listening.phrase.start, memory=self.memory)

    def fitted(self, cue: Cue) -> Cue:
        """Return a cue as the settings that hold now would have it."""
        groove = groove_of(self.listening.pulse, cue.beats, self.sections.groove.strength)
        return fitted(replace(cue, groove=groove), self.sections.of(FormSettings))

    def line(self, begin: float, seconds: float, gap: float = 0.0) -> Line:
        """Return a line that follows what was read; see `Line`.

        Its random numbers depend on the seed and on how many lines were played, but not on
        how often one was prepared.
        """
        reading = self.reading
        rng = np.random.default_rng([self._seed, self._lines])
        early = self.sections.groove.early
        return Line(reading.improviser, reading.place, begin, seconds, rng, gap, early)

    def earliest(self, end: float, now: float) -> float:
        """Return when the first note after a pause that ends at a time may sound."""
        lead = self.sections.partner.lead
        return max(end + lead, now + lead / 2) + self.sections.groove.early

    @property
    def candidates(self) -> int:
        """How many lines are planned, of which one is played."""
        return self.sections.of(FormSettings).candidates if self._streams else 1

    def entered(self) -> None:
        """Count a line that is played, so that the next one gets other random numbers."""
        self._lines += 1

    def numbers(self) -> np.random.Generator:
        """Return the random numbers of something that is drawn and played at once."""
        self._lines += 1
        return np.random.default_rng([self._seed, self._lines - 1])

    def play(self, note: Note, now: float) -> Play:
        """Plan a note; without a duration it is held until `end`.

        It leaves earlier than it is to sound, by the setting `groove.early`, but not before
        now; the window has it where it sounds.
        """
        self._notes += 1
        struck = self._window.plan(note, now)
        if note.duration is None:
            self._held[self._notes] = struck
        early = min(self.sections.groove.early, note.onset - now)
        sent = replace(note, onset=note.onset - early) if early > 0.0 else note
        return Play(self._notes, sent)

    def end(self, identity: int, time: float) -> End:
        """End a note that is held."""
        struck = self._held.pop(identity, None)
        if struck is not None and struck.end is None:
            self._window.release(struck, time)
        return End(time, identity)

    def silence(self, time: float, *, panic: bool = False) -> list[Output]:
        """Cancel and release everything, whether or not anything sounds."""
        self._held.clear()
        self._window.retract(time, self.sections.groove.early)
        return [Silence(time, panic)]

    def give_way(self, time: float) -> list[Output]:
        """Leave the music to the player: sounding notes end, planned ones never happened."""
        return [] if self.playing_until < time else self.silence(time)

    def give_way_to_pedal(self, time: float) -> list[Output]:
        """Do what the setting `listening.pedal` says when the pedal is pressed."""
        match self.sections.listening.pedal:
            case "stop":
                return self.give_way(time)
            case "finish":
                return self.finish(time)
        return []

    def finish(self, time: float) -> list[Output]:
        """Cancel the planned notes; notes that sound go on to their end."""
        self._window.cancel(time + self.sections.groove.early)
        return [Cancel(time)]
