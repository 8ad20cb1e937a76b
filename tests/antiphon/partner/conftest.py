"""A small instrument that learns as it listens, and a stage in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon import stage
from antiphon.messages import (
    Control,
    Heard,
    NoteOff,
    NoteOn,
    OtherMessage,
    control_change,
    note_off,
    note_on,
)
from antiphon.music.codecs.codec import Codec
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.music.note import Note
from antiphon.music.pitch_sets import pitch_name
from antiphon.partner import (
    Cancel,
    Output,
    Partner,
    PartnerSections,
    Play,
    Report,
    Silence,
)
from antiphon.partner.memory.settings import MemorySettings
from antiphon.settings import Section, keys_of, sections_of
from antiphon.stage import Simulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from antiphon.instrument.ask import Ask
    from antiphon.partner import NextNote, Rule

CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Drawn:
    classes: NDArray[np.int32]
    within: NDArray[np.float32]
    log_probability: NDArray[np.float32]
    state: tuple[tuple[int, ...], ...]
    logits: NDArray[np.float32]


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

    def read(
        self, state: tuple[tuple[int, ...], ...], classes: NDArray[np.int32]
    ) -> list[tuple[tuple[int, ...], ...]]:
        return [state := self.prime(state, row[None]) for row in classes]

    def step(self, ask: Ask) -> Drawn:
        self.calls += 1
        return self._drawn(ask)

    def step_batch(self, asks: Sequence[Ask]) -> list[Drawn]:
        self.calls += 1
        return [self._drawn(ask) for ask in asks]

    def _drawn(self, ask: Ask) -> Drawn:
        state, previous, uniforms = ask.state, np.asarray(ask.previous), np.asarray(ask.uniforms)
        controls, biases = ask.controls, ask.biases
        assert controls is not None
        assert biases is not None
        state = (*state, tuple(previous.tolist()))[-self.memory :]
        read = np.array(state)
        weight = np.ones(len(read))
        weight[1:] += 8.0 * (read[:-1, 0] == previous[0])
        fields = len(self.sizes)
        classes, within = np.zeros(fields, np.int32), np.zeros(fields, np.float32)
        likely = np.zeros(fields, np.float32)
        for index, bias in enumerate(biases.rows):
            size = self.sizes[index]
            rows = read[:, index] < size  # a held note says nothing of durations
            odds = np.bincount(read[rows, index], weight[rows], minlength=size)
            plain = np.log(odds + self.stray)
            logits = plain / controls.temperature[index] + bias[0]
            chances = np.exp(logits - logits.max())
            chances[chances < controls.min_p[index] * chances.max()] = 0.0
            after = np.cumsum(chances)
            target = float(uniforms[index]) * after[-1]
            chosen = min(int(np.searchsorted(after, target, side="right")), size - 1)
            classes[index] = chosen
            likely[index] = np.log((odds[chosen] + self.stray) / (odds + self.stray).sum())
            before = after[chosen] - chances[chosen]
            within[index] = (target - before) / max(chances[chosen], 1e-12)
            if index == 0:
                weight = weight + 8.0 * (read[:, 0] == chosen)
        return Drawn(classes, within, likely, state, plain.astype(np.float32))


@dataclass
class Sounded:
    """A note that was heard from the partner; `end` is None while it sounds."""

    identity: int
    note: Note
    end: float | None = None


def as_input(event: Any) -> Any:
    """What a driver would have handed over; an input stays as it is."""
    match event:
        case NoteOn():
            return Heard.parse(note_on(event.channel, event.pitch, event.velocity), event.time)
        case NoteOff():
            return Heard.parse(note_off(event.channel, event.pitch), event.time)
        case Control():
            data = control_change(event.channel, event.control, event.value)
            return Heard.parse(data, event.time)
        case OtherMessage():
            return Heard.parse(event.data, event.time)
    return event


class Stage:
    """The product's own stage in simulated time, with ears: what was played, and when.

    `cost` is what one tick takes, `lag` how much later than asked it comes.
    """

    def __init__(self, partner: Partner, cost: float = 0.0005, lag: float = 0.0) -> None:
        self.partner = partner
        self.outputs: list[Output] = []
        self.pending: list[Play] = []
        self.sounding: list[Sounded] = []
        self.heard: list[Sounded] = []
        self.silences: list[float] = []
        self.planned: list[tuple[float, float]] = []
        self.sentences: list[str] = []
        self.reports: list[Report] = []
        self.panics = 0
        self.answering = False
        self.simulation = Simulation(
            stage.Stage(partner, self, leaving=self._leaving, panic=self._panic, observers=[self]),
            cost=cost,
            lag=lag,
        )

    def run(self, events: Iterable[Any], until: float) -> Stage:
        """Let the events happen, and the partner wake as it asks, until a time."""
        self.simulation.run(map(as_input, events), until)
        return self

    @property
    def now(self) -> float:
        return self.simulation.now

    @property
    def ticks(self) -> int:
        return self.simulation.ticks

    @property
    def onsets(self) -> list[float]:
        """When the partner's notes began."""
        return [sounded.note.onset for sounded in self.heard]

    def snapshot(self, now: float) -> Any:
        """The last notes of both sides."""
        return self.partner.ensemble.listening.window.snapshot(now)

    def took(self, given: Any) -> None:
        del given

    def ticked(self, now: float) -> None:
        del now

    def did(self, output: Output, now: float) -> None:
        match output:
            case Report():
                self.answering = output.playing
                self.reports.append(output)
                self.sentences += [output.sentence] if output.sentence else []
                return
            case Silence():
                self.pending.clear()
                self.silences.append(output.time)
            case Cancel():
                self.pending = [play for play in self.pending if play.note.onset <= output.time]
            case Play():
                assert output.note.onset >= now - CLOSE, "an onset in the past"
                assert output.note.duration is None or output.note.duration > 0.0
                self.pending.append(output)
                self.planned.append((now, output.note.onset))
        self.outputs.append(output)

    def _leaving(self, data: bytes, now: float) -> None:
        """Hear a message as it leaves; the stage's own schedule says when that is."""
        assert now >= self.simulation.now - CLOSE
        pitch = data[1]
        if data[0] & 0xF0 == 0x90:
            self.pending.sort(key=lambda play: play.note.onset)
            play = next(play for play in self.pending if play.note.pitch == pitch)
            assert play.note.onset <= now + CLOSE
            self.pending.remove(play)
            assert all(sounded.note.pitch != pitch for sounded in self.sounding)
            sounded = Sounded(play.identity, play.note)
            self.sounding.append(sounded)
            self.heard.append(sounded)
        else:
            sounded = next(one for one in self.sounding if one.note.pitch == pitch)
            sounded.end = now
            self.sounding.remove(sounded)

    def send(self, data: bytes) -> None:
        del data

    def _panic(self) -> None:
        self.panics += 1


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
    rules: Sequence[Rule] = (),
    **settings: Any,
) -> Partner:
    codec = a_codec(instrument, pedal)
    window = None if instrument == "performance" else 32
    predictor = predictor or Imitator(codec=codec, window=window)
    return Partner(predictor, codec, some_sections(settings), seed, rules)


def named(section: str, key: str) -> str:
    """The name of a key in these tests: those of `form` are also keys of other sections."""
    return f"form_{key}" if section == "form" else key


def some_sections(settings: dict[str, Any]) -> PartnerSections:
    """Sections with these keys, each put where it belongs."""
    settings = dict(settings)
    if "pedal_does" in settings:  # `pedal` is the codec's
        settings = {**settings, "pedal": settings["pedal_does"]}
        del settings["pedal_does"]
    # `gain` and `notes` of the memory are given by these names.
    of_memory = {k: settings.pop(f"memory_{k}") for k in ("gain", "notes")
                 if f"memory_{k}" in settings}  # fmt: skip
    sections: dict[str, Section] = {"memory": MemorySettings(**of_memory)}
    for name, kind in sections_of(PartnerSections).items():
        if name in sections:
            continue
        own = {
            key: settings[named(name, key)] for key in keys_of(kind) if named(name, key) in settings
        }
        sections[name] = kind(**own)
    known = {
        named(name, key)
        for name, kind in sections_of(PartnerSections).items()
        for key in keys_of(kind)
    }
    assert set(settings) <= known
    return PartnerSections.made_of(sections)


def a_stage(cost: float = 0.0005, lag: float = 0.0, **how: Any) -> Stage:
    return Stage(a_partner(**how), cost, lag)


def a_tiny_stage(instrument: str, cost: float = 0.0005, seed: int = 0, **settings: Any) -> Stage:
    """A stage on which a real file of windows plays (../instrument/make_tiny_windows.py)."""
    from antiphon.instrument import Predictor

    predictor = Predictor(Path(__file__).parents[1] / "instrument" / f"tiny_{instrument}.onnx")
    partner = Partner(predictor, predictor.codec, some_sections(settings), seed)
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
    given: Callable[[Any], Any] = as_input


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()
