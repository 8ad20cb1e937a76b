"""Render a MIDI file or a session as it is: sound and sheet music. Times are seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.compose.piece import Composition
from antiphon.compose.writers import SOUNDS, check_out, open_sound, open_writer, tell_pages
from antiphon.errors import UsageError
from antiphon.file_names import readable
from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by
from antiphon.music.note import empty_notes
from antiphon.music.pedal import pedal_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.compose.piece import Chords
    from antiphon.music.files.reading import Performance
    from antiphon.sections import Settings

    Messages = Sequence[tuple[float, bytes]]
    Write = Callable[[Performance], list[Path]]

MIDI = (".mid", ".midi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to render, and where to write it.

    Attributes
    ----------
    file : Path
        A MIDI file.
    out : tuple of Path
        The files to write; the suffix of each names its format.
    start, end : float
        The part to render; `end` is infinite for all the rest.
    title : str or None
        The title of a score; by default that of the piece in the file, or the file's name.
    chords : bool
        Whether a score has chord symbols: those of the file, or else those of its notes.
    """

    file: Path
    out: tuple[Path, ...]
    start: float = 0.0
    end: float = math.inf
    title: str | None = None
    chords: bool = False

    def __post_init__(self) -> None:
        """Refuse options that do not fit together.

        Raises
        ------
        UsageError
            The part ends before it begins, a file is given twice, or would be MIDI.
        """
        if self.end <= self.start:
            raise UsageError(f"--to must come after --from, and {self.end:g} does not.")
        check_out(self.out)
        for path in self.out:
            if path.suffix.lower() in MIDI:
                raise UsageError(
                    f"{path.name} would be MIDI, which {self.file.name} is already; end its name "
                    "in .wav, .mp3, .ogg, .musicxml, .pdf or .png."
                )


def render(
    order: Order, settings: Settings, *, say: Callable[[str], None] = lambda _: None
) -> None:
    """Render a file.

    Raises
    ------
    AntiphonError
        Something cannot be read or written. A program or a package that a writer lacks is
        noticed before anything is rendered.
    """
    writers = [_open(path, order, settings) for path in order.out]
    performance = read_performance(order.file, drums=True)
    if order.start >= performance.seconds:
        raise UsageError(
            f"{order.file} ends at {performance.seconds:.1f} s, so there is nothing --from "
            f"{order.start:g} on."
        )
    tell_pages([file for write in writers for file in write(performance)], order.out, say)


def last_session(folder: Path) -> Path:
    """Return the session of a folder that was saved last.

    Raises
    ------
    UsageError
        There is none.
    """
    sessions = sorted(folder.glob("*.mid"), key=lambda path: (path.stat().st_mtime, path.name))
    if not sessions:
        raise UsageError(f"There is no session in {folder} yet; `antiphon jam` records them there.")
    return sessions[-1]


def _open(path: Path, order: Order, settings: Settings) -> Write:
    """Return a function that writes one file."""
    if path.suffix.lower()[1:] in SOUNDS:
        from antiphon.synth.render import LONGEST_WAV

        synth = settings.synth
        write_sound = open_sound(path, str(synth.soundfont))

        def write(performance: Performance) -> list[Path]:
            messages = between(performance.messages(), order.start, order.end)
            if messages[-1][0] > LONGEST_WAV:
                raise UsageError(
                    f"{order.file} is longer than a sound file can be (6 h 45 min); choose a part "
                    "of it, --from and --to."
                )
            write_sound(messages, synth.gain)
            return [path]

        return write
    write_score = open_writer(path)
    return lambda performance: write_score(_score(performance, order))


def between(messages: Messages, start: float, end: float) -> Messages:
    """Return the messages of a part, from 0 on, as they sound.

    What was chosen before it, such as sounds and pedals, is sent at its beginning; notes that
    began before it are left out, and those that still sound at its end are ended there.
    """
    if start <= 0.0 and end == math.inf:
        return messages
    part: list[tuple[float, bytes]] = []
    sounding: dict[tuple[int, int], None] = {}
    for time, message in messages:
        kind, key = message[0] & 0xF0, (message[0] & 0x0F, message[1])
        strikes = kind == NOTE_ON and message[2] > 0
        if time >= end:
            break
        if kind in (NOTE_ON, NOTE_OFF):
            if strikes and time < start:
                continue
            if not strikes and key not in sounding:
                continue
            if strikes:
                sounding[key] = None
            else:
                del sounding[key]
        part.append((max(time - start, 0.0), message))
    part += [(end - start, bytes([NOTE_OFF | channel, key, 0])) for channel, key in sounding]
    if not part:
        raise UsageError(f"Nothing is played between {start:g} s and {end:g} s.")
    return part


def _score(performance: Performance, order: Order) -> Composition:
    """Return the notes of a part as a piece, with what the file tells of their notation."""
    pitched = performance.without_drums()
    notes = pitched.notes()
    notated = notated_by(pitched, notes)
    inside = (notes["onset"] >= order.start) & (notes["onset"] < order.end)
    if not inside.any():
        where = "" if order.end == math.inf else f" and before {order.end:g} s"
        raise UsageError(
            f"No note of {order.file} begins at {order.start:g} s or later{where}; there is "
            "nothing to write down."
        )
    hands = None if notated.hands is None else notated.hands[inside]
    title = performance.caption.title or order.file.stem if order.title is None else order.title
    pedals = pedal_spans([track.controls for track in pitched.tracks])
    return Composition(
        readable(title),
        notes[inside],
        empty_notes(),
        notated=replace(notated, hands=hands),
        pedals=tuple((down, up) for down, up in pedals if order.start <= down < order.end),
        caption=performance.caption,
        chords=_chords(performance, order) if order.chords else None,
    )


def _chords(performance: Performance, order: Order) -> Chords:
    """Return the chord symbols of a part that the file tells; the first may begin before it."""
    conductor = performance.conductor
    if conductor.clock is None:
        return ()
    told = [(conductor.clock.second_at(at.beat), at.symbol) for at in conductor.chords]
    before = [(order.start, symbol) for second, symbol in told if second <= order.start]
    return (*before[-1:], *(each for each in told if order.start < each[0] < order.end))
