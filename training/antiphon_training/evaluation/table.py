"""The rows of a report's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.evaluation.affinity import AFFINITIES
from antiphon_training.evaluation.prediction import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from antiphon_training.evaluation.estimates import Estimate

WIDTH = 15
"""Characters of a column."""
LABEL = 24
"""Characters of the names of rows."""

INSTRUMENT, NGRAM, IMITATOR, REPEAT, PIECE = (
    "instrument",
    "ngram",
    "prompt_ngram",
    "repeat",
    "piece",
)
"""The players that are compared: the columns of a table, in this order."""

_LABELS = {
    "pitch_classes": "pitch classes, overlap",
    "inter_onsets": "inter-onsets, overlap",
    "durations": "durations, overlap",
    "key": "key agreement",
    "density": "notes a second",
    "polyphony": "notes at once",
    "self_repetition": "self-repetition",
    "copied": "copied from the prompt",
    "on_beat": "on the beat",
    "in_tempo": "in tempo",
    "taken_up": "themes taken up",
    "copied_whole": "copied whole",
    "ends_long": "ends on a long note",
    "ends_in_key": "ends on the tonic triad",
    "density_drift": "density, octaves",
    "register_drift": "register, semitones",
    "loudness_drift": "loudness, velocity",
    "length_drift": "note length, octaves",
}


def row(label: str, cells: Sequence[str]) -> str:
    """Return one line of a table; a long cell ends in an ellipsis."""
    short = (
        cell if len(cell) < WIDTH else f"{cell[: WIDTH - 2]}\N{HORIZONTAL ELLIPSIS}"
        for cell in cells
    )
    shown = "".join(f"{cell:>{WIDTH}}" for cell in short)
    return f"  {label:{LABEL}}{shown}".rstrip()


def titles(instrument: str, piece: str) -> dict[str, str]:
    """Return the titles of the columns, given those of the first and of the last."""
    return {
        INSTRUMENT: instrument,
        NGRAM: "n-gram",
        IMITATOR: "prompt n-gram",
        REPEAT: "prompt again",
        PIECE: piece,
    }


def measure_rows(
    names: Iterable[str], columns: Sequence[Mapping[str, Estimate]], suffix: str = ""
) -> Iterator[str]:
    """Yield a line for each measure that a column has, a cell for each column."""
    for name in names:
        found = [column.get(name + suffix) for column in columns]
        if any(found):
            yield row(_LABELS.get(name, name), [cell(estimate) for estimate in found])


def cell(estimate: Estimate | None) -> str:
    """Return an estimate as text; empty where there is none."""
    if estimate is None:
        return ""
    if estimate.error is None:
        return f"{estimate.mean:.2f}"
    return f"{estimate.mean:.2f} ± {estimate.error:.2f}"


def as_json(measured: Mapping[str, Estimate]) -> dict[str, dict[str, float | None] | None]:
    """Return estimates as JSON values, rounded; an affinity that no excerpt has is None."""
    return dict.fromkeys(AFFINITIES) | {
        name: {
            "mean": round(value.mean, DECIMALS),
            "error": None if value.error is None else round(value.error, DECIMALS),
        }
        for name, value in measured.items()
    }
