"""What the partner needs of an instrument: the next note, given the ones before.

`antiphon.instrument.predictor.Predictor` is one; whatever meets `NextNote` will
do. Rows are classes of one note or word, in the codec's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument.ask import Ask
    from antiphon.instrument.weighing import Weighing
    from antiphon.instrument.word_weighing import WordWeighing

State = Any
"""What an instrument remembers. The partner keeps it and hands it back, no more."""


class Prediction(Protocol):
    """One drawn note, and the state that led to it."""

    @property
    def classes(self) -> NDArray[np.int32]:
        """One class a field, shape (fields,)."""

    @property
    def within(self) -> NDArray[np.float32]:
        """The place inside each class, in [0, 1), shape (fields,)."""

    @property
    def log_probability(self) -> NDArray[np.float32]:
        """The logarithm of each class's probability, as the instrument learned it."""

    @property
    def state(self) -> State:
        """The state after `previous` was read."""


class KeyedPrediction(Prediction, Protocol):
    """What an instrument draws that can take up what a memory recalls."""

    @property
    def key(self) -> NDArray[np.float32]:
        """The instrument's key before this note, shape (width,)."""


class WordPrediction(Prediction, Protocol):
    """What an instrument of words draws that has a memory."""

    @property
    def logits(self) -> NDArray[np.float32]:
        """The logits of all words, without rules or a temperature, shape (words,)."""


class NextNote(Protocol):
    """Reads notes and draws the next one; a state that was given out never changes."""

    @property
    def window(self) -> int | None:
        """How many rows it reads again for each note; None where its state holds the past.

        A window is primed at no cost, but each `step` may take long.
        """

    def initial_state(self) -> State:
        """Return the state before a piece."""

    def step(self, ask: Ask) -> Prediction:
        """Read the previous row and draw the note after it; the same `ask`, the same note."""

    def step_batch(self, asks: Sequence[Ask]) -> Sequence[Prediction]:
        """Answer several asks, each as `step` would; in one call, if it can."""

    def read(self, state: State, classes: NDArray[np.int32]) -> list[State]:
        """Return the state after each row of classes, shape (notes, fields)."""

    def prime(self, state: State, classes: NDArray[np.int32]) -> State:
        """Return the state after rows of classes, shape (notes, fields)."""


class Foresees(NextNote, Protocol):
    """An instrument that tells how likely each class of the next note is."""

    def logits_batch(self, asks: Sequence[Ask]) -> NDArray[np.float32]:
        """Return the logits of what each ask would draw, shape (asks, sum of the sizes)."""


class Remembers(NextNote, Protocol):
    """An instrument that can take up what a memory recalls."""

    @property
    def weighing(self) -> Weighing:
        """How it weighs remembered places."""

    def read_with_keys(
        self, state: State, classes: NDArray[np.int32]
    ) -> list[tuple[State, NDArray[np.float32]]]:
        """Return the state and the key after each row of classes, shape (notes, fields)."""


def weighing_words(predictor: NextNote) -> WordWeighing | None:
    """Return how an instrument of words weighs what was played before; None where it does not."""
    return cast("WordWeighing | None", getattr(predictor, "word_weighing", None))


def remembering(predictor: NextNote) -> Remembers | None:
    """Return the instrument, if it can take up what a memory recalls."""
    if getattr(predictor, "weighing", None) is None or predictor.window is not None:
        return None
    return cast("Remembers", predictor)


def foreseeing(predictor: NextNote) -> Foresees | None:
    """Return the instrument, if it tells how likely the next notes are, at no great cost."""
    if not hasattr(predictor, "logits_batch") or predictor.window is not None:
        return None
    return cast("Foresees", predictor)
