"""The pieces of a run: those to train on, those for validation, and what each teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.fitting.fine_tuning import TRAIN_SHARE
from antiphon_training.kinds.setup import Pieces
from antiphon_training.sequences.stretches import Lesson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Split
    from antiphon_training.recipe_sections import CorpusRecipe

VELOCITY = "velocity"


def split_pieces(
    recipe: CorpusRecipe, corpora: Sequence[Corpus], splits: Sequence[Split]
) -> Pieces:
    """Return whole pieces, each on one side.

    Validation is on pieces that teach every field, where there are any, so that its loss
    is a mean over the same notes for each field.
    """
    train = list(_of_side(corpora, [split.train for split in splits]))
    validation = list(_of_side(corpora, [split.valid for split in splits]))
    complete = [piece for name, piece in validation if not lesson(name, piece, recipe).untaught]
    return Pieces(
        [piece for _, piece in train],
        complete or [piece for _, piece in validation],
        [lesson(name, piece, recipe) for name, piece in train],
    )


def cut_pieces(corpora: Sequence[Corpus], splits: Sequence[Split]) -> Pieces:
    """Return the beginning of each piece to train on, and its end for validation.

    It is for sessions, which an instrument is fine-tuned on: they are few and long.
    """
    sides = ([split.train for split in splits], [split.valid for split in splits])
    pieces = [piece for side in sides for _, piece in _of_side(corpora, side)]
    cuts = [int(len(piece) * TRAIN_SHARE) for piece in pieces]
    return Pieces(
        [piece[:cut] for piece, cut in zip(pieces, cuts, strict=True) if cut],
        [piece[cut:] for piece, cut in zip(pieces, cuts, strict=True) if cut < len(piece)],
    )


def lesson(corpus: str, piece: NoteArray, recipe: CorpusRecipe) -> Lesson:
    """Return what a piece of the corpus of this name teaches, by the recipe.

    A piece whose velocities hardly differ, as on a roll without dynamics, does not teach
    velocity: see `flat_velocity` of a recipe.
    """
    untaught = set(recipe.untaught.get(corpus, ()))
    if len(piece) and float(piece["velocity"].std()) < recipe.flat_velocity:
        untaught.add(VELOCITY)
    return Lesson(recipe.weight.get(corpus, 1.0), frozenset(untaught))


def _of_side(
    corpora: Sequence[Corpus], chosen: Sequence[Sequence[int]]
) -> Iterator[tuple[str, NoteArray]]:
    """Yield the name of its corpus, and its notes, of each chosen piece."""
    for corpus, indices in zip(corpora, chosen, strict=True):
        for index in indices:
            yield corpus.name, corpus.piece(index)
