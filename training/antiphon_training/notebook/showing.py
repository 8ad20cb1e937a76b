"""Pictures, sound and sheet music in a notebook. Times are seconds."""

from __future__ import annotations

import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import AntiphonError, UsageError
from antiphon_training.notebook.music import Music, Table, notes_of, notes_to_midi, parts_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus

FIRST_SECONDS = 30.0
WHITE = 0.99
"""From here on a dot of a page is blank, of 1."""
MARGIN = 40
"""Dots that stay blank below the music."""
NOTEBOOK_RATE = 22_050
"""Frames a second in a notebook, which keeps each second of sound as 59 kB."""


def plot_piano_roll(
    notes: Music,
    count: int | None = None,
    *,
    start: float | None = None,
    end: float | None = None,
    title: str = "",
) -> Figure:
    """Return a piano roll: pitch over time, soft notes paler.

    Parameters
    ----------
    notes : DataFrame, array of NOTE_DTYPE, path, or mapping
        In seconds. Each track of a MIDI file, and each part of a mapping, has a colour.
    count : int, optional
        How many notes of each part are drawn, from the first on.
    start, end : float, optional
        Seconds; the whole music when not given.
    title : str
        Written above.
    """
    from antiphon_training.plots.piano_roll import Track, piano_roll, read_tracks

    if isinstance(notes, (str, Path)):
        tracks = read_tracks(Path(notes))
    else:
        tracks = [Track(name, part) for name, part in parts_of(notes).items()]
    chosen = [Track(track.name, track.notes[:count]) for track in tracks]
    return piano_roll(chosen, title, start=start, end=end)


def plot_distributions(corpus: Corpus) -> Figure:
    """Return the distributions of pitch, step, duration and velocity of a corpus."""
    from antiphon_training.plots.distributions import fields

    return fields(corpus)


def plot_chords(corpus: Corpus, min_count: int = 10) -> Figure:
    """Return how often the chords of a corpus occur, with and without rare ones.

    Chords that occur fewer than `min_count` times are rare.
    """
    from antiphon_training.plots.corpus import chords

    return chords(corpus, min_count)


def plot_composers(corpus: Corpus) -> Figure:
    """Return how much music of each composer a corpus has."""
    from antiphon_training.plots.distributions import composers

    return composers(corpus)


def history(run: Path | str) -> Table:
    """Return the losses of a run: a row a part of an epoch, a column a measure.

    `val_` is validation. The index is the epochs done: 1, 2 ... where an epoch has one part,
    fractions where it has several.

    Raises
    ------
    TrainingError
        The folder has no log.
    """
    import pandas as pd

    from antiphon_training.plots.curves import read_curves

    curves = read_curves(Path(run))
    return pd.DataFrame(dict(curves.columns), index=pd.Index(curves.epochs, name="epoch"))


def plot_history(*runs: Path | str) -> Figure:
    """Return the curves of the losses of one run, or of several to compare."""
    from antiphon_training.plots.curves import read_curves, training_curves

    return training_curves([read_curves(Path(run)) for run in runs])


def render_audio(
    notes: Music, seconds: float | None = FIRST_SECONDS, sample_rate: int = 44_100
) -> tuple[NDArray[np.int16], int]:
    """Return the sound of notes, by FluidSynth.

    Parameters
    ----------
    notes : DataFrame, array of NOTE_DTYPE, path, or mapping
        In seconds. A MIDI file has the sounds that it chooses, drums too; all else is a piano.
    seconds : float or None
        How much is rendered: of a MIDI file from its start, of all else from its first note.
        None renders all, and two seconds for the end of the sound.
    sample_rate : int
        Frames a second, 8,000 to 96,000.

    Returns
    -------
    int16 array, shape (frames, 2)
        Left and right.
    int
        The sample rate.

    Raises
    ------
    SynthError
        There is no FluidSynth, or no SoundFont.
    """
    from antiphon.compose.rendering import between
    from antiphon.music.files.reading import read_performance
    from antiphon.synth import find_soundfont, render_messages_to_wav

    if seconds is not None and not seconds > 0.0:
        raise UsageError(f"seconds must be above 0, not {seconds:g}.")
    soundfont = find_soundfont(None)
    end = np.inf if seconds is None else seconds
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
        mid, wav = Path(folder) / "notes.mid", Path(folder) / "notes.wav"
        if _is_midi(notes):
            mid = Path(notes)
        else:
            notes_to_midi(_from_zero(parts_of(notes)), mid)
        messages = between(read_performance(mid, drums=True).messages(), 0.0, end)
        render_messages_to_wav(messages, wav, soundfont, sample_rate=sample_rate)
        with wave.open(str(wav), "rb") as file:
            most = file.getnframes() if seconds is None else round(seconds * sample_rate)
            frames = np.frombuffer(file.readframes(most), dtype="<i2").reshape(-1, 2)
    return frames.astype(np.int16), sample_rate


def display_audio(
    notes: Music, seconds: float | None = FIRST_SECONDS, sample_rate: int = NOTEBOOK_RATE
) -> Any:
    """Return a player for a notebook, `IPython.display.Audio`; see `render_audio`.

    It is mono, because a notebook keeps every sample.
    """
    show = _ipython()
    samples, rate = render_audio(notes, seconds, sample_rate)
    return show.Audio(samples.mean(axis=1), rate=rate)


def sheet_music(notes: Music, title: str = "", *, page: int = 1) -> Any:
    """Return a page of sheet music for a notebook, `IPython.display.Image`.

    Parameters
    ----------
    notes : DataFrame, array of NOTE_DTYPE, path, or mapping
        In seconds. A MIDI file keeps the metre, key and hands that it tells. Of a mapping of
        two parts, the score marks where the second begins.
    title : str
        Written above.
    page : int
        Which page, from 1.

    Raises
    ------
    AntiphonError
        Neither MuseScore nor LilyPond is installed, or there is no such page.
    """
    from antiphon.compose import Composition, Order, render
    from antiphon.music.note import empty_notes
    from antiphon.sections import Settings
    from antiphon_training.notation.writing import write_engraved

    show = _ipython()
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
        out = Path(folder) / "page.png"
        if _is_midi(notes):
            render(Order(file=Path(notes), out=(out,), title=title or None), Settings())
        else:
            parts = list(parts_of(notes).values())
            given, added = parts if len(parts) == 2 else (notes_of(notes), empty_notes())
            write_engraved(out)(Composition(title, given, added))
        pages = sorted(out.parent.glob("*.png"), key=lambda file: (len(file.name), file.name))
        if not 1 <= page <= len(pages):
            raise UsageError(f"There is no page {page}: the number of pages is {len(pages)}.")
        _cut_below(pages[page - 1])
        return show.Image(data=pages[page - 1].read_bytes())


def _from_zero(parts: dict[str, NoteArray]) -> dict[str, NoteArray]:
    """Return parts whose first note begins at 0."""
    first = min((float(part["onset"].min()) for part in parts.values() if len(part)), default=0.0)
    moved = {name: part.copy() for name, part in parts.items()}
    for part in moved.values():
        part["onset"] -= first
    return moved


def _cut_below(page: Path) -> None:
    """Leave out what is blank below the music of a picture."""
    from matplotlib import image

    dots = image.imread(page)
    inked = np.flatnonzero((dots[..., :3] < WHITE).any(axis=(1, 2)))
    if len(inked):
        image.imsave(page, dots[: inked[-1] + MARGIN])


def _is_midi(notes: Music) -> bool:
    from antiphon_training.corpora.reading import MIDI_SUFFIXES

    return isinstance(notes, (str, Path)) and Path(notes).suffix.lower() in MIDI_SUFFIXES


def _ipython() -> Any:
    """Return `IPython.display`, which Jupyter brings."""
    try:
        from IPython import display
    except ModuleNotFoundError as error:
        raise AntiphonError(
            "This is for a notebook, and needs IPython: install Jupyter."
        ) from error
    return display
