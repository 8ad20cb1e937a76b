"""The partner: all musical state in one object; the caller gives it inputs and the time.

It is a pure state machine: no clock, thread, file or port. `Partner.take` is told
what was heard or commanded, `Partner.tick` what time it is; both return what is to
be played or taken back. The same instrument, settings, seed, inputs and ticks give
the same outputs. Times are seconds of one clock, the one that stamps the inputs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.errors import SettingError
from antiphon.messages import Clock, Event, Heard, NoteOn, SongPosition, Transport
from antiphon.partner.ensemble import Ensemble
from antiphon.partner.hint import NeverPausing
from antiphon.partner.inputs import Change, Forget, Panic, Stop
from antiphon.partner.modes.beginning import begin
from antiphon.partner.outputs import Report
from antiphon.partner.sections import PartnerSections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.inputs import Input
    from antiphon.partner.line.predictor import NextNote
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.outputs import Output

FOLLOWED = 2
"""Moments of the player's that the pulse follows in one tick, after all that is due."""


class Partner:
    """Listens, and plays as its mode does.

    Every method belongs to one thread. After each call ask `next_wake` when to
    call `tick` next. Outputs are to be carried out in their order.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : Codec
        Its codec; says how the sustain pedal is treated.
    sections : PartnerSections, optional
        How it listens and plays.
    seed : int
        Of all its choices, 0 or more.
    rules : sequence of Rule
        What every note that it draws keeps to, besides the settings.
    """

    def __init__(
        self,
        predictor: NextNote,
        codec: Codec,
        sections: PartnerSections | None = None,
        seed: int = 0,
        rules: Sequence[Rule] = (),
    ) -> None:
        sections = sections or PartnerSections()
        self._ensemble = Ensemble(predictor, codec, sections, seed, rules)
        self._mode = begin(sections.partner.mode, self._ensemble)
        self._hint = NeverPausing()
        self._reported = (sections.partner.mode, False)
        self._stopped = False
        self._now = -math.inf

    @property
    def ensemble(self) -> Ensemble:
        """The player as heard, the instrument, and the settings that hold."""
        return self._ensemble

    def take(self, given: Input) -> list[Output]:
        """Take what was heard or commanded; an error is reported, not raised."""
        if self._stopped:
            return []
        match given:
            case Change():
                outputs = self._change(given)
            case Panic(time):
                outputs = self._begin(time, panic=True)
            case Forget(time, what):
                told = self._ensemble.forget(what, time)
                mode = self._ensemble.sections.partner.mode
                outputs = [Report(time, mode, self._mode.playing, told)]
            case Stop(time):
                self._stopped = True
                self._ensemble.listening.let_go(time)
                outputs = self._begin(time)
                self._ensemble.remember(time)
            case Heard(event) if isinstance(event, Event):
                outputs = self._hear(event)
            case Heard(Clock() | Transport() | SongPosition() as event):
                self._ensemble.listening.clock.hear(event)
                return []
        return [*outputs, *self._report(given.time)]

    def tick(self, now: float) -> list[Output]:
        """Do what is due, by a few calls of the instrument at most.

        Where that was not enough, `next_wake` asks to be called again at once.
        """
        self._now = now
        if self._stopped:
            return []
        outputs = self._gestures(
            self._ensemble.listening.settle(now, resumed=self._mode.resumes(now))
        )
        outputs += self._mode.tick(now, self._ensemble.calls)
        self._ensemble.listening.follow(now, FOLLOWED)
        return [*outputs, *self._report(now)]

    def next_wake(self) -> float | None:
        """Return when `tick` is to be called next; None: not before something is heard.

        What lies in the past means at once.
        """
        if self._stopped:
            return None
        wakes = (self._mode.next_wake(self._now), self._ensemble.listening.next_settling())
        return min((wake for wake in wakes if wake is not None), default=None)

    def _hear(self, event: Event) -> list[Output]:
        resumed = isinstance(event, NoteOn) and self._mode.resumes(event.time)
        return self._gestures(self._ensemble.listening.hear(event, resumed=resumed))

    def _gestures(self, gestures: list[Gesture]) -> list[Output]:
        return [output for gesture in gestures for output in self._mode.heard(gesture)]

    def _change(self, change: Change) -> list[Output]:
        """Change a setting, and say so; a mode that is chosen begins afresh."""
        before = self._ensemble.sections
        try:
            sections = before.changed(change.name, change.value)
        except SettingError as error:
            return [Report(change.time, before.partner.mode, self._mode.playing, str(error))]
        self._ensemble.adopt(sections)
        same_mode = sections.partner.mode == before.partner.mode
        begun = [] if same_mode else self._begin(change.time)
        said = f"{change.name} is now {change.value}."
        return [*begun, Report(change.time, sections.partner.mode, self._mode.playing, said)]

    def _begin(self, time: float, *, panic: bool = False) -> list[Output]:
        """Release everything, and begin the mode; what was played is remembered."""
        self._ensemble.listening.end_phrase()
        self._mode = begin(self._ensemble.sections.partner.mode, self._ensemble)
        return self._ensemble.silence(time, panic=panic)

    def _report(self, time: float) -> list[Output]:
        """Report what has changed, and what the player should know."""
        mode = self._ensemble.sections.partner.mode
        hint = self._hint.look(time, self._ensemble, waits=self._mode.waits)
        if hint or self._reported != (mode, self._mode.playing):
            self._reported = (mode, self._mode.playing)
            return [Report(time, *self._reported, hint)]
        return []
