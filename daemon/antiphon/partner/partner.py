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

from antiphon.messages import Control, Event, NoteOff, NoteOn, OtherMessage
from antiphon.messages.spec import ALL_NOTES_OFF, ALL_SOUND_OFF
from antiphon.partner.action import Action, Play, Silence
from antiphon.partner.hands import PEDALS, Hands
from antiphon.partner.improviser import improviser_for
from antiphon.partner.phrase import PhraseDetector
from antiphon.partner.respond import Answer
from antiphon.partner.settings import Mode, PartnerSettings, check_mode
from antiphon.partner.window import Window

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon.partner.predictor import NextNote

LATENESS = 0.1
"""A note may sound this much longer than planned: a schedule plays what is not later."""

LAST_MOMENT = 0.1
"""So soon before the pause is over nothing more is drawn, where something is there to begin
with: an instrument that takes its time would miss the end."""

NOTES_A_ROW = 4
"""A window instrument is given so many notes for each row that it reads: a row may be a chord."""


class Partner:
    """Listens, and answers when the player pauses.

    Every method belongs to one thread. After each call ask `next_wake` when to
    call `tick` next. A list of actions is to be carried out in its order.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : Codec
        Its codec; says how the sustain pedal is treated.
    settings : PartnerSettings, optional
        How it listens and answers.
    seed : int
        Of all its choices, 0 or more.
    """

    def __init__(
        self,
        predictor: NextNote,
        codec: Codec,
        settings: PartnerSettings | None = None,
        seed: int = 0,
    ) -> None:
        self._settings = settings or PartnerSettings()
        self._improviser = improviser_for(predictor, codec, self._settings)
        rows, notes = predictor.window, self._settings.window_notes
        # A window is read at no cost, but each note drawn from it may cost much.
        self._calls = self._settings.calls_per_tick if rows is None else 1
        size = notes if rows is None else max(notes, NOTES_A_ROW * rows)
        self._window = Window(size, self._settings.window_seconds)
        self._hands = Hands(self._window, codec.pedal, self._settings.window_seconds)
        self._phrase = PhraseDetector(self._settings)
        self._answer: Answer | None = None
        self._answering = False
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
        return self._answering

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
        calls = answer.read(self._calls)
        if answer.ready and not answer.begun:
            self._prepare(answer, now)
        self._enter(answer, now)
        while calls > 0 and self._draws_at(answer) <= now:
            answer.draw(now)
            calls -= 1
        return self._played(answer, now) if self._answering else []

    def next_wake(self) -> float | None:
        """Return when `tick` is to be called next; None: not before something is heard.

        What lies in the past means at once.
        """
        if self._stopped or self._mode != "respond":
            return None
        answer = self._answer
        if answer is not None and self._answering:
            return self._draws_at(answer)
        end = self._phrase_end(self._now)
        if end is None:
            return None
        if answer is None or answer.version != self._window.version:
            return end - self._settings.read_ahead
        if not answer.ready:
            return self._now
        return min(end, self._draws_at(answer))

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
        self._answer, self._answering = None, False
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
        self._answer, self._answering = None, False
        if self._window.own_until + LATENESS < time:
            return []
        self._window.retract(time)
        return [Silence(time)]

    def _phrase_end(self, now: float) -> float | None:
        return self._phrase.end(self._hands.hold(now))

    def _answer_due(self, now: float) -> Answer | None:
        """Return the answer to work on, a new one where it is time for one."""
        if self._answering:
            return self._answer
        end = self._phrase_end(now)
        if end is None or now < end - self._settings.read_ahead:
            self._answer = None
        elif self._answer is None or self._answer.version != self._window.version:
            # The window as it will be at the end of the pause, whenever we are called.
            seed, since = self._window.snapshot(end), self._phrase.start
            self._answer = Answer(self._improviser, seed, self._window.version, since)
        return self._answer

    def _prepare(self, answer: Answer, now: float) -> None:
        """Tell an answer when it is to begin: after the end of the pause."""
        held = self._hands.hold(now)
        end = self._phrase.end(held)
        lead = self._settings.lead
        # Numbers of their own for each answer: how far ahead an earlier one was
        # drawn before the player took over plays no part.
        rng = np.random.default_rng([self._seed, self._answers])
        begin = now + lead / 2 if end is None else max(end + lead, now + lead / 2)
        answer.begin(begin, self._phrase.seconds(held), rng)

    def _enter(self, answer: Answer, now: float) -> None:
        """Begin the answer where the pause is over: from now on its notes are played."""
        end = self._phrase_end(now)
        if self._answering or not answer.begun or end is None or now < end:
            return
        if answer.first is not None and answer.first < now:
            self._prepare(answer, now)  # nobody woke us in time: what was drawn is too late
        self._answering = True
        self._answers += 1
        self._began = answer.begins
        self._phrase.clear()

    def _draws_at(self, answer: Answer) -> float:
        """Return when the next note is to be drawn; infinity: not before something else is."""
        if not answer.begun or answer.finished:
            return math.inf
        due = max(answer.next_draw, self._now)
        if not self._answering and answer.first is not None:
            end = self._phrase_end(self._now)
            if end is not None and due > end - LAST_MOMENT:
                return math.inf
        return due

    def _played(self, answer: Answer, now: float) -> list[Action]:
        """Return what was drawn, to be played."""
        actions: list[Action] = []
        for note in answer.take():
            self._notes += 1
            self._window.plan(note, now)
            actions.append(Play(self._notes, note))
        if answer.finished:
            self._answer, self._answering = None, False
        return actions
