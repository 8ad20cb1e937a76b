"""The pieces of a corpus that an instrument did not learn from.

A card has the hashes of the names of these pieces, and a training run has the names. Of
cards that were written before they had the hashes, the rule of the split is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from antiphon.errors import CorpusError, TrainingError
from antiphon_training.corpora.split import name_hash, split_corpora
from antiphon_training.fitting import run_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from antiphon.instrument import Card
    from antiphon_training.corpora.corpus import Corpus

ELSEWHERE = "name music that it has not learned from, or files with --heldout LIST"


@dataclass(frozen=True)
class Learned:
    """What is known of an instrument's training on one corpus.

    Attributes
    ----------
    instrument, corpus : str
        Their names.
    there : bool
        Whether it learned from a corpus of this name.
    not_learned : frozenset of str or None
        Hashes of the names of the pieces that it did not learn from; None where only the
        rule of the split is known.
    valid_share : float or None
        That rule: the share of the pieces that are for validation; None where it is not
        known either.
    learned_share : float or None
        The share of every piece that it learned from, where pieces were cut.
    others : tuple of (str, frozenset of str)
        Its other corpora: their names, and the hashes of the names of the pieces that it
        did not learn from.
    moved : str or None
        Which of these the corpus is, under another name or with more around it.
    """

    instrument: str
    corpus: str
    there: bool
    not_learned: frozenset[str] | None = None
    valid_share: float | None = None
    learned_share: float | None = None
    others: tuple[tuple[str, frozenset[str]], ...] = ()
    moved: str | None = None

    @classmethod
    def of(cls, card: Card, corpus: str, run: Path | None = None) -> Learned:
        """Return what the card says, or the folder of the training run.

        Raises
        ------
        TrainingError
            The folder is not that of a run.
        """
        entries = card.corpus if run is None else _entries(run)
        recipe = card.recipe.get("corpus") or {}
        share = None if "continued_from" in card.extra else recipe.get("valid_share")
        return cls._found(entries, card.name, corpus, share)

    @classmethod
    def of_run(cls, run: Path, corpus: str) -> Learned:
        """Return what the folder of a training run says, where there is no instrument yet.

        Raises
        ------
        TrainingError
            The folder is not that of a run.
        """
        return cls._found(_entries(run), str(run), corpus, None)

    @classmethod
    def _found(
        cls,
        entries: Sequence[Mapping[str, Any]],
        instrument: str,
        corpus: str,
        valid_share: float | None,
    ) -> Learned:
        """Return what is known from the entry of a corpus among those of a card or a run."""
        entry = next((each for each in entries if each.get("name") == corpus), None)
        if entry is None:
            others = [(str(each.get("name")), each.get("not_learned") or ()) for each in entries]
            known = tuple((name, frozenset(hashes)) for name, hashes in others)
            return cls(instrument, corpus, there=False, others=known)
        hashes = entry.get("not_learned")
        return cls(
            instrument,
            corpus,
            there=True,
            not_learned=None if hashes is None else frozenset(hashes),
            valid_share=valid_share,
            learned_share=entry.get("learned_share"),
        )

    def among(self, files: Sequence[str]) -> Learned:
        """Return what is known where one of its corpora lies among these files.

        It does where at least half of the pieces that it did not learn from are there, by
        their names: the folder was renamed or copied, or is one around it.
        """
        names = {name_hash(file) for file in files}
        for name, hashes in self.others:
            if hashes and 2 * len(hashes & names) >= len(hashes):
                return replace(self, there=True, not_learned=hashes, moved=name)
        return self

    def pieces(self, corpus: Corpus) -> list[int]:
        """Return the indices of the files that it did not learn from; all of another corpus.

        Raises
        ------
        CorpusError
            There is none, or it is not known which they are.
        """
        if not self.there:
            return list(range(len(corpus.files)))
        if self.learned_share:
            raise CorpusError(
                f"{self.instrument} learned from the first {self.learned_share:.0%} of every piece "
                f"of {self.corpus}, so no piece can measure it; {ELSEWHERE}."
            )
        if self.not_learned is None and self.valid_share is None:
            raise CorpusError(
                f"The card of {self.instrument} does not say which pieces of {self.corpus} it did "
                f"not learn from; name its run with --run, or {ELSEWHERE}."
            )
        chosen = self.left_out(corpus)
        if not chosen:
            raise CorpusError(
                f"{self.instrument} learned from {self.corpus}, and no piece that it did not learn "
                f"from is there; {ELSEWHERE}."
            )
        return chosen

    def left_out(self, corpus: Corpus) -> list[int]:
        """Return the indices of the files of its own corpus that it did not learn from.

        There are none where it is not known which they are, nor in a corpus that it did not
        learn from: nothing was left out there.
        """
        if not self.there:
            return []
        if self.not_learned is not None:
            return [i for i, file in enumerate(corpus.files) if name_hash(file) in self.not_learned]
        if self.valid_share is not None:
            split = split_corpora([corpus], self.valid_share)[0]
            return sorted((*split.valid, *split.heldout))
        return []

    def share_of(self, notes: int) -> int:
        """Return how many notes of a piece that it learned from it did: all, or the first."""
        return int(notes * self.learned_share) if self.learned_share else notes

    def sentence(self, files: Sequence[str]) -> str:
        """Return which pieces are measured, where nothing but the training says it."""
        count = len(files)
        if not self.there:
            return (
                f"{self.instrument} does not name {self.corpus} among the corpora that it learned "
                f"from; all its pieces are measured{self._namesake(files)}"
            )
        pieces = "is the validation piece" if count == 1 else f"are the {count} validation pieces"
        source = self.moved or self.corpus
        here = f", which seems to be here in {self.corpus}" if self.moved else ""
        return (
            f"{self.instrument} learned from {source}{here}; measured {pieces}, which it did not "
            "learn from"
        )

    def _namesake(self, files: Sequence[str]) -> str:
        """Return a warning where a file is named as a piece of one of the other corpora."""
        for file in files:
            for name, hashes in self.others:
                if name_hash(file) in hashes:
                    return f", though {file} is named as a piece of {name}, which it learned from"
        return ""

    def doubt(self, files: Sequence[str]) -> str | None:
        """Return a warning where it may have learned from some of the files that are measured."""
        if not self.there or self.not_learned is None:
            return None
        learned = [file for file in files if name_hash(file) not in self.not_learned]
        if not learned:
            return None
        return (
            f"{self.instrument} may have learned from {learned[0]}"
            + (f" and {len(learned) - 1} more of them" if len(learned) > 1 else "")
            + ": neither was it held out when it was trained, nor for validation"
        )


def _entries(run: Path) -> list[Mapping[str, Any]]:
    """Return the corpora of a run in the form of a card's."""
    if not (run / run_folder.CORPUS).is_file():
        raise TrainingError(
            f"{run} is no training run: it has no {run_folder.CORPUS}; "
            "name the --out folder of `antiphon train`."
        )
    return [
        {**entry, "not_learned": [name_hash(file) for file in (*entry["valid"], *entry["heldout"])]}
        for entry in run_folder.read_json(run / run_folder.CORPUS)
    ]
