"""Training data for the house network: endless streams of pieces, varied each time.

A *round* is a batch of long stretches of music, cut into a few consecutive training batches.
The network's state is carried through a round and starts from zeros in the next. A stretch
begins anywhere in a piece and continues with whole pieces, each after the codec's start row,
until it is full.

Every stretch is transposed and its tempo is changed. A piece may leave some fields untaught:
their targets are `UNTAUGHT`, and the loss passes over them. The random numbers of round `k` depend
on the seed and on `k` alone, so a resumed run sees the same data as one that never stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.music.codecs.performance import row_order
from antiphon.music.note import arranged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray

Batch = tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]

UNTAUGHT = -1
"""The target of a field that is read and not learned; no class has this number."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a piece teaches.

    Attributes
    ----------
    weight : float
        How often it is drawn for its length, beside the other pieces.
    untaught : frozenset of str
        Fields of its notes that are read and not learned, because nobody played them:
        the velocity of a piece without dynamics, for instance.
    """

    weight: float = 1.0
    untaught: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Variation of the music for training.

    Attributes
    ----------
    semitones : int
        Music is transposed by -semitones to semitones - 1, all equally likely, within
        the range of MIDI.
    tempo : float
        Times are stretched or compressed by up to this factor.
    held_share : float
        Share of stretches in which some notes are read as still held.
    held_every : int
        In those, one instant is chosen in about so many notes; the notes that sound at
        that instant are read as held, as when the partner reads the keyboard on stage.
    """

    semitones: int = 6
    tempo: float = 1.15
    held_share: float = 0.5
    held_every: int = 48


class Stretches:
    """Rounds of training batches drawn from pieces.

    Parameters
    ----------
    pieces : sequence of NoteArray
        Each sorted by onset.
    codec : Codec
        The codec that encodes them.
    batch, steps, batches_a_round : int
        Rows of a batch, notes a row, batches a round.
    augmentation : Augmentation
        The variation of the music.
    seed : int
        The seed of all random choices.
    lessons : sequence of Lesson
        What each piece teaches; empty where each teaches everything.
    """

    def __init__(
        self,
        pieces: Sequence[NoteArray],
        codec: Codec,
        batch: int,
        steps: int,
        batches_a_round: int,
        augmentation: Augmentation,
        seed: int,
        lessons: Sequence[Lesson] = (),
    ) -> None:
        self._pieces = pieces
        self._codec = codec
        self._batch, self._steps, self._batches = batch, steps, batches_a_round
        self._augmentation = augmentation
        self._seed = seed
        lessons = lessons or [Lesson()] * len(pieces)
        lengths = np.array([len(piece) for piece in pieces], dtype=np.float64)
        lengths *= [lesson.weight for lesson in lessons]
        self._share = np.cumsum(lengths) / lengths.sum()
        self._taught = np.array(
            [[name not in lesson.untaught for name in codec.fields] for lesson in lessons]
        )

    @property
    def batches_a_round(self) -> int:
        """Number of batches between two starts from zeros."""
        return self._batches

    def round(self, index: int) -> Iterator[Batch]:
        """Yield the batches of one round in the form for `fit`: inputs, targets."""
        rng = np.random.default_rng([self._seed, index])
        length = self._steps * self._batches
        rows = [self._stretch(rng, length) for _ in range(self._batch)]
        previous = np.stack([row[0] for row in rows])
        target = np.stack([row[1] for row in rows])
        learned = np.stack([row[2] for row in rows])
        for first in range(0, length, self._steps):
            part = slice(first, first + self._steps)
            yield self._as_batch(
                previous[:, part], target[:, part], learned[:, part], reset=first == 0
            )

    def _as_batch(
        self,
        previous: NDArray[np.int32],
        target: NDArray[np.int32],
        learned: NDArray[np.int32],
        reset: bool,
    ) -> Batch:
        flags = np.full(len(previous), reset, dtype=np.float32)
        fields = {name: learned[:, :, i] for i, name in enumerate(self._codec.fields)}
        return {"previous": previous, "target": target, "reset": flags}, fields

    def _drawn(self, rng: np.random.Generator) -> int:
        """Return the number of a piece, drawn by its length and its weight."""
        chosen = np.searchsorted(self._share, rng.random(), side="right")
        # The shares are sums, and rounding may leave the last below 1.
        return min(int(chosen), len(self._pieces) - 1)

    def _stretch(
        self, rng: np.random.Generator, length: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the rows to read, those that follow, and the same as they are learned.

        Each is int32 (length, fields).
        """
        read, wanted, learned, have = [], [], [], 0
        held = rng.random() < self._augmentation.held_share
        while have < length:
            number = self._drawn(rng)
            piece = self._pieces[number]
            first = int(rng.integers(len(piece))) if have == 0 else 0
            # One more note in front, for the step of the first.
            notes = piece[max(first - 1, 0) : first + length - have]
            notes = vary(notes, rng, self._augmentation)
            notes = arranged(notes, row_order(self._codec, notes))
            classes = self._codec.encode(notes)
            inputs = np.empty_like(classes)
            inputs[0] = self._codec.start
            inputs[1:] = classes[:-1]
            if held:
                mark = sounding_at_looks(notes, rng, self._augmentation.held_every)
                inputs[1:][mark[:-1], 2] = self._codec.input_sizes[2] - 1
            skip = 1 if first > 0 else 0
            read.append(inputs[skip:])
            wanted.append(classes[skip:])
            learned.append(np.where(self._taught[number], classes[skip:], np.int32(UNTAUGHT)))
            have += len(classes) - skip
        return np.concatenate(read), np.concatenate(wanted), np.concatenate(learned)


def vary(notes: NoteArray, rng: np.random.Generator, how: Augmentation) -> NoteArray:
    """Return a transposed copy at another tempo."""
    notes = notes.copy()
    low, high = int(notes["pitch"].min()), int(notes["pitch"].max())
    least, most = max(-how.semitones, -low), min(how.semitones - 1, 127 - high)
    shift = int(rng.integers(least, most + 1)) if most >= least else 0
    notes["pitch"] = notes["pitch"].astype(np.int16) + shift
    stretch = how.tempo ** rng.uniform(-1.0, 1.0)
    notes["onset"] *= stretch
    notes["duration"] *= stretch
    return notes


def sounding_at_looks(notes: NoteArray, rng: np.random.Generator, every: int) -> NDArray[np.bool_]:
    """Mark the notes that sound at a few random instants, each just after an onset."""
    mark = np.zeros(len(notes), dtype=np.bool_)
    for look in rng.integers(len(notes), size=rng.poisson(len(notes) / every)):
        instant = notes["onset"][look] + rng.uniform(0.0, 0.5)
        mark |= (notes["onset"] <= instant) & (notes["onset"] + notes["duration"] > instant)
    return mark


def validation_windows(
    pieces: Sequence[NoteArray], codec: Codec, length: int
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Return consecutive windows of full length, without variation, for validation.

    The rest of each piece is left out; held-out figures (see `evaluate`) count every note.
    """
    read, wanted = [], []
    for piece in pieces:
        classes = codec.encode(piece)
        inputs = np.concatenate([np.array([codec.start], dtype=np.int32), classes[:-1]])
        for first in range(0, len(classes) - length + 1, length):
            read.append(inputs[first : first + length])
            wanted.append(classes[first : first + length])
    previous = np.stack(read) if read else np.zeros((0, length, len(codec.fields)), np.int32)
    target = np.stack(wanted) if wanted else previous
    reset = np.ones(len(previous), dtype=np.float32)
    fields = {name: target[:, :, i] for i, name in enumerate(codec.fields)}
    return {"previous": previous, "target": target, "reset": reset}, fields
