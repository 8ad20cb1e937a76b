"""Answers to plain phrases, played through the stage, and how they go with the phrase.

Each phrase is a session of its own: it is played, and then nothing. Times are seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from antiphon.partner.line.tuning import tuned_to
from antiphon_training.evaluation import measures
from antiphon_training.evaluation.affinity import Prompt, affinity
from antiphon_training.evaluation.estimates import Estimate, estimates, mean_of
from antiphon_training.evaluation.excerpts import seed_of
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.sessions import as_heard, session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon.partner import PartnerSections
    from antiphon.partner.line.predictor import NextNote
    from antiphon_training.evaluation.phrases import PlainPhrase

LISTENED = 40.0
"""Seconds after the phrase in which an answer ends."""


class Answerer(Protocol):
    """A function that answers a phrase."""

    def __call__(self, phrase: PlainPhrase, take: int) -> NoteArray:
        """Return the sorted notes of one take of an answer."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The measures of one answerer.

    Attributes
    ----------
    whole : dict of str to Estimate
        Over all phrases.
    kinds : dict of str to dict of str to Estimate
        Over the phrases of each kind.
    after : float or None
        The median time from the end of a phrase, when its last key comes up, to the first
        note of its answer; None where nothing was answered.
    unanswered : int
        How many answers there were not.
    """

    whole: dict[str, Estimate]
    kinds: dict[str, dict[str, Estimate]]
    after: float | None
    unanswered: int


def answerer(
    instrument: NextNote, codec: Codec, sections: PartnerSections | None = None
) -> Answerer:
    """Return what answers as the partner does on its stage, with an instrument."""

    def play(phrase: PlainPhrase, take: int) -> NoteArray:
        seed = seed_of(f"{phrase.name}:{take}")
        until = phrase.end + LISTENED
        heard = as_heard(phrase.notes)
        notes = session(instrument, codec, heard, until, sections=sections, seed=seed).notes
        answer: NoteArray = notes[notes["onset"] > phrase.notes["onset"][-1]]
        return answer

    return play


def phrase_imitator(codec: Codec, sections: PartnerSections | None = None) -> Answerer:
    """Return what answers with an n-gram of the phrase alone."""

    def answer(phrase: PlainPhrase, take: int) -> NoteArray:
        ngram = NGramInstrument.learn(codec, [tuned_to(codec, phrase.notes).encode(phrase.notes)])
        return answerer(ngram, codec, sections)(phrase, take)

    return answer


def phrase_again(phrase: PlainPhrase, take: int) -> NoteArray:
    """Return the phrase again, on a bar of its own."""
    del take
    bar = phrase.metre * (phrase.beat or 0.5)
    notes = phrase.notes.copy()
    notes["onset"] += bar * math.ceil(phrase.end / bar)
    return notes


def phrase_itself(phrase: PlainPhrase, take: int) -> NoteArray:
    """Return the phrase, for its own figures."""
    del take
    return phrase.notes


def compare_answers(
    answerers: Mapping[str, Answerer], phrases: Sequence[PlainPhrase], takes: int = 1
) -> dict[str, Answers]:
    """Return the measures of each answerer's answers, as means over phrases and takes."""
    return {name: _answers(play, phrases, takes) for name, play in answerers.items()}


def _answers(play: Answerer, phrases: Sequence[PlainPhrase], takes: int) -> Answers:
    rows: list[dict[str, float]] = []
    late: list[float] = []
    for phrase in phrases:
        played = [notes for take in range(takes) if len(notes := play(phrase, take))]
        prompt = prompt_of(phrase)
        rows.append(mean_of(affinity(n, measures.pace(n), prompt) for n in played))
        late += [float(notes["onset"][0]) - phrase.end for notes in played]
    kinds = {phrase.kind: None for phrase in phrases}
    return Answers(
        whole=estimates(rows),
        kinds={
            kind: estimates(
                row for row, phrase in zip(rows, phrases, strict=True) if phrase.kind == kind
            )
            for kind in kinds
        },
        after=float(np.median(late)) if late else None,
        unanswered=takes * len(phrases) - len(late),
    )


def prompt_of(phrase: PlainPhrase) -> Prompt:
    """Return what was heard of a phrase: all of it, with the beats and the key that it has."""
    notes = phrase.notes
    return Prompt(notes, notes, measures.pace(notes), phrase.beats, phrase.triad)
