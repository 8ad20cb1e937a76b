"""Sessions in simulated time: the partner on its stage, and a performance that it hears.

The performance does not wait for the partner. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antiphon.messages import Heard, NoteOn, note_off, note_on
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.partner import Cancel, Partner, PartnerSections, Play, Silence
from antiphon.stage import Simulation, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.partner import Input, Output, Report
    from antiphon.partner.line.predictor import NextNote


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """What the partner did.

    Attributes
    ----------
    notes : NoteArray
        The notes that it played; one that was broken off has the length that was planned.
    entries : list of float
        When it began to play, each time.
    """

    notes: NoteArray
    entries: list[float]


def session(
    instrument: NextNote,
    codec: Codec,
    heard: Sequence[Heard],
    until: float,
    *,
    sections: PartnerSections | None = None,
    seed: int = 0,
) -> Session:
    """Return what the partner does while it hears a performance, until a time."""
    watch = _Watch()
    partner = Partner(instrument, codec, sections or PartnerSections(), seed)
    stage = Stage(partner, _Nowhere(), report=watch.reported, observers=(watch,))
    Simulation(stage).run(heard, until)
    return Session(notes_to_array(watch.notes), watch.entries)


def as_heard(notes: NoteArray) -> list[Heard]:
    """Return the messages of a keyboard on which these notes are played; none is held."""
    # At one time keys come up before others go down.
    moves = sorted(
        move
        for pitch, onset, duration, velocity in notes.tolist()
        for move in ((onset + duration, 0, pitch, velocity), (onset, 1, pitch, velocity))
    )
    messages = (
        (note_on(0, pitch, velocity) if down else note_off(0, pitch), time)
        for time, down, pitch, velocity in moves
    )
    return [heard for data, time in messages if (heard := Heard.parse(data, time))]


def strokes(heard: Sequence[Heard]) -> list[float]:
    """Return when keys go down."""
    return [message.time for message in heard if isinstance(message.event, NoteOn)]


@dataclass(slots=True)
class _Watch:
    """Keeps what the partner plans, and when it begins to play."""

    notes: list[Note] = field(default_factory=list)
    entries: list[float] = field(default_factory=list)
    playing: bool = False

    def reported(self, report: Report) -> None:
        if report.playing and not self.playing:
            self.entries.append(report.time)
        self.playing = report.playing

    def took(self, given: Input) -> None:
        """See nothing."""

    def ticked(self, now: float) -> None:
        """See nothing."""

    def did(self, output: Output, now: float) -> None:
        """Keep a note that is planned, and drop those that are taken back."""
        del now
        match output:
            case Play(_, note):
                self.notes.append(note)
            case Silence(time) | Cancel(time):
                self.notes = [note for note in self.notes if note.onset <= time]


class _Nowhere:
    """An outlet that leads nowhere."""

    def send(self, data: bytes) -> None:
        """Send nothing."""
