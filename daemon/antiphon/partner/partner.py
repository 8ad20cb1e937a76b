"""The partner: all musical state in one object that is told events and the time.

It is a pure state machine: no clock, thread, file or port. `Partner.hear` is
told what the player does, `Partner.tick` what time it is; both return what is
to be played or taken back. The same instrument, seed, events and ticks give the
same actions. Times are seconds of one clock, the one that stamps the events.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.midi.message import Control, Event, NoteOff, NoteOn, OtherMessage
from antiphon.partner.action import Action, Play, Silence
from antiphon.partner.hands import PEDALS, Hands
from antiphon.partner.improviser import Improviser
from antiphon.partner.phrase import PhraseDetector
from antiphon.partner.respond import Answer
from antiphon.partner.settings import Mode, PartnerSettings, check_mode
from antiphon.partner.window import Window

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon.music.performance import PerformanceCodec
    from antiphon.partner.predictor import NextNote

ALL_SOUND_OFF = 120
ALL_NOTES_OFF = 123

LATENESS = 0.1
"""A note may sound this much longer than planned: a schedule plays what is not later."""


class Partner:
    """Listens, and answers when the player pauses.

    Every method belongs to one thread. After each call ask `next_wake` when to
    call `tick` next. A list of actions is to be carried out in its order.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : PerformanceCodec
        Its codec; says how the sustain pedal is treated.
    settings : PartnerSettings, optional
        How it listens and answers.
    seed : int
        Of all its choices, 0 or more.
    """

    def __init__(
        self,
        predictor: NextNote,
        codec: PerformanceCodec,
        settings: PartnerSettings | None = None,
        seed: int = 0,
    ) -> None:
        self._settings = settings or PartnerSettings()
        self._improviser = Improviser(predictor, codec, self._settings)
        self._window = Window(self._settings.window_notes, self._settings.window_seconds)
        self._hands = Hands(self._window, codec.pedal, self._settings.window_seconds)
        self._phrase = PhraseDetector(self._settings)
        self._answer: Answer | None = None
        self._mode = self._settings.mode
        self._stopped = False
        self._seed = seed
        self._answers = 0
        self._began = -math.inf
        self._notes = 0
        self._now = -math.inf

    @property
    def mode(self) -> Mode:
        """What it does."""
        return self._mode

    @property
    def answering(self) -> bool:
        """Whether an answer is being drawn; its last notes may sound longer."""
        return self._answer is not None and self._answer.begun

    def snapshot(self, now: float) -> NoteArray:
        """Return the last notes played by both, an array of `NOTE_DTYPE`."""
        return self._window.snapshot(now)

    def hear(self, event: Event) -> list[Action]:
        """Hear what the player does; never raises, whatever it is.

        A key or a pedal that goes down takes over at once, and so do "all notes
        off" and "all sound off". What was planned after that never happened.
        """
        if self._stopped or isinstance(event, OtherMessage) or not self._sane(event):
            return []
        if isinstance(event, Control):
            return self._control(event)
        key = (event.channel, event.pitch)
        if isinstance(event, NoteOff) or event.velocity == 0:
            if self._hands.lift(event.time, key):
                self._phrase.lift(event.time)
            return []
        actions = self._take_over(event.time)
        self._hands.press(event.time, key, event.velocity)
        # Who takes over before even the shortest answer is over had not finished.
        early = event.time - self._began < self._settings.shortest
        self._phrase.press(event.time, resumed=early)
        return actions

    def tick(self, now: float) -> list[Action]:
        """Do what is due: read the window, draw notes; a few calls of the instrument at most.

        Where that was not enough, `next_wake` asks to be called again at once.
        """
        self._now = now
        if self._stopped or self._mode != "respond":
            return []
        answer = self._answer_due(now)
        if answer is None:
            return []
        calls = answer.read(self._settings.calls_per_tick)
        if answer.ready and not answer.begun:
            self._begin(answer, now)
        actions: list[Action] = []
        while answer.begun and not answer.finished and calls > 0 and answer.next_draw <= now:
            note, used = answer.draw(now)
            calls -= used
            if note is not None:
                self._notes += 1
                self._window.plan(note, now)
                actions.append(Play(self._notes, note))
        if answer.finished:
            self._answer = None
        return actions

    def next_wake(self) -> float | None:
        """Return when `tick` is to be called next; None: not before something is heard.

        What lies in the past means at once.
        """
        if self._stopped or self._mode != "respond":
            return None
        answer = self._answer
        if answer is not None and answer.begun:
            return max(answer.next_draw, self._now)
        end = self._phrase_end(self._now)
        if end is None:
            return None
        if answer is None or answer.version != self._window.version:
            return end - self._settings.read_ahead
        return end if answer.ready else self._now

    def set_mode(self, mode: str, now: float) -> list[Action]:
        """Release everything and go over to another mode.

        What was played before is remembered, but no longer answered.

        Raises
        ------
        SettingError
            There is no such mode.
        """
        self._mode = check_mode(mode)
        return self._release(now, panic=False)

    def panic(self, now: float) -> list[Action]:
        """Release everything by all means, and wait for the player's next phrase."""
        return self._release(now, panic=True)

    def stop(self, now: float) -> list[Action]:
        """Release everything for good: nothing more comes from this partner."""
        self._stopped = True
        self._hands.let_go(now)
        return self._release(now, panic=False)

    def _release(self, now: float, *, panic: bool) -> list[Action]:
        self._answer = None
        self._phrase.clear()
        self._window.retract(now)
        return [Silence(now, panic)]

    def _sane(self, event: NoteOn | NoteOff | Control) -> bool:
        """Tell whether an event can be, and comes from the player."""
        match event:
            case NoteOn():
                values = [event.pitch, event.velocity]
            case NoteOff():
                values = [event.pitch]
            case Control():
                values = [event.control, event.value]
        return (
            math.isfinite(event.time)
            and 0 <= event.channel <= 15
            and event.channel not in self._settings.ignored_channels
            and all(0 <= value <= 127 for value in values)
        )

    def _control(self, event: Control) -> list[Action]:
        """Hear a pedal or a panic button."""
        if event.control in (ALL_SOUND_OFF, ALL_NOTES_OFF):
            self._hands.let_go(event.time)
            return self.panic(event.time)
        if event.control in PEDALS and self._hands.tread(
            event.time, event.channel, event.control, event.value
        ):
            return self._take_over(event.time)
        return []

    def _take_over(self, time: float) -> list[Action]:
        """Leave the stage to the player."""
        self._answer = None
        if self._window.own_until + LATENESS < time:
            return []
        self._window.retract(time)
        return [Silence(time)]

    def _phrase_end(self, now: float) -> float | None:
        return self._phrase.end(self._hands.hold(now))

    def _answer_due(self, now: float) -> Answer | None:
        """Return the answer to work on, a new one where it is time for one."""
        if self._answer is not None and self._answer.begun:
            return self._answer
        end = self._phrase_end(now)
        if end is None or now < end - self._settings.read_ahead:
            self._answer = None
        elif self._answer is None or self._answer.version != self._window.version:
            # The window as it will be at the end of the pause, whenever we are called.
            self._answer = Answer(
                self._improviser, self._window.snapshot(end), self._window.version
            )
        return self._answer

    def _begin(self, answer: Answer, now: float) -> None:
        """Begin the answer where the pause is over."""
        held = self._hands.hold(now)
        end = self._phrase.end(held)
        if end is None or now < end:
            return
        lead = self._settings.lead
        # Numbers of their own for each answer: how far ahead an earlier one was
        # drawn before the player took over plays no part.
        rng = np.random.default_rng([self._seed, self._answers])
        self._answers += 1
        self._began = max(end + lead, now + lead / 2)
        answer.begin(self._began, self._phrase.seconds(held), rng)
        self._phrase.clear()
