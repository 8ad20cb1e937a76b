"""The report of an evaluation, as JSON and as a table; docs/evaluation.md explains both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.instrument import UNCOUNTED_NOTES
from antiphon_training.corpora.folder import Defect
from antiphon_training.evaluation.continuations import (
    AGREEMENTS,
    AMOUNTS,
    CONTINUED,
    GIVEN,
    Estimate,
)
from antiphon_training.evaluation.prediction import DECIMALS, Figures
from antiphon_training.evaluation.vocabulary import Outside
from antiphon_training.kinds.registry import CODECS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCHEMA = 1
INSTRUMENT, NGRAM, IMITATOR, REPEAT, PIECE = (
    "instrument",
    "ngram",
    "prompt_ngram",
    "repeat",
    "piece",
)
"""The players that are compared: the columns of the table, in this order."""

_WIDTH = 15
_LABELS = {
    "pitch_classes": "pitch classes, overlap",
    "inter_onsets": "inter-onsets, overlap",
    "durations": "durations, overlap",
    "key": "key agreement",
    "density": "notes a second",
    "polyphony": "notes at once",
    "self_repetition": "self-repetition",
    "copied": "copied from the prompt",
}


@dataclass(frozen=True)
class Baseline:
    """The n-gram: the corpora it learned from, and its figures."""

    corpora: tuple[str, ...]
    notes_learned: int
    figures: Figures


@dataclass(frozen=True)
class Continuations:
    """The comparison of continuations.

    Attributes
    ----------
    excerpts : int
        The number of pieces that were continued.
    left_out : tuple of str
        Files that are too short or have too few notes.
    players : mapping
        The result of `continuations.compare`.
    """

    excerpts: int
    left_out: tuple[str, ...]
    players: Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True)
class Report:
    """All results of one evaluation."""

    instrument: str
    codec: str
    corpus: str
    figures: Figures
    outside: Outside | None = None
    defects: Sequence[Defect] = ()
    baseline: Baseline | None = None
    continuations: Continuations | None = None

    @property
    def unit(self) -> str:
        """A row of the codec in words: "note" or "symbol"."""
        return CODECS[self.codec].row

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values; all keys are always there."""
        outside, baseline, played = self.outside, self.baseline, self.continuations
        return {
            "schema": SCHEMA,
            "instrument": self.instrument,
            "codec": self.codec,
            "unit": self.unit,
            "corpus": self.corpus,
            **self.figures.as_dict(),
            "outside_vocabulary": outside
            and {
                "words": outside.words,
                "outside": outside.outside,
                "share": round(outside.share, DECIMALS),
            },
            "defects": [{"file": d.file, "reason": d.reason} for d in self.defects],
            "ngram": baseline
            and {
                "corpora": list(baseline.corpora),
                "notes_learned": baseline.notes_learned,
                **baseline.figures.as_dict(),
            },
            "continuations": played
            and {
                "seconds_given": GIVEN,
                "seconds_continued": CONTINUED,
                "excerpts": played.excerpts,
                "left_out": list(played.left_out),
                "players": {
                    name: {key: _estimate(value) for key, value in measured.items()}
                    for name, measured in played.players.items()
                },
            },
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report as a table."""
        found = self.figures
        yield (
            f"{self.instrument} on {self.corpus}: {found.notes:,} {self.unit}s of {found.files} "
            f"pieces, the first {UNCOUNTED_NOTES} of each not counted"
        )
        if self.baseline:
            yield (
                f"n-gram: learned from {self.baseline.notes_learned:,} {self.unit}s of "
                f"{', '.join(self.baseline.corpora)}"
            )
        yield ""
        yield from self._prediction()
        if self.continuations:
            yield ""
            yield from self._continuations(self.continuations)

    def _prediction(self) -> Iterator[str]:
        """Yield the lines about prediction."""
        columns = [self.figures] + ([self.baseline.figures] if self.baseline else [])
        names = [self.instrument] + (["n-gram"] if self.baseline else [])
        yield _row("", names)
        yield f"nats a {self.unit}"
        fields = list(self.figures.accuracy or {})
        for name in [*fields, "total"] if len(fields) > 1 else fields:
            yield _row(name, [f"{column.nats[name]:.3f}" for column in columns])
        for title, part in (("likeliest was right", "accuracy"), ("among the likeliest 5", "top5")):
            yield title
            for name in fields:
                yield _row(name, [f"{getattr(column, part)[name]:.1%}" for column in columns])
        if self.outside:
            yield "words left out"
            yield _row("not in the vocabulary", [f"{self.outside.share:.1%}"])

    def _continuations(self, played: Continuations) -> Iterator[str]:
        """Yield the lines about continuations."""
        titles = {INSTRUMENT: self.instrument, NGRAM: "n-gram", IMITATOR: "prompt n-gram",
                REPEAT: "prompt again", PIECE: "the piece"}  # fmt: skip
        players = [name for name in titles if name in played.players]
        yield (
            f"{played.excerpts} continuations of {CONTINUED:g} s after {GIVEN:g} s of the piece "
            "(mean ± standard error)"
        )
        yield _row("", [titles[name] for name in players])
        yield "similarity to the piece: 1 is the same"
        yield from _rows(AGREEMENTS, "", played, players)
        yield "values"
        yield from _rows(AMOUNTS, "", played, players)
        yield "difference from the piece: 0 is the same"
        yield from _rows(AMOUNTS, "_off", played, players)


def _rows(
    names: Iterable[str], suffix: str, played: Continuations, players: Sequence[str]
) -> Iterator[str]:
    """Yield a line for each measure, a column for each player."""
    for name in names:
        cells = (played.players[player].get(name + suffix) for player in players)
        yield _row(_LABELS[name], ["" if cell is None else _cell(cell) for cell in cells])


def _cell(estimate: Estimate) -> str:
    if estimate.error is None:
        return f"{estimate.mean:.2f}"
    return f"{estimate.mean:.2f} ± {estimate.error:.2f}"


def _row(label: str, cells: Sequence[str]) -> str:
    return f"  {label:24}{''.join(f'{cell[: _WIDTH - 1]:>{_WIDTH}}' for cell in cells)}".rstrip()


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    error = None if estimate.error is None else round(estimate.error, DECIMALS)
    return {"mean": round(estimate.mean, DECIMALS), "error": error}
