"""Continuations of held-out pieces, compared with what the piece did next.

The partner reads the first `GIVEN` seconds of a piece and continues it for `CONTINUED`
seconds, with its usual rules and temperatures and with random numbers that depend on the
file's name alone. All times are seconds: a codec of beats is tuned to the prompt, as on
stage.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from antiphon.music.note import NoteArray, notes_to_array
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.reading import place_after
from antiphon.partner.settings import PartnerSettings
from antiphon_training.evaluation import measures
from antiphon_training.evaluation.keys import estimated_key, key_agreement
from antiphon_training.evaluation.ngram_instrument import NGramInstrument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.predictor import NextNote

GIVEN = 20.0
CONTINUED = 20.0
FEWEST_NOTES = 8
"""Excerpts with fewer notes before or after the cut are left out."""

OVERLAPS = ("pitch_classes", "inter_onsets", "durations")
"""Histograms, compared by their intersection."""
AGREEMENTS = (*OVERLAPS, "key")
"""Similarities: 1 is the same as the piece."""
AMOUNTS = ("density", "polyphony", "self_repetition", "copied")
"""Values, compared by their difference: 0 is the same as the piece."""


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a piece, cut in two.

    Attributes
    ----------
    file : str
        The file; the random numbers depend on its name.
    given : NoteArray
        The notes before the cut; those that still sound then are held (NaN).
    heard : NoteArray
        The same with all durations, for the measures.
    truth : NoteArray
        The notes of the piece after the cut.
    cut : float
        The time of the cut, in seconds.
    """

    file: str
    given: NoteArray
    heard: NoteArray
    truth: NoteArray
    cut: float


class Player(Protocol):
    """A function that continues an excerpt."""

    def __call__(self, piece: Excerpt) -> NoteArray:
        """Return sorted notes that begin at the cut of an excerpt or later."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over excerpts, and its standard error (None for less than two)."""

    mean: float
    error: float | None


def excerpt(file: str, notes: NoteArray) -> Excerpt | None:
    """Return the excerpt of a piece in seconds; None where it is too short or too empty."""
    if not len(notes):
        return None
    cut = float(notes["onset"][0]) + GIVEN
    heard = notes[notes["onset"] < cut]
    truth = notes[(notes["onset"] >= cut) & (notes["onset"] < cut + CONTINUED)]
    over = float((notes["onset"] + notes["duration"]).max()) < cut + CONTINUED
    if over or min(len(heard), len(truth)) < FEWEST_NOTES:
        return None
    given = heard.copy()
    given["duration"][heard["onset"] + heard["duration"] > cut] = np.nan
    return Excerpt(file, given, heard, truth, cut)


def player(instrument: NextNote, codec: Codec) -> Player:
    """Return the player that continues as the partner does with an instrument."""
    free = PartnerSettings().longest_gap
    limits = PartnerSettings(shortest=CONTINUED, longest=CONTINUED, first_note_within=free)
    improviser = improviser_for(instrument, codec, limits)

    def play(piece: Excerpt) -> NoteArray:
        tuned, place = place_after(improviser, piece.given, Cue())
        rng = np.random.default_rng(seed_of(piece.file))
        line = Line(tuned, place, piece.cut, CONTINUED, rng)
        while not line.finished:
            line.draw(-math.inf)  # no clock runs: every onset is early enough
        return notes_to_array(line.take())

    return play


def imitator(codec: Codec) -> Player:
    """Return the player that continues with an n-gram of the prompt alone."""

    def play(piece: Excerpt) -> NoteArray:
        notes = piece.heard.copy()
        notes["duration"] = np.minimum(notes["duration"], piece.cut - notes["onset"])
        rows = codec.tuned(notes).encode(notes)
        return player(NGramInstrument.learn(codec, [rows]), codec)(piece)

    return play


def repeated(piece: Excerpt) -> NoteArray:
    """Return the prompt again, from the cut on."""
    notes = piece.heard.copy()
    notes["onset"] += piece.cut - notes["onset"][0]
    return notes


def compare(
    players: Mapping[str, Player], pieces: Sequence[Excerpt]
) -> dict[str, dict[str, Estimate]]:
    """Return the measures of each player's continuations, as means over excerpts.

    Each player has the agreements with the piece, the amounts, and their differences
    (`NAME_off`). The amounts of the pieces themselves are added as `piece`.
    """
    keys = {piece.file: estimated_key(piece.truth) for piece in pieces}
    truths = {piece.file: amounts(piece.truth, piece) for piece in pieces}
    found = {}
    for name, play in players.items():
        rows = []
        for piece in pieces:
            notes = _within(play(piece), piece.cut)
            own = amounts(notes, piece)
            off = {f"{what}_off": abs(own[what] - truths[piece.file][what]) for what in AMOUNTS}
            key = key_agreement(keys[piece.file], estimated_key(notes))
            rows.append({**overlaps(notes, piece.truth), "key": key, **own, **off})
        found[name] = estimates(rows)
    found["piece"] = estimates(truths.values())
    return found


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
        "density": measures.density(notes, CONTINUED),
        "polyphony": measures.polyphony(notes, piece.cut + CONTINUED),
        "self_repetition": measures.self_repetition(notes),
        "copied": measures.copied(notes, piece.heard),
    }


def estimates(rows: Iterable[dict[str, float]]) -> dict[str, Estimate]:
    """Return the mean of each number over rows, and its standard error."""
    rows = list(rows)
    found = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        error = values.std(ddof=1) / math.sqrt(len(values)) if len(values) > 1 else None
        found[name] = Estimate(float(values.mean()), None if error is None else float(error))
    return found


def seed_of(file: str) -> int:
    """Return the seed of a file's random numbers: the same on every machine."""
    digest = hashlib.blake2b(file.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _within(notes: NoteArray, cut: float) -> NoteArray:
    """Return the notes that begin within `CONTINUED` seconds of the cut."""
    return notes[(notes["onset"] >= cut) & (notes["onset"] < cut + CONTINUED)]
