"""Play a recorded session into the same stage, and compare what comes of it bit for bit.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError, UsageError
from antiphon.messages import Heard, NoteOn
from antiphon.partner.outputs import Output, Play, Report
from antiphon.replay.header import instrument_file, memory_of_log, sections_of_log
from antiphon.replay.reading import read_log
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import SUFFIX

if TYPE_CHECKING:
    from antiphon.partner.inputs import Input
    from antiphon.replay.reading import Step
    from antiphon.stage.stage import Mind

Messages = list[tuple[float, bytes]]
"""What sounded, and when."""


@dataclass(slots=True)
class Outcome:
    """What a replay came to.

    Attributes
    ----------
    version : str
        The Antiphon that recorded the session.
    channel : int
        The partner's, 1 to 16.
    steps : int
        How many inputs and ticks were compared.
    notes, answers : int
        How many notes of the partner's were compared, and how many answers they made.
    difference : tuple or None
        Time, output then and output now of the first step that came out otherwise.
    planned : Counter
        How often each (pitch, velocity) was among the notes.
    player, partner : list of (float, bytes)
        What both played, as far as the two are the same.
    """

    version: str
    channel: int
    steps: int = 0
    notes: int = 0
    answers: int = 0
    difference: tuple[float, Output | None, Output | None] | None = None
    planned: Counter[tuple[int, int]] = field(default_factory=Counter)
    player: Messages = field(default_factory=list)
    partner: Messages = field(default_factory=list)


def replay(session: Path, instrument: Path | None = None) -> Outcome:
    """Step a session once more, up to the first difference.

    Parameters
    ----------
    session : Path
        Its MIDI file or its log.
    instrument : Path, optional
        The instrument, where it no longer lies where it did.

    Raises
    ------
    AntiphonError
        There is no log, it cannot be read, the instrument is not the same, or the
        partner fails.
    """
    if not session.name:
        raise UsageError(f"{session} is a folder; name a session's .mid, or its log (.jsonl).")
    path = session.with_suffix(SUFFIX)
    header, steps = read_log(path)
    sections = sections_of_log(header, path)
    file = instrument_file(header, instrument, Path(header.instrument))
    # Both need numpy, which takes its time.
    from antiphon.instrument import Predictor
    from antiphon.partner.partner import Partner
    from antiphon.recorder.memory_file import check_fits

    predictor = Predictor(file)
    partner = Partner(predictor, predictor.codec, sections, seed=header.seed)
    kept = memory_of_log(header, path)
    if kept is not None and partner.ensemble.memory is not None:
        check_fits(kept, partner.ensemble.memory.identity, predictor.codec.sizes, str(path))
        partner.ensemble.memory.load(kept.notes)
    outcome = Outcome(header.version, header.channel)
    comparison = _Comparison(outcome, partner)
    for step in steps:
        if not comparison.same(step):
            break
    else:
        comparison.play_out()
    return outcome


class _Comparison:
    """Steps a partner through a log; an observer of its stage, and the stage's outlet."""

    def __init__(self, outcome: Outcome, partner: Mind) -> None:
        self._outcome = outcome
        self._outputs: list[Output] = []
        self._playing = False
        stage = Stage(partner, self, outcome.channel - 1, observers=[self], report=self._reported)
        self._simulation = Simulation(stage)

    def same(self, step: Step) -> bool:
        """Take a step; return whether it came out as it did then."""
        outcome, playing = self._outcome, self._playing
        self._outputs.clear()
        self._take(step)
        now = [output for output in self._outputs if not isinstance(output, Report)]
        if step.last:
            now = now[: len(step.outputs)]  # a kill may have cut it short
        if now != step.outputs:
            pairs = zip([*step.outputs, None], [*now, None], strict=False)
            first = next((then, new) for then, new in pairs if then != new)
            outcome.difference = (step.time, *first)
            return False
        outcome.steps += 1
        notes = [output.note for output in now if isinstance(output, Play)]
        outcome.notes += len(notes)
        outcome.planned.update((note.pitch, note.velocity) for note in notes)
        # In `harmonise` each stroke is answered, whether or not another one sounds.
        if notes and (not playing or _strikes(step.given)):
            outcome.answers += 1
        return True

    def play_out(self) -> None:
        """Play what is still planned: the log of a session that was killed ends without a stop."""
        while (due := self._simulation.stage.next_play()) is not None:
            self._simulation.play_until(due)

    def _take(self, step: Step) -> None:
        simulation = self._simulation
        simulation.play_until(max(simulation.now, step.time))
        try:
            if step.given is None:
                simulation.stage.tick(step.time)
            else:
                simulation.stage.take(step.given, step.time)
        except AntiphonError:
            raise
        except Exception as error:
            raise AntiphonError(
                f"The partner fails at {step.time:.3f} s of the session's clock "
                f"({type(error).__name__}: {error}); the log is not damaged, this is a fault of "
                "Antiphon: report it together with the log."
            ) from error

    def send(self, data: bytes) -> None:
        """Keep what the partner plays."""
        self._outcome.partner.append((self._simulation.now, data))

    def took(self, given: Input) -> None:
        """Keep what the player plays."""
        if isinstance(given, Heard):
            self._outcome.player.append((given.time, given.data))

    def ticked(self, now: float) -> None:
        """Do nothing: a tick is not heard."""

    def did(self, output: Output, now: float) -> None:
        """Keep an output for the comparison."""
        del now
        self._outputs.append(output)

    def _reported(self, report: Report) -> None:
        self._playing = report.playing


def _strikes(given: Input | None) -> bool:
    return isinstance(given, Heard) and isinstance(given.event, NoteOn)
