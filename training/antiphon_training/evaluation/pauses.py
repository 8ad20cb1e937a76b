"""Pauses: how often the partner breaks into a performance that does not wait for it.

A performance is played through, and the partner listens and answers as in the mode
`respond`, in simulated time. Each time that it begins to play before the last note, it
breaks in. Times are seconds.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.wording import how_many
from antiphon_training.evaluation.prediction import DECIMALS
from antiphon_training.evaluation.sessions import session, strokes
from antiphon_training.evaluation.table import row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from antiphon.messages import Heard
    from antiphon.music.codecs.codec import Codec
    from antiphon.partner import PartnerSections
    from antiphon.partner.line.predictor import NextNote

SHORT_GAP = 1.2
"""Who breaks into a gap between two onsets that is shorter, interrupts."""


@dataclass(frozen=True, slots=True)
class Interruptions:
    """How often the partner broke in.

    Attributes
    ----------
    files : int
        How many performances were played.
    minutes : float
        How long they were, from the first onset to the last.
    count : int
        How often it broke in.
    short : int
        How often in a gap shorter than `SHORT_GAP`.
    """

    files: int
    minutes: float
    count: int
    short: int

    @property
    def per_minute(self) -> float:
        """How often it broke in, a minute."""
        return self.count / self.minutes

    @property
    def short_share(self) -> float:
        """The share of short gaps; 0 where it never broke in."""
        return self.short / self.count if self.count else 0.0

    def as_dict(self) -> dict[str, float]:
        """Return the figures as JSON values."""
        return {
            "files": self.files,
            "minutes": round(self.minutes, DECIMALS),
            "interruptions": self.count,
            "per_minute": round(self.per_minute, DECIMALS),
            "short_gap_seconds": SHORT_GAP,
            "in_short_gaps": round(self.short_share, DECIMALS),
        }

    def lines(self, instrument: str) -> Iterator[str]:
        """Yield the lines of a table."""
        pieces = how_many(self.files, "piece")
        yield f"{pieces} played through, {self.minutes:.1f} minutes: interruptions"
        yield row("", [instrument])
        yield row("a minute", [f"{self.per_minute:.3f}"])
        yield row(f"in gaps under {SHORT_GAP:g} s", [f"{self.short_share:.0%}"])


def interruptions(
    instrument: NextNote,
    codec: Codec,
    performances: Iterable[Sequence[Heard]],
    sections: PartnerSections | None = None,
) -> Interruptions:
    """Return how often the partner breaks into performances, each a session of its own."""
    files = 0
    seconds = 0.0
    gaps: list[float] = []
    for heard in performances:
        onsets = strokes(heard)
        played = [message for message in heard if message.time <= onsets[-1]]
        did = session(instrument, codec, played, onsets[-1], sections=sections)
        files += 1
        seconds += onsets[-1] - onsets[0]
        gaps += [gap_at(onsets, entry) for entry in did.entries if entry < onsets[-1]]
    return Interruptions(files, seconds / 60.0, len(gaps), sum(gap < SHORT_GAP for gap in gaps))


def gap_at(onsets: Sequence[float], time: float) -> float:
    """Return how long the gap between two onsets is in which a time lies."""
    after = bisect_left(onsets, time)
    return onsets[after] - onsets[after - 1]
