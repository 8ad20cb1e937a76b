"""A small instrument that learns as it listens, and a stage in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.music.note import Note
from antiphon.music.pitch_sets import pitch_name
from antiphon.partner import Partner, PartnerSettings, Play, Silence
from antiphon.partner.action import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from antiphon.instrument.controls import Biases, Controls
    from antiphon.partner import NextNote

CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Drawn:
    classes: NDArray[np.int32]
    within: NDArray[np.float32]
    state: tuple[tuple[int, ...], ...]


class Imitator:
    """Draws each field from what was read: an order-1 chain with a little of anything.

    What followed the last pitch before is eight times as likely as what was
    merely played; the other fields follow the notes that had the chosen pitch.
    The state is the rows read, as a value; `window` says that this is a window,
    read anew for each note.
    """

    def __init__(
        self,
        memory: int = 96,
        stray: float = 0.01,
        codec: Codec | None = None,
        window: int | None = None,
    ) -> None:
        self.memory, self.stray = window or memory, stray
        self.window = window
        self.sizes = (codec or PerformanceCodec()).sizes
        self.calls = 0
        self.reads = 0

    def initial_state(self) -> tuple[tuple[int, ...], ...]:
        return ()

    def prime(
        self, state: tuple[tuple[int, ...], ...], classes: NDArray[np.int32]
    ) -> tuple[tuple[int, ...], ...]:
        self.reads += len(classes)
        return (*state, *map(tuple, classes.tolist()))[-self.memory :]

    def step(
        self,
        state: tuple[tuple[int, ...], ...],
        previous: NDArray[np.int32],
        uniforms: NDArray[np.float32],
        controls: Controls,
        biases: Biases,
    ) -> Drawn:
        self.calls += 1
        state = (*state, tuple(previous.tolist()))[-self.memory :]
        read = np.array(state)
        weight = np.ones(len(read))
        weight[1:] += 8.0 * (read[:-1, 0] == previous[0])
        fields = len(self.sizes)
        classes, within = np.zeros(fields, np.int32), np.zeros(fields, np.float32)
        for index, bias in enumerate(biases.rows):
            size = self.sizes[index]
            rows = read[:, index] < size  # a held note says nothing of durations
            odds = np.bincount(read[rows, index], weight[rows], minlength=size)
            logits = np.log(odds + self.stray) / controls.temperature[index] + bias[0]
            chances = np.exp(logits - logits.max())
            chances[chances < controls.min_p[index] * chances.max()] = 0.0
            after = np.cumsum(chances)
            target = float(uniforms[index]) * after[-1]
            chosen = min(int(np.searchsorted(after, target, side="right")), size - 1)
            classes[index] = chosen
            before = after[chosen] - chances[chosen]
            within[index] = (target - before) / max(chances[chosen], 1e-12)
            if index == 0:
                weight = weight + 8.0 * (read[:, 0] == chosen)
        return Drawn(classes, within, state)


@dataclass
class Sounded:
    """A note that was heard from the partner; `end` is None while it sounds."""

    identity: int
    note: Note
    end: float | None = None


@dataclass
class Stage:
    """The partner and those who play for it, in simulated time.

    `cost` is what one tick takes, `lag` how much later than asked it comes.
    """

    partner: Partner
    cost: float = 0.0005
    lag: float = 0.0
    now: float = 0.0
    lead: float = 0.02
    actions: list[Action] = field(default_factory=list)
    pending: list[Play] = field(default_factory=list)
    sounding: list[Sounded] = field(default_factory=list)
    heard: list[Sounded] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)
    ticks: int = 0

    def run(self, events: Iterable[Any], until: float) -> Stage:
        """Let the events happen, and the partner wake as it asks, until a time."""
        for event in events:
            self._wake_until(event.time)
            self._pass(max(self.now, event.time))
            self._do(self.partner.hear(event))
        self._wake_until(until)
        self._pass(max(self.now, until))
        return self

    def take(self, actions: Sequence[Action]) -> None:
        """Do what a direct call to the partner returned."""
        self._do(actions)

    def _wake_until(self, time: float) -> None:
        idle = 0
        while (wake := self.partner.next_wake()) is not None:
            at = max(self.now, wake + self.lag)
            if at >= time:
                return
            before = self.now
            self._pass(at)
            self._do(self.partner.tick(at))
            self.ticks += 1
            self._pass(at + self.cost)
            idle = idle + 1 if self.now == before else 0
            assert idle < 1000, "the partner does not let time pass"

    def _do(self, actions: Sequence[Action]) -> None:
        self.actions += actions
        for action in actions:
            if isinstance(action, Silence):
                self.pending.clear()
                for sounded in self.sounding:
                    sounded.end = self.now
                self.sounding.clear()
                self.silences.append(action.time)
                continue
            assert isinstance(action, Play)
            assert action.note.onset >= self.now - CLOSE, "an onset in the past"
            assert action.note.duration is not None
            assert action.note.duration > 0.0
            self.pending.append(action)

    def _pass(self, time: float) -> None:
        assert time >= self.now
        self.now = time
        for play in sorted(self.pending, key=lambda play: play.note.onset):
            if play.note.onset <= time:
                self.pending.remove(play)
                self._start(play)
        for sounded in [s for s in self.sounding if s.note.end <= time]:  # type: ignore[operator]
            sounded.end = sounded.note.end
            self.sounding.remove(sounded)

    def _start(self, play: Play) -> None:
        for sounded in [s for s in self.sounding if s.note.pitch == play.note.pitch]:
            sounded.end = min(sounded.note.end or 0.0, play.note.onset)
            self.sounding.remove(sounded)
        sounded = Sounded(play.identity, play.note)
        self.sounding.append(sounded)
        self.heard.append(sounded)

    @property
    def onsets(self) -> list[float]:
        """When the partner's notes began."""
        return [sounded.note.onset for sounded in self.heard]


def a_codec(instrument: str = "performance", pedal: Any = "keys") -> Codec:
    """The codec of an instrument; that of symbols knows what a small hand plays.

    Words of "steps" are all as long as each other.
    """
    if instrument == "performance":
        return PerformanceCodec(pedal)
    if instrument == "triplet":
        return TripletCodec(pedal)
    sounds = [*map(pitch_name, range(36, 97)), "0.4.7", "5.9.0", "7.11.2", "9.0.4", "11.2.5.7"]
    if instrument == "steps":
        return SymbolsCodec(sorted(sounds), pedal=pedal)
    lengths = (0.25, 0.5, 1.0, 2.0, 4.0)
    words = [f"{sound}:{length:g}" for sound in sounds for length in lengths]
    return SymbolsCodec(sorted(words), lengths=lengths, pedal=pedal)


def a_partner(
    seed: int = 0,
    pedal: str = "keys",
    predictor: NextNote | None = None,
    instrument: str = "performance",
    **settings: Any,
) -> Partner:
    codec = a_codec(instrument, pedal)
    window = None if instrument == "performance" else 32
    predictor = predictor or Imitator(codec=codec, window=window)
    return Partner(predictor, codec, PartnerSettings(**settings), seed)


def a_stage(cost: float = 0.0005, lag: float = 0.0, **how: Any) -> Stage:
    return Stage(a_partner(**how), cost, lag, lead=how.get("lead", 0.02))


def a_tiny_stage(instrument: str, cost: float = 0.0005, seed: int = 0, **settings: Any) -> Stage:
    """A stage on which a real file of windows plays (../instrument/make_tiny_windows.py)."""
    from antiphon.instrument import Predictor

    predictor = Predictor(Path(__file__).parents[1] / "instrument" / f"tiny_{instrument}.onnx")
    partner = Partner(predictor, predictor.codec, PartnerSettings(**settings), seed)
    return Stage(partner, cost)


def a_phrase(
    start: float = 1.0,
    gap: float = 0.25,
    pitches: Sequence[int] = (60, 62, 64, 65, 67, 65, 64, 62),
    legato: float = 0.8,
    channel: int = 0,
) -> list[Any]:
    """A line, one key after another, in order of time."""
    events: list[Any] = []
    for index, pitch in enumerate(pitches):
        onset = start + index * gap
        events.append(NoteOn(onset, channel, pitch, 64 + index % 32))
        events.append(NoteOff(onset + legato * gap, channel, pitch))
    return sorted(events, key=lambda event: event.time)


def a_pedal(time: float, down: bool, channel: int = 0, control: int = 64) -> Control:
    return Control(time, channel, control, 127 if down else 0)


@dataclass(frozen=True)
class Kit:
    """What these tests are made of."""

    codec: Callable[..., Codec] = a_codec
    partner: Callable[..., Partner] = a_partner
    stage: Callable[..., Stage] = a_stage
    tiny_stage: Callable[..., Stage] = a_tiny_stage
    phrase: Callable[..., list[Any]] = a_phrase
    pedal: Callable[..., Control] = a_pedal
    imitator: Callable[..., Imitator] = Imitator


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()
