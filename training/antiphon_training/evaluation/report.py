"""The report of an evaluation, as JSON and as a table; docs/evaluation.md explains both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.instrument import UNCOUNTED_NOTES
from antiphon.wording import how_many
from antiphon_training.corpora.folder import Defect
from antiphon_training.evaluation.halves import MemoryFigures
from antiphon_training.evaluation.played_report import Played
from antiphon_training.evaluation.prediction import DECIMALS, Figures
from antiphon_training.evaluation.table import row
from antiphon_training.evaluation.vocabulary import Outside
from antiphon_training.kinds.registry import CODECS

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = 1


@dataclass(frozen=True)
class Baseline:
    """The n-gram: the corpora it learned from, its figures, and those of its first order."""

    corpora: tuple[str, ...]
    notes_learned: int
    figures: Figures
    unigram: Figures


@dataclass(frozen=True)
class Report:
    """All results of one evaluation."""

    instrument: str
    codec: str
    corpus: str
    figures: Figures
    chosen: str = "listed"
    outside: Outside | None = None
    defects: Sequence[Defect] = ()
    baseline: Baseline | None = None
    memory: MemoryFigures | None = None
    played: Played = Played()  # noqa: RUF009 - frozen, and empty

    @property
    def unit(self) -> str:
        """A row of the codec in words: "note" or "symbol"."""
        return CODECS[self.codec].row

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values; all keys are always there."""
        outside, baseline = self.outside, self.baseline
        return {
            "schema": SCHEMA,
            "instrument": self.instrument,
            "codec": self.codec,
            "unit": self.unit,
            "corpus": self.corpus,
            "chosen": self.chosen,
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
                "unigram": baseline.unigram.as_dict(),
            },
            "memory": self.memory and self.memory.as_dict(),
            **self.played.as_dict(),
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report as a table."""
        found = self.figures
        yield (
            f"{self.instrument} on {self.corpus}: {how_many(found.notes, self.unit)} of "
            f"{how_many(found.files, 'piece')}, the first {UNCOUNTED_NOTES} of each not counted"
        )
        if self.baseline:
            yield (
                f"n-gram: learned from {self.baseline.notes_learned:,} {self.unit}s of "
                f"{', '.join(self.baseline.corpora)}"
            )
        yield ""
        yield from self._prediction()
        if self.memory:
            yield ""
            yield from self.memory.lines(self.unit)
        yield from self.played.lines(self.instrument)

    def _prediction(self) -> Iterator[str]:
        """Yield the lines about prediction."""
        columns = {self.instrument: self.figures}
        if self.baseline:
            columns |= {"n-gram": self.baseline.figures, "unigram": self.baseline.unigram}
        yield row("", list(columns))
        yield f"nats a {self.unit}"
        fields = list(self.figures.accuracy or {})
        for name in [*fields, "total"] if len(fields) > 1 else fields:
            yield row(name, [f"{column.nats[name]:.3f}" for column in columns.values()])
        for title, part in (("likeliest was right", "accuracy"), ("among the likeliest 5", "top5")):
            yield title
            for name in fields:
                shares = [getattr(column, part)[name] for column in columns.values()]
                yield row(name, [f"{share:.1%}" for share in shares])
        if self.outside:
            yield "words left out"
            yield row("not in the vocabulary", [f"{self.outside.share:.1%}"])
