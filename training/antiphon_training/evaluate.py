"""How well an instrument foretells music it never heard, in nats a note.

The .onnx itself is evaluated, through the scoring that the live side carries.
Each piece is read whole, from a state of zeros and the codec's start row; its
first `UNCOUNTED_NOTES` notes are read but not counted. Figures are means over
all counted notes of all pieces. Lower is better; `antiphon evaluate` and the
card's held-out figures come from here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - typer reads it when the program runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from antiphon.errors import CorpusError, UsageError
from antiphon.instrument import UNCOUNTED_NOTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument import Card, Predictor
    from antiphon.music.performance import PerformanceCodec
    from antiphon_training.corpora.corpus import Defect

HELDOUT_LIST = "heldout.txt"
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What an evaluation found.

    Attributes
    ----------
    nats : dict of str to float
        Nats a note by field, and their `total`.
    notes, files : int
        How many were counted.
    """

    nats: dict[str, float]
    notes: int
    files: int

    def as_dict(self) -> dict[str, Any]:
        """Return them as JSON values, rounded, as a card keeps them."""
        return {
            "nats": {name: round(value, DECIMALS) for name, value in self.nats.items()},
            "notes": self.notes,
            "files": self.files,
        }


def figures(predictor: Predictor, pieces: Sequence[NDArray[np.int32]]) -> Figures:
    """Return how well an instrument foretells pieces of classes, (notes, fields) each.

    Raises
    ------
    CorpusError
        No piece is longer than `UNCOUNTED_NOTES`.
    """
    import numpy as np

    scores = predictor.score(pieces)
    counted = [score.nats[UNCOUNTED_NOTES:] for score in scores]
    counted = [nats for nats in counted if len(nats)]
    if not counted:
        raise CorpusError(
            f"No piece is longer than the {UNCOUNTED_NOTES} notes that are not counted; "
            "name longer ones."
        )
    means = np.concatenate(counted).mean(axis=0, dtype=np.float64)
    nats = dict(zip(predictor.codec.fields, map(float, means), strict=True))
    nats["total"] = float(means.sum())
    return Figures(nats, sum(map(len, counted)), len(counted))


def read_pieces(
    folder: Path, files: Sequence[str], codec: PerformanceCodec, tracks: Sequence[str] | None = None
) -> tuple[list[NDArray[np.int32]], list[Defect]]:
    """Return the classes of files of a folder, and the files that cannot be read."""
    from antiphon_training.corpora.corpus import Defect, read_notes

    pieces, defects = [], []
    for file in files:
        try:
            pieces.append(codec.encode(read_notes(folder / file, tracks, codec.pedal)))
        except CorpusError as error:
            defects.append(Defect(file, str(error)))
    return pieces, defects


def chosen_files(folder: Path, heldout: Path | None) -> list[str]:
    """Return the relative paths to evaluate: those listed, or all where nothing is listed.

    Raises
    ------
    CorpusError
        The folder or the list does not exist, or names no file that is there.
    """
    from antiphon_training.corpora.corpus import SUFFIXES

    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}; name a folder of MIDI files.")
    listed = heldout or folder / HELDOUT_LIST
    if listed.is_file():
        lines = listed.read_text(encoding="utf-8").splitlines()
        files = [line.strip() for line in lines if line.strip()]
    elif heldout:
        raise CorpusError(f"There is no list {heldout}; name a file with one path a line.")
    else:
        found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        files = sorted(path.relative_to(folder).as_posix() for path in found)
    missing = [file for file in files if not (folder / file).is_file()]
    if missing or not files:
        lacks = missing[0] if missing else "any .mid file"
        raise CorpusError(f"{folder} does not hold {lacks}; name the folder that the list is of.")
    return files


def tracks_of(card: Card, corpus: str) -> list[str] | None:
    """Return the tracks that an instrument learned from in a corpus of this name."""
    for entry in card.corpus:
        if entry.get("name") == corpus and entry.get("tracks"):
            return list(entry["tracks"])
    return None


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="The instrument.")],
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="A folder of MIDI files.")],
    heldout: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Files to read, one path a line; CORPUS/heldout.txt."),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Tracks to read; by default as the card says."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Processor cores to use.")] = 1,
) -> None:
    """Measure how well an instrument foretells pieces, in nats a note."""
    from antiphon.instrument import Predictor

    if file.is_dir():
        raise UsageError(f"{file} is a folder; name an .onnx file (`antiphon export` writes one).")
    predictor = Predictor(file, threads)
    name = corpus.resolve().name
    tracks = track or tracks_of(predictor.card, name)
    files = chosen_files(corpus, heldout)
    pieces, defects = read_pieces(corpus, files, predictor.codec, tracks)
    for defect in defects:
        typer.echo(f"antiphon: left out: {defect.reason}", err=True)
    found = figures(predictor, pieces)
    if as_json:
        told = {"instrument": predictor.card.name, "corpus": name, **found.as_dict()}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for field, nats in found.nats.items():
        typer.echo(f"{field:10}{nats:8.3f} nats a note")
    typer.echo(f"{'counted':10}{found.notes:8} notes of {found.files} pieces")
