"""What each piece of a run teaches, by the recipe and by the piece itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.sequences.stretches import Lesson

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon_training.recipe_sections import CorpusRecipe

VELOCITY = "velocity"


def lesson(corpus: str, piece: NoteArray, recipe: CorpusRecipe) -> Lesson:
    """Return what a piece of the corpus of this name teaches.

    A piece whose velocities hardly differ, as on a roll without dynamics, does not teach
    velocity: see `flat_velocity` of a recipe.
    """
    untaught = set(recipe.untaught.get(corpus, ()))
    if len(piece) and float(piece["velocity"].std()) < recipe.flat_velocity:
        untaught.add(VELOCITY)
    return Lesson(recipe.weight.get(corpus, 1.0), frozenset(untaught))
