"""The parts of a report about what was played: continuations, and answers to plain phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.wording import how_many
from antiphon_training.evaluation.affinity import DRIFTS, SHARES
from antiphon_training.evaluation.answers import Answers
from antiphon_training.evaluation.continuations import AGREEMENTS, AMOUNTS
from antiphon_training.evaluation.estimates import Estimate
from antiphon_training.evaluation.excerpts import RECENT, Lengths
from antiphon_training.evaluation.pauses import Interruptions
from antiphon_training.evaluation.prediction import DECIMALS
from antiphon_training.evaluation.table import (
    IMITATOR,
    INSTRUMENT,
    NGRAM,
    as_json,
    cell,
    measure_rows,
    row,
    titles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class ContinuationReport:
    """The comparison of continuations.

    Attributes
    ----------
    lengths : Lengths
        How much was given, and for how long it was continued.
    takes : int
        How often each piece was continued.
    excerpts, with_beat : int
        The number of pieces that were continued, and of those whose beats are known.
    left_out : tuple of str
        Files that are too short or have too few notes.
    players : mapping
        The result of `continuations.compare`.
    """

    lengths: Lengths
    takes: int
    excerpts: int
    with_beat: int
    left_out: tuple[str, ...]
    players: Mapping[str, Mapping[str, Estimate]]

    def as_dict(self) -> dict[str, Any]:
        """Return the part as JSON values."""
        return {
            "seconds_given": self.lengths.given,
            "seconds_continued": self.lengths.continued,
            "takes": self.takes,
            "excerpts": self.excerpts,
            "excerpts_with_beat": self.with_beat,
            "left_out": list(self.left_out),
            "players": {name: as_json(measured) for name, measured in self.players.items()},
        }

    def lines(self, instrument: str) -> Iterator[str]:
        """Yield the lines of a table."""
        named = titles(instrument, "the piece")
        columns = [self.players[name] for name in named if name in self.players]
        yield (
            f"{self.excerpts} continuations of {self.lengths.continued:g} s after "
            f"{self.lengths.given:g} s of the piece (mean ± standard error)"
        )
        yield row("", [title for name, title in named.items() if name in self.players])
        yield "similarity to the piece: 1 is the same"
        yield from measure_rows(AGREEMENTS, columns)
        yield "values"
        yield from measure_rows(AMOUNTS, columns)
        yield "difference from the piece: 0 is the same"
        yield from measure_rows(AMOUNTS, columns, "_off")
        yield f"shares; on the beat and in tempo of {how_many(self.with_beat, 'piece')} with beats"
        yield from measure_rows(SHARES, columns)
        yield f"distance from the last {RECENT:g} s before the cut"
        yield from measure_rows(DRIFTS, columns)


@dataclass(frozen=True)
class PhraseReport:
    """The comparison of answers to plain phrases.

    Attributes
    ----------
    variants, takes : int
        How many phrases of each kind there were, and how often each was answered.
    players : mapping
        The result of `answers.compare_answers`.
    """

    variants: int
    takes: int
    players: Mapping[str, Answers]

    def as_dict(self) -> dict[str, Any]:
        """Return the part as JSON values."""
        return {
            "variants": self.variants,
            "takes": self.takes,
            "players": {
                name: {
                    **as_json(found.whole),
                    "kinds": {kind: as_json(measured) for kind, measured in found.kinds.items()},
                }
                for name, found in self.players.items()
            },
            "answered_after": {
                name: None if found.after is None else round(found.after, DECIMALS)
                for name, found in self._answered()
            },
            "unanswered": {name: found.unanswered for name, found in self._answered()},
        }

    def _answered(self) -> Iterator[tuple[str, Answers]]:
        """Yield the players that answered by themselves."""
        for name, found in self.players.items():
            if name in (INSTRUMENT, NGRAM, IMITATOR):
                yield name, found

    def lines(self, instrument: str) -> Iterator[str]:
        """Yield the lines of a table."""
        named = titles(instrument, "the phrase")
        shown = [self.players[name] for name in named if name in self.players]
        wholes = [found.whole for found in shown]
        kinds = list(shown[0].kinds)
        yield (f"answers to {self.variants * len(kinds)} plain phrases (mean ± standard error)")
        yield row("", [title for name, title in named.items() if name in self.players])
        yield "shares"
        yield from measure_rows(SHARES, wholes)
        yield "distance from the phrase"
        yield from measure_rows(DRIFTS, wholes)
        yield "on the beat, by kind of phrase"
        for kind in kinds:
            found = [one.kinds[kind].get("on_beat") for one in shown]
            if any(found):
                yield row(kind, [cell(estimate) for estimate in found])
        yield "seconds from the end of the phrase to the answer"
        after = {name: found.after for name, found in self._answered()}
        seconds = [after.get(name) for name in named if name in self.players]
        yield row("median", ["" if time is None else f"{time:.2f}" for time in seconds])


@dataclass(frozen=True)
class Played:
    """What was played for a report; a part that was not requested is None."""

    continuations: ContinuationReport | None = None
    phrases: PhraseReport | None = None
    pauses: Interruptions | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the parts as JSON values; all keys are always there."""
        return {
            "continuations": self.continuations and self.continuations.as_dict(),
            "phrases": self.phrases and self.phrases.as_dict(),
            "pauses": self.pauses and self.pauses.as_dict(),
        }

    def lines(self, instrument: str) -> Iterator[str]:
        """Yield the lines of a table for each part, each after an empty one."""
        for part in (self.continuations, self.phrases, self.pauses):
            if part:
                yield ""
                yield from part.lines(instrument)
