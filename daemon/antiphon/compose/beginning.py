"""The beginning of a composition: a MIDI file, or a stretch of a corpus. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from antiphon.compose import extras
from antiphon.errors import UsageError
from antiphon.file_names import readable
from antiphon.music.files.captions import Caption
from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import LEAD_IN, read_performance
from antiphon.music.files.telling import notated_by
from antiphon.music.note import NoteArray
from antiphon.music.pedal import ControlArray, lifted, no_controls

if TYPE_CHECKING:
    from antiphon.instrument import Card
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.pedal import Pedal


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """The notes that are continued.

    Attributes
    ----------
    title : str
        Name of the piece or file that they come from.
    notes : array of NOTE_DTYPE
        Sorted by onset; the first begins at 0 or later.
    told : str
        A sentence that says where they were found; empty for a file.
    notated : Notated
        What is told of their notation.
    keys : array of NOTE_DTYPE, or None
        The same notes, held as long as their keys, where the pedals are told beside them.
    pedals : array of CONTROL_DTYPE
        The pedals of the notes, in order of time; all are up in the end.
    caption : Caption
        Title, composer and other texts.
    """

    title: str
    notes: NoteArray
    told: str = ""
    notated: Notated = field(default_factory=Notated)
    keys: NoteArray | None = None
    pedals: ControlArray = field(default_factory=no_controls)
    caption: Caption = field(default_factory=Caption)

    @property
    def written(self) -> NoteArray:
        """The notes as they are written beside their pedals."""
        return self.notes if self.keys is None else self.keys


class Finder(Protocol):
    """Finds a beginning in a corpus: what an entry point of `extras.SEEDS` is."""

    def __call__(
        self,
        card: Card,
        codec: Codec,
        rng: np.random.Generator,
        *,
        corpus: str | None,
        run: Path | None,
    ) -> Beginning:
        """Return a random stretch, as long as the instrument looks back.

        Parameters
        ----------
        card, codec
            Those of the instrument that continues it.
        rng : Generator
            Makes the random choice.
        corpus : str, optional
            A folder, or another name of a corpus.
        run : Path, optional
            The folder of a training run, which tells its corpora and their split.
        """


def find_beginning(
    source: str,
    card: Card,
    codec: Codec,
    rng: np.random.Generator,
    *,
    corpus: str | None = None,
    run: Path | None = None,
) -> Beginning:
    """Return the beginning that `source` names.

    Parameters
    ----------
    source : str
        A MIDI file, or the name of a finder: "corpus", "validation".
    card, codec, rng, corpus, run
        As for a `Finder`.

    Raises
    ------
    AntiphonError
        The file cannot be read, or nothing is found.
    """
    if source not in extras.names(extras.SEEDS):
        if corpus is not None or run is not None:
            raise UsageError(
                f"--corpus and --run are for --seed-from {' or '.join(extras.names(extras.SEEDS))},"
                " not for a file."
            )
        return read_beginning(Path(source), codec.pedal)
    finder: Finder | None = extras.load(extras.SEEDS, source, "to begin with music of a corpus")
    if finder is None:  # taken out since it was listed
        raise UsageError(f"There is no {source} to begin with.")
    return finder(card, codec, rng, corpus=corpus, run=run)


def read_beginning(path: Path, pedal: Pedal) -> Beginning:
    """Return the notes of a file, without a long silence before them.

    Where the file tells its bars, whole bars of silence are left out.

    Raises
    ------
    MidiFileError
        The file cannot be read.
    """
    performance = read_performance(path)
    notes, keys, pedals = performance.notes(pedal), performance.notes(), performance.pedals()
    notated = notated_by(performance, keys)
    first = float(notes["onset"][0])
    if pedals is None:
        keys, pedals = notes, no_controls()
    pedals = lifted(pedals, float((keys["onset"] + keys["duration"]).max()))
    if first > LEAD_IN:
        if notated.clock is not None:
            line = notated.bar_line(first)
            first = notated.clock.second_at(line)
            notated = notated.since(line)
        # A note may be a little early in its bar.
        for each, when in ((notes, "onset"), (keys, "onset"), (pedals, "time")):
            each[when] = np.maximum(each[when] - first, 0.0)
    caption = performance.caption
    title = caption.title or readable(path.stem)
    return Beginning(title, notes, notated=notated, keys=keys, pedals=pedals, caption=caption)
