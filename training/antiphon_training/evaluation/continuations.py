"""Continuations of held-out pieces, compared with what the piece did next.

The partner reads the beginning of a piece and continues it, with its usual rules and
temperatures and with random numbers that depend on the file's name alone. All times are
seconds: a codec of beats is tuned to the prompt, as on stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.evaluation import measures
from antiphon_training.evaluation.affinity import Prompt, affinity
from antiphon_training.evaluation.estimates import Estimate, estimates, mean_of
from antiphon_training.evaluation.excerpts import RECENT
from antiphon_training.evaluation.keys import estimated_key, key_agreement
from antiphon_training.harmony.keys import estimate_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from antiphon.music.note import NoteArray
    from antiphon_training.evaluation.excerpts import Excerpt
    from antiphon_training.evaluation.players import Player

OVERLAPS = ("pitch_classes", "inter_onsets", "durations")
"""Histograms, compared by their intersection."""
AGREEMENTS = (*OVERLAPS, "key")
"""Similarities: 1 is the same as the piece."""
AMOUNTS = ("density", "polyphony", "self_repetition", "copied")
"""Values, compared by their difference: 0 is the same as the piece."""


def compare(
    players: Mapping[str, Player], pieces: Sequence[Excerpt], takes: int = 1
) -> dict[str, dict[str, Estimate]]:
    """Return the measures of each player's continuations, as means over excerpts.

    Each player has the agreements with the piece, the amounts, and their differences
    (`NAME_off`), and `AFFINITIES`. What the pieces themselves have of these is
    added as `piece`. Of several takes, a measure of an excerpt is the mean.
    """
    known = [_Known.of(piece) for piece in pieces]
    found = {}
    for name, play in players.items():
        means = []
        for piece, about in zip(pieces, known, strict=True):
            played = (piece.within(play(piece.take(take))) for take in range(takes))
            means.append(mean_of(about.measured(notes, piece) for notes in played))
        found[name] = estimates(means)
    found["piece"] = estimates(about.truth for about in known)
    return found


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of an excerpt, for all players."""

    key: str
    prompt: Prompt
    truth: dict[str, float]

    @classmethod
    def of(cls, piece: Excerpt) -> Self:
        prompt = prompt_of(piece)
        return cls(estimated_key(piece.truth), prompt, own(piece.truth, piece, prompt))

    def measured(self, notes: NoteArray, piece: Excerpt) -> dict[str, float]:
        """Return all measures of some notes after the cut."""
        values = own(notes, piece, self.prompt)
        off = {f"{what}_off": abs(values[what] - self.truth[what]) for what in AMOUNTS}
        key = key_agreement(self.key, estimated_key(notes))
        return {**overlaps(notes, piece.truth), "key": key, **values, **off}


def own(notes: NoteArray, piece: Excerpt, prompt: Prompt) -> dict[str, float]:
    """Return what notes after the cut have by themselves, and beside the prompt."""
    values = amounts(notes, piece)
    return {**values, **affinity(notes, values["density"], prompt)}


def overlaps(notes: NoteArray, truth: NoteArray) -> dict[str, float]:
    """Return the intersection of each histogram, 0 to 1."""
    histograms = [
        (
            measures.pitch_classes(one),
            measures.spread(measures.inter_onsets(one)),
            measures.spread(one["duration"]),
        )
        for one in (notes, truth)
    ]
    pairs = zip(OVERLAPS, *histograms, strict=True)
    return {what: measures.overlap(one, other) for what, one, other in pairs}


def amounts(notes: NoteArray, piece: Excerpt) -> dict[str, float]:
    """Return the amounts of notes after the cut."""
    return {
        "density": measures.density(notes, piece.continued),
        "polyphony": measures.polyphony(notes, piece.cut + piece.continued),
        "self_repetition": measures.self_repetition(notes),
        "copied": measures.copied(notes, piece.heard),
    }


def prompt_of(piece: Excerpt) -> Prompt:
    """Return what was heard of an excerpt, its key as music21's profiles estimate it."""
    key = estimate_key(piece.heard)
    recent = piece.recent
    seconds = min(RECENT, piece.cut - float(piece.heard["onset"][0]))
    rate = measures.density(recent, seconds)
    return Prompt(piece.heard, recent, rate, piece.grid, () if key is None else key.triad)
