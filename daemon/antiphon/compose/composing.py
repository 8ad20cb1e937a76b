"""Compose: find a beginning, continue it, write the files. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.compose.beginning import find_beginning
from antiphon.compose.continuing import continuation, counted
from antiphon.compose.in_time import beats_after, going_on, placed, steady
from antiphon.compose.piece import Composition
from antiphon.compose.temperatures import with_temperatures
from antiphon.compose.writers import check_length, check_out, open_writer, tell_pages
from antiphon.errors import UsageError
from antiphon.file_names import readable
from antiphon.instrument import Predictor
from antiphon.music.files.notated import Notated
from antiphon.music.note import empty_notes, notes_to_array
from antiphon.music.pedal import no_controls, pedal_spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.compose.continuing import Progress
    from antiphon.music.note import NoteArray
    from antiphon.sections import Settings

SECONDS = 30.0
"""Seconds that are added by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to compose, and where to write it.

    Attributes
    ----------
    seed_from : str
        A MIDI file, or the name of a finder of beginnings: see `find_beginning`.
    out : tuple of Path
        The files to write; the suffix of each names its format.
    seconds, notes : float or None, int or None
        How much is added: one of the two, or `SECONDS`. An instrument of words counts
        words as notes.
    temperature : tuple of str
        See `with_temperatures`.
    added_only : bool
        Whether the files leave the beginning out.
    corpus, run : str or None, Path or None
        A corpus and a training run to take the beginning from: see `find_beginning`.
    title : str or None
        The title of a score; by default that of the beginning.
    chords : bool
        Whether a score has the chord symbols of its notes.
    """

    seed_from: str
    out: tuple[Path, ...]
    seconds: float | None = None
    notes: int | None = None
    temperature: tuple[str, ...] = ()
    added_only: bool = False
    corpus: str | None = None
    run: Path | None = None
    title: str | None = None
    chords: bool = False

    def __post_init__(self) -> None:
        """Refuse options that do not fit together.

        Raises
        ------
        UsageError
            Two lengths are given, or the same file twice.
        """
        if self.seconds is not None and self.notes is not None:
            raise UsageError("--notes and --seconds both say how much to add; give one of them.")
        check_out(self.out)


def compose(
    wish: Wish,
    settings: Settings,
    *,
    say: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Composition:
    """Compose a piece and write it.

    Parameters
    ----------
    wish : Wish
        What to compose, and where to write it.
    settings : Settings
        Instrument, temperatures, sounds and seed.
    say : callable
        Shows a sentence to the user.
    progress : callable, optional
        As for `continuation`.

    Raises
    ------
    AntiphonError
        Something cannot be read, found or written. A program that a writer lacks is
        noticed before anything is composed.
    """
    soundfont = str(settings.synth.soundfont)
    writers = [open_writer(path, soundfont) for path in wish.out]
    predictor = Predictor(settings.instrument.file)
    limits = with_temperatures(settings.partner, wish.temperature, predictor.codec.fields)
    seed = settings.partner.seed_number()
    beginning = find_beginning(
        wish.seed_from, predictor.card, predictor.codec, np.random.default_rng([seed, 1]),
        corpus=wish.corpus, run=wish.run,
    )  # fmt: skip
    if not wish.added_only:
        check_length(wish.out, wish.seed_from, beginning.notes)
    if beginning.told:
        say(beginning.told)
    seconds = SECONDS if wish.seconds is None and wish.notes is None else wish.seconds
    given, written = beginning.notes, beginning.written
    notated = going_on(beginning.notated, given)
    added = notes_to_array(
        continuation(
            predictor,
            steady(given, notated),
            limits,
            seed,
            form=settings.form,
            groove=settings.groove,
            beats=beats_after(notated, given),
            seconds=seconds,
            count=wish.notes,
            progress=progress,
            memory=settings.memory,
        )
    )
    if wish.notes is not None and counted(predictor.codec) == "word":
        say(f"--notes counts words, each a note or a chord: {len(added):,} notes were added.")
    added = placed(added, notated, given, settings.groove)
    if wish.added_only:
        written, added, notated = empty_notes(), *_alone(added, notated)
    synth, pedals = settings.synth, no_controls() if wish.added_only else beginning.pedals
    title, caption = beginning.title, beginning.caption
    if wish.title is not None:
        title = readable(wish.title)
        caption = replace(caption, title=title)
    piece = Composition(
        title,
        written,
        added,
        (synth.wire_player_program, synth.wire_partner_program),
        (0, settings.midi.written_channel),
        synth.gain,
        notated,
        pedals=pedal_spans([pedals]),
        controls=pedals,
        caption=caption,
        chords=() if wish.chords else None,
    )
    tell_pages([file for write in writers for file in write(piece)], wish.out, say)
    return piece


def _alone(added: NoteArray, notated: Notated) -> tuple[NoteArray, Notated]:
    """Return added notes that begin a piece: at 0, or in the bar where they begin, if told."""
    if not len(added):
        return added, Notated()
    first = float(added["onset"][0])
    if notated.clock is not None:
        line = notated.bar_line(first)
        first, notated = notated.clock.second_at(line), notated.since(line)
    added["onset"] = np.maximum(added["onset"] - first, 0.0)
    return added, replace(notated, hands=None)
