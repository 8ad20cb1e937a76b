"""Beginnings for `antiphon compose`: a random stretch of the training or validation pieces.

Entry points of `antiphon.seeds`. The folder of a training run says which corpora it has,
and which of their pieces were for validation; of a corpus alone, the instrument's card says
it. A corpus of which neither says it is split as the instrument's recipe says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.compose import Beginning
from antiphon.errors import TrainingError, UsageError
from antiphon.file_names import readable
from antiphon.wording import how_many
from antiphon_training.commands.seed_notation import in_bars
from antiphon_training.corpora.corpus import Reading, load_corpus
from antiphon_training.corpora.folder import MUSIC21
from antiphon_training.corpora.split import split_corpora
from antiphon_training.evaluation.unlearned import Learned
from antiphon_training.kinds.registry import CODECS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from antiphon.instrument import Card
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import Pedal
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Side, Split

STREAM_ROWS = 64
"""Rows that an instrument without a window of its own begins with, as on stage."""

VALID_SHARE = 0.02
"""The share of validation pieces where a recipe does not give it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus to choose a piece from.

    Attributes
    ----------
    name : Path or str
        As `load_corpus` takes it.
    learned : Learned
        What is known of the training on it.
    tracks, composers : sequence of str or None
        The tracks, and the composers, that are read.
    """

    name: Path | str
    learned: Learned
    tracks: Sequence[str] | None = None
    composers: Sequence[str] | None = None

    def on_side(self, side: Side, corpus: Corpus, split: Split) -> Sequence[int]:
        """Return the files of one side; by a split where it is not known which they are."""
        learned = self.learned
        if learned.learned_share:  # all of them were cut
            return [i for i in range(len(corpus.files)) if i not in split.heldout]
        if not learned.there or learned.not_learned is None:
            return tuple(getattr(split, side))
        left_out = set(learned.left_out(corpus))
        both = sorted((*split.train, *split.valid))
        return [i for i in both if (i in left_out) == (side == "valid")]

    def within(self, side: Side, notes: int) -> range:
        """Return the notes of a piece, of so many, that are on one side: all, or a part."""
        if not self.learned.learned_share:
            return range(notes)
        cut = self.learned.share_of(notes)
        return range(cut) if side == "train" else range(cut, notes)


def from_training(
    card: Card, codec: Codec, rng: np.random.Generator, *, corpus: str | None, run: Path | None
) -> Beginning:
    """Return a random stretch of the pieces that were trained on."""
    return _find("train", card, codec, rng, corpus, run)


def from_validation(
    card: Card, codec: Codec, rng: np.random.Generator, *, corpus: str | None, run: Path | None
) -> Beginning:
    """Return a random stretch of the validation pieces."""
    return _find("valid", card, codec, rng, corpus, run)


def _find(
    side: Side,
    card: Card,
    codec: Codec,
    rng: np.random.Generator,
    corpus: str | None,
    run: Path | None,
) -> Beginning:
    sources, share = _sources(card, corpus, run)
    rows = int(card.context.get("length", STREAM_ROWS))
    return _random_stretch(side, sources, share, codec, rows, rng)


def beginning_of_run(
    run: Path, side: Side, codec: Codec, rows: int, rng: np.random.Generator
) -> Beginning:
    """Return a random stretch of so many rows of the pieces on one side of a run.

    Raises
    ------
    AntiphonError
        The folder is no run, its corpora are no longer there, or the side has no piece.
    """
    sources, share = _of_run(run, None)
    return _random_stretch(side, sources, share, codec, rows, rng)


def _random_stretch(
    side: Side,
    sources: Sequence[Source],
    share: float,
    codec: Codec,
    rows: int,
    rng: np.random.Generator,
) -> Beginning:
    corpora = [
        load_corpus(
            each.name,
            Reading(each.tracks, codec.pedal, chord_symbols=codec.chord_symbols),
            composers=each.composers,
        )
        for each in sources
    ]
    pieces = [
        (one, index, part)
        for source, one, split in zip(sources, corpora, split_corpora(corpora, share), strict=True)
        for index in source.on_side(side, one, split)
        if (part := source.within(side, len(one.piece(index))))
    ]
    if not pieces:
        use = "training" if side == "train" else "validation"
        names = ", ".join(one.name for one in corpora)
        raise UsageError(f"No piece of {names} was used for {use}.")
    span = CODECS[codec.name].chord_seconds
    # Each stretch is equally likely, so a long piece is chosen more often.
    starts = [_places(one.piece(index), part, span) for one, index, part in pieces]
    many = np.array([max(len(each) - 1 - rows, 1) for each in starts], dtype=np.float64)
    chosen = int(rng.choice(len(pieces), p=many / many.sum()))
    first = int(rng.integers(int(many[chosen])))
    corpus, index, _ = pieces[chosen]
    return _stretch(corpus, index, starts[chosen][first : first + rows + 1], codec.pedal)


def _stretch(corpus: Corpus, index: int, places: Sequence[int], pedal: Pedal) -> Beginning:
    """Return the notes of some rows of a piece, moved to time 0 or into their first bar.

    `places` are the notes at which the rows begin, and the one after them.
    """
    stretch = corpus.piece(index)[places[0] : places[-1]]
    since = float(stretch["onset"][0])
    notes, notated = in_bars(corpus.folder / corpus.files[index], stretch, pedal)
    title = readable(corpus.titles[index] or Path(corpus.files[index]).stem)
    minutes, seconds = divmod(int(since), 60)
    sentence = (
        f"It begins with {how_many(len(notes), 'note')} of {corpus.name}/{corpus.files[index]}, "
        f"from {minutes}:{seconds:02d} on."
    )
    return Beginning(f"After {title}", notes, sentence, notated)


def _places(piece: NoteArray, part: range, span: float | None) -> list[int]:
    """Return the notes of a part at which a row begins, and the note after the part.

    Rows begin at every note, or at the first of each chord in `span` seconds.
    """
    if span is None:
        return [*part, part.stop]
    onsets = piece["onset"][part.start : part.stop]
    gaps = np.diff(onsets, prepend=-np.inf) > span
    return [*(part.start + int(place) for place in np.flatnonzero(gaps)), part.stop]


def _sources(card: Card, corpus: str | None, run: Path | None) -> tuple[list[Source], float]:
    """Return the corpora, and the share of validation pieces."""
    if run is not None:
        return _of_run(run, corpus)
    if corpus is None:
        raise UsageError(
            "An instrument does not contain the music it was trained on; say where that is, "
            "with --corpus FOLDER or --run DIR."
        )
    recipe = card.recipe.get("corpus")
    written: Mapping[str, Any] = recipe if isinstance(recipe, dict) else {}
    source = _named(corpus)
    name = source.name if isinstance(source, Path) else source
    if name not in {each.get("name") for each in card.corpus}:
        written = {"valid_share": written.get("valid_share", VALID_SHARE)}
    tracks = (written.get("tracks") or {}).get(name)
    share = float(written.get("valid_share", VALID_SHARE))
    learned = Learned.of(card, name)
    return [Source(source, learned, tracks, written.get("composers"))], share


def _of_run(run: Path, corpus: str | None) -> tuple[list[Source], float]:
    """Return the corpora of a training run; one may have been moved, to `corpus`."""
    # Not needed for a folder alone.
    from antiphon_training.fitting import run_folder
    from antiphon_training.recipe import read_recipe

    if not (run / run_folder.CORPUS).is_file():
        raise TrainingError(
            f"{run} is no training run: it has no {run_folder.CORPUS}; "
            "name the --out folder of `antiphon train`."
        )
    recipe = read_recipe(run / run_folder.RECIPE).corpus
    moved = None if corpus is None else _named(corpus)
    sources = []
    for entry in run_folder.read_json(run / run_folder.CORPUS):
        name, folder = entry["name"], Path(entry["folder"])
        place: Path | str = name if name.startswith(MUSIC21) else folder
        if isinstance(moved, Path) and moved.name == name:
            place = moved
        elif isinstance(place, Path) and not place.is_dir():
            raise TrainingError(
                f"The corpus {name} of {run} is no longer in {folder}; "
                f"say where it is now, with --corpus .../{name}."
            )
        learned = Learned.of_run(run, name)
        sources.append(Source(place, learned, entry["tracks"], recipe.composers))
    return sources, recipe.valid_share


def _named(corpus: str) -> Path | str:
    """Return a corpus as `load_corpus` takes it: the name of a collection, or a folder."""
    return corpus if corpus.startswith(MUSIC21) else Path(corpus).resolve()
