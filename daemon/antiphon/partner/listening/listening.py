"""The player as heard: gestures, the window, the phrase, and what their hands hold.

Rubbish and habits of real gear end here: ghost notes, strokes heard twice, All
Notes Off from keyboards and DAWs, pedals that hover. Times are seconds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    RESET_CONTROLLERS,
    SUSTAIN,
)
from antiphon.partner.listening.clock import MidiClock
from antiphon.partner.listening.gestures import Gesture, KeyBack, KeyDown, KeyUp, PedalDown
from antiphon.partner.listening.hands import Hands
from antiphon.partner.listening.phrase import PhraseDetector
from antiphon.partner.listening.pulse import Pulse
from antiphon.partner.listening.zones import Zones

if TYPE_CHECKING:
    from antiphon.messages import Event
    from antiphon.music.pedal import Pedal
    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.hands import Key
    from antiphon.partner.listening.settings import ListeningSettings
    from antiphon.partner.listening.window import Struck, Window
    from antiphon.partner.settings import PartnerSettings

SURE = 0.8
"""The least confidence of a pulse by which a bar is waited for."""

MOST_STROKES = 4096
"""Strokes of one phrase that are kept, at most; the oldest are dropped."""


class Listening:
    """Turns events into gestures, and keeps the phrase and the window up to date.

    Parameters
    ----------
    window : Window
        Where the player's notes go.
    settings : ListeningSettings
        What counts as playing.
    partner : PartnerSettings
        Pauses, and the channels that are ignored unless a zone of MPE has them.
    pedal : {"keys", "sustain"}
        How the instrument's codec treats the sustain pedal.

    Attributes
    ----------
    window : Window
        The last notes of both sides.
    phrase : PhraseDetector
        Where the player's phrase begins and ends.
    strokes : list of Struck
        Those of the phrase.
    pulse : Pulse
        The player's beat.
    clock : MidiClock
        The clock of a DAW or a sequencer, if one is heard.
    """

    def __init__(
        self,
        window: Window,
        settings: ListeningSettings,
        partner: PartnerSettings,
        pedal: Pedal,
    ) -> None:
        self.window = window
        self.phrase = PhraseDetector(partner)
        self.strokes: list[Struck] = []
        self._settings = settings
        self._partner = partner
        self._hands = Hands(
            window, pedal, drone_after=settings.drone_after, same_within=settings.same_within
        )
        self.pulse = Pulse()
        self.clock = MidiClock()
        self._doubtful: dict[Key, NoteOn] = {}
        self._zones = Zones()

    def adopt(self, settings: ListeningSettings, partner: PartnerSettings) -> None:
        """Use these settings from now on."""
        self._settings, self._partner = settings, partner
        self.phrase.settings = partner
        self._hands.drone_after = settings.drone_after
        self._hands.same_within = settings.same_within

    @property
    def phrase_end(self) -> float | None:
        """When the phrase ends if no key moves any more; None without a phrase."""
        return self.phrase.end(self._hands.held_until, self._pedal_until)

    @property
    def phrase_seconds(self) -> float:
        """How long the phrase was."""
        return self.phrase.seconds(self._hands.held_until, self._pedal_until)

    def follow(self, now: float, most: int = MOST_STROKES) -> Beats | None:
        """Follow the moments that are over by a time, so many at most; return the beats.

        They are those of a clock, if there is one. The phrase is told how long a beat is.
        """
        self.pulse.follow(now, most)
        given = self.clock.beats(now, self.pulse) if self._settings.clock == "follow" else None
        beats = self.pulse.beats() if given is None else given
        sure = beats if beats is not None and beats.confidence >= SURE else None
        self.phrase.beat = 0.0 if sure is None else sure.period
        return beats

    def hear(self, event: Event, *, resumed: bool = False) -> list[Gesture]:
        """Take an event, and return what the player did by it.

        `resumed` tells that a key that goes down now goes on with the last phrase.
        """
        match event:
            case NoteOn() if self._listens_to(event.channel):
                return self._press(event, resumed)
            case NoteOff() if self._listens_to(event.channel):
                return self._lift(event)
            case Control():
                left = self._configure(event)
                return [*left, *self._control(event)] if self._listens_to(event.channel) else left
        return []

    def settle(self, now: float, *, resumed: bool = False) -> list[Gesture]:
        """Return the doubtful strokes that have lasted too long to be ghost notes."""
        meant = [note for note in self._doubtful.values() if self._settles_at(note) <= now]
        gestures = []
        for note in meant:
            del self._doubtful[note.channel, note.pitch]
            gestures += self._strike(note, resumed)
        return gestures

    def next_settling(self) -> float | None:
        """Return when `settle` is to be called next."""
        return min(map(self._settles_at, self._doubtful.values()), default=None)

    def end_phrase(self, answered: float | None = None) -> None:
        """Forget the phrase, which is answered from a time on, or not at all."""
        self.phrase.clear(answered, self._hands.held_until, self._pedal_until)
        self.strokes = []

    def let_go(self, time: float) -> None:
        """Let everything up, and forget the phrase."""
        self._doubtful.clear()
        self._hands.let_go(time)
        self.end_phrase()

    @property
    def _pedal_until(self) -> float:
        """When the pedal was lifted, as in `Hands`; never, where it is to be ignored."""
        return -math.inf if self._settings.pedal == "ignore" else self._hands.pedal_until

    def _listens_to(self, channel: int) -> bool:
        """Tell whether a channel is the player's: a zone of MPE makes any of its channels so."""
        return channel not in self._partner.ignored_channels or channel in self._zones.channels

    def _configure(self, event: Control) -> list[Gesture]:
        """Follow the zones of MPE; what is down on a channel that is ignored again comes up."""
        before = self._zones.channels
        self._zones.hear(event)
        left = before - self._zones.channels
        return [
            gesture
            for channel in sorted(left.intersection(self._partner.ignored_channels))
            for gesture in self._control(Control(event.time, channel, ALL_NOTES_OFF, 0))
        ]

    def _press(self, event: NoteOn, resumed: bool) -> list[Gesture]:
        gestures = self.settle(event.time, resumed=resumed)
        key = event.channel, event.pitch
        again = self._hands.heard(event.time, event.pitch) is not None
        if event.velocity <= self._settings.ghost_velocity and not again:
            self._doubtful.setdefault(key, event)
            return gestures
        self._doubtful.pop(key, None)  # its key was meant: the next note-off is not a ghost's
        return [*gestures, *self._strike(event, resumed)]

    def _strike(self, event: NoteOn, resumed: bool) -> list[Gesture]:
        again = self._hands.heard(event.time, event.pitch)
        back = again is not None and not self._hands.is_down(again)
        ended, stroke = self._hands.press(event.time, (event.channel, event.pitch), event.velocity)
        gestures: list[Gesture] = [] if ended is None else [KeyUp(event.time, ended)]
        if again is not None and back:
            gestures.append(KeyBack(event.time, again))
        if stroke is None:
            return gestures
        begins = math.isinf(self.phrase.start) and not resumed
        self.phrase.press(event.time, resumed=resumed)
        self.pulse.strike(event.time, event.pitch, event.velocity, begins=begins)
        self.strokes.append(stroke)
        del self.strokes[:-MOST_STROKES]
        return [*gestures, KeyDown(event.time, stroke)]

    def _lift(self, event: NoteOff) -> list[Gesture]:
        gestures = self.settle(event.time)
        if self._doubtful.pop((event.channel, event.pitch), None) is not None:
            return gestures  # a ghost: it never was
        stroke = self._hands.lift(event.time, (event.channel, event.pitch))
        if stroke is None:
            return gestures
        self.phrase.lift(event.time)
        if stroke.end is not None:  # else a pedal holds it
            self.pulse.release(stroke.end)
        return [*gestures, KeyUp(event.time, stroke)]

    def _control(self, event: Control) -> list[Gesture]:
        match event.control:
            case control if control in (ALL_NOTES_OFF, ALL_SOUND_OFF):
                # Keyboards send it as the last key comes up, DAWs as they stop: it
                # ends what its channel holds, as note-offs would, and no more.
                ended = self._hands.release(event.time, event.channel)
                if ended:
                    self.phrase.lift(event.time)
                return [KeyUp(event.time, stroke) for stroke in ended]
            case control if control == SUSTAIN:
                if self._hands.tread(event.time, event.channel, event.value):
                    return [PedalDown(event.time)]
            case control if control == RESET_CONTROLLERS:
                self._hands.tread(event.time, event.channel, 0)
        return []

    def _settles_at(self, note: NoteOn) -> float:
        return note.time + self._settings.ghost_seconds
