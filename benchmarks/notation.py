"""How well rhythms, bars and hands are found again in music whose notation is known.

    python benchmarks/notation.py FOLDER [--files 60] [--seconds 40]

FOLDER holds MIDI files that keep the score's beats under a tempo map. They are read
in seconds, laid out as if somebody had played them, and held against their beats:
once as they are, once with the errors of hands (each step up to 6 % off, the tempo
wandering by 10 %, keys of a chord 12 ms apart). A rhythm counts at any one tempo
for the whole piece, since twice as fast with notes twice as long is the same music.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import symusic
from numpy.typing import NDArray
from some_files import some_files

from antiphon.music.note import empty_notes
from antiphon_training.notation.beats import BEAT, find_beats
from antiphon_training.notation.hands import split_hands
from antiphon_training.notation.strokes import find_accents, find_strokes

FACTORS = (1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 3)
JITTER, STEP_ERROR, WANDER = 0.012, 0.06, 0.1

Columns = NDArray[np.float64]
"""Onset in seconds, onset and duration in beats, pitch, duration, velocity, track."""


def read(path: Path, seconds: float) -> Columns:
    """Return the notes of a file, sorted by onset."""
    beats, played = (symusic.Score(str(path)).to(unit) for unit in ("quarter", "second"))
    parts = []
    for number, (notated, heard) in enumerate(zip(beats.tracks, played.tracks, strict=True)):
        a, b = notated.notes.numpy(), heard.notes.numpy()
        columns = (b["time"], a["time"], a["duration"], a["pitch"], b["duration"], b["velocity"])
        parts.append(np.stack([*columns, np.full(len(a["time"]), number)], axis=1))
    notes = np.concatenate(parts).astype(np.float64)
    notes = notes[np.lexsort((notes[:, 3], notes[:, 0]))]
    return notes[notes[:, 0] < notes[0, 0] + seconds]


def by_hand(notes: Columns) -> Columns:
    """Return notes with the errors of hands."""
    rng = np.random.default_rng(0)
    times, place = np.unique(notes[:, 0].round(3), return_inverse=True)
    gaps, wander = np.diff(times), 0.0
    for index, gap in enumerate(gaps.tolist()):
        wander = wander * np.exp(-gap / 3) + rng.normal(0, WANDER * np.sqrt(min(2 * gap / 3, 1)))
        gaps[index] = gap * np.exp(wander + rng.normal(0, STEP_ERROR))
    played = notes.copy()
    played[:, 0] = np.concatenate([[0.0], np.cumsum(gaps)])[place]
    played[:, 0] += rng.normal(0, JITTER, len(notes))
    played[:, 0] -= played[:, 0].min()
    return played[np.argsort(played[:, 0], kind="stable")]


def rhythm(notes: Columns) -> tuple[float, float]:
    """Return the share of steps that have the notated length, and the tempo that they are at."""
    array = empty_notes(len(notes))
    array["onset"], array["pitch"] = notes[:, 0], notes[:, 3]
    array["duration"], array["velocity"] = notes[:, 4], notes[:, 5]
    strokes = find_strokes(array)
    notated = [np.median(notes[strokes.of_note == n, 1]) for n in range(len(strokes.times))]
    found = find_beats(strokes.times, find_accents(array, strokes))
    steps, wanted = np.diff(found.ticks) / BEAT, np.diff(notated)
    apart = wanted > 0.02
    shares = [np.mean(np.abs(steps[apart] - factor * wanted[apart]) < 0.02) for factor in FACTORS]
    best = int(np.argmax(shares))
    return float(shares[best]), FACTORS[best]


def hands(notes: Columns) -> float | None:
    """Return the share of notes in the hand that the file has them in; None without two."""
    tracks, counts = np.unique(notes[:, 6], return_counts=True)
    if len(tracks) != 2 or counts.min() < 50:
        return None
    heights = [notes[notes[:, 6] == track, 3].mean() for track in tracks]
    right = notes[:, 6] == tracks[int(np.argmax(heights))]
    ordered = np.lexsort((notes[:, 3], notes[:, 1]))
    found = split_hands(
        notes[ordered, 1], notes[ordered, 1] + notes[ordered, 2], notes[ordered, 3].astype(int)
    )
    return float(np.mean(found == right[ordered]))


def summary(pieces: list[Columns]) -> dict[str, float]:
    """Return how well the rhythms of pieces are found."""
    found = [rhythm(piece) for piece in pieces]
    shares = np.array([share for share, _ in found])
    plain = np.mean([factor in (0.5, 1, 2) for _, factor in found])
    figures = {
        "steps_mean": shares.mean(),
        "steps_median": np.median(shares),
        "steps_tenth": np.percentile(shares, 10),
        "tempo_notated_half_or_double": plain,
    }
    return {name: round(float(value), 3) for name, value in figures.items()}


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--files", type=int, default=60)
    arguments.add_argument("--seconds", type=float, default=40.0)
    chosen = arguments.parse_args()
    files = some_files(chosen.folder, chosen.files)
    pieces = [read(path, chosen.seconds) for path in files]
    parted = [share for share in map(hands, pieces) if share is not None]
    told = {
        "pieces": len(pieces),
        "as_they_are": summary(pieces),
        "by_hand": summary([by_hand(piece) for piece in pieces]),
        "notes_in_their_hand": round(float(np.mean(parted)), 3) if parted else None,
        "pieces_in_two_hands": len(parted),
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
