"""What is asked of `antiphon learn`, and where its results lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PIECE = "piece"
RUN, KEPT, REPORT, EVALUATION = "run", "learned.json", "corpus.txt", "evaluation.txt"
FORMS = (".mid", ".musicxml", ".pdf", ".png", ".wav")
"""Suffixes of the files of a piece."""

SEED = 1
"""So that the same command composes the same piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnOrder:
    """What to learn from, how, and where the results go.

    Attributes
    ----------
    corpora : tuple of str
        Folders of music, or `music21:NAME`.
    out : Path
        The folder of all results.
    recipe : str
        A recipe's file, or the name of a shipped one.
    quick : bool
        Whether a smaller network is trained for a short time.
    hours : float or None
        Hours of training after which it ends.
    composers : tuple of str
        Whose pieces to learn from, in place of the recipe's; empty for those of the recipe.
    name, licence : str or None
        Name and licence of the instrument; by default the name of the folder of results,
        and what the corpora say.
    memory : bool or None
        Whether a memory is fitted, where the network can have one. With None none is
        fitted, and an instrument of words has the usual one; with False it has none.
    piece : Path or None
        Where the piece goes: its suffix is replaced by each of `FORMS`. By default into
        the folder of results.
    seconds, notes, temperature, seed, soundfont
        As for `antiphon compose`.
    config : Path or None
        Settings to play by; the user's own file when not given.
    cache : Path or None
        Where parsed corpora are kept; the user's own cache when not given.
    """

    corpora: tuple[str, ...]
    out: Path
    recipe: str = "house"
    quick: bool = False
    hours: float | None = None
    composers: tuple[str, ...] = ()
    name: str | None = None
    licence: str | None = None
    memory: bool | None = True
    piece: Path | None = None
    seconds: float | None = None
    notes: int | None = None
    temperature: tuple[str, ...] = ()
    seed: int = SEED
    soundfont: str | None = None
    config: Path | None = None
    cache: Path | None = None

    @property
    def instrument_name(self) -> str:
        """The name of the instrument."""
        return self.name or self.out.resolve().name

    @property
    def run(self) -> Path:
        """The folder of the training run."""
        return self.out / RUN

    @property
    def instrument(self) -> Path:
        """The instrument's file."""
        return self.out / f"{self.instrument_name}.onnx"

    @property
    def kept(self) -> Path:
        """The file of the keys of the steps that are done."""
        return self.out / KEPT

    @property
    def report(self) -> Path:
        """The report on the corpora."""
        return self.out / REPORT

    @property
    def evaluation(self) -> Path:
        """The figures of the instrument beside those of the n-gram."""
        return self.out / EVALUATION

    @property
    def pieces(self) -> tuple[Path, ...]:
        """The files of the piece, one a form."""
        base = self.piece or self.out / f"{PIECE}.mid"
        return tuple(base.with_suffix(form) for form in FORMS)
