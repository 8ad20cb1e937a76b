"""Select the pieces to measure, and those that a baseline may learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.folder import Defect, composed, list_files
from antiphon_training.corpora.layouts import manifest_groups
from antiphon_training.corpora.piece import Reading
from antiphon_training.corpora.reading import split_number
from antiphon_training.corpora.split import HELDOUT, split_corpora
from antiphon_training.evaluation.unlearned import Learned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument import Card
    from antiphon.music.codecs.codec import Codec


@dataclass(frozen=True)
class Selection:
    """The files to measure.

    Attributes
    ----------
    name : str
        The name of the corpus.
    folder : Path
        Its folder.
    files : sequence of str
        Relative paths; a tune of a collection is `tunes.abc#3`.
    defects : sequence of Defect
        Files that cannot be read, as far as they were tried.
    chosen : str
        Why these: they were "listed", are "held out" or for "validation", or are "all".
    note : str or None
        A sentence on whether the instrument learned from them.
    """

    name: str
    folder: Path
    files: Sequence[str]
    defects: Sequence[Defect] = ()
    chosen: str = "listed"
    note: str | None = None

    @property
    def groups(self) -> set[str]:
        """The pieces of these files that `manifest.tsv` names."""
        groups = manifest_groups(self.folder)
        return {groups[composed(file)] for file in self.files if composed(file) in groups}


def select(
    corpus: Path | str,
    reading: Reading,
    heldout: Path | None = None,
    *,
    composers: Sequence[str] | None = None,
    cache: Path | None = None,
    learned: Learned | None = None,
) -> Selection:
    """Return the files that a list names, else the held-out ones, else those not learned from.

    Parameters
    ----------
    corpus : Path or str
        A folder, or `music21:NAME`.
    reading : Reading
        The way of reading its files.
    heldout : Path, optional
        A list of relative paths, one a line; `heldout.txt` of the folder when not given.
        Without either, the files that the corpus itself holds out.
    composers, cache
        As for `load_corpus`.
    learned : Learned, optional
        What is known of the instrument's training on this corpus; nothing when not given,
        and then all files are taken where none is held out.

    Raises
    ------
    CorpusError
        The folder or the list does not exist, or names no file that is there; or the
        instrument learned from all pieces.
    """
    learned = learned or Learned("the instrument", list_files(corpus).name, there=False)
    listing = list_files(corpus)
    listed = heldout or listing.folder / HELDOUT
    if heldout and not listed.is_file():
        raise CorpusError(f"There is no list {heldout}; name a file with one path a line.")
    files = _listed(listing.folder, listed) if listed.is_file() else []
    how = "listed" if heldout else "held out"
    if files and not composers:
        note = learned.doubt(files)
        return Selection(listing.name, listing.folder, files, chosen=how, note=note)
    loaded = load_corpus(corpus, reading, composers=composers, cache=cache)
    if files:
        files = [file for file in files if file in set(loaded.files)]
        if not files:
            raise CorpusError(f"{listed} names no piece by {' or '.join(composers or [])}.")
        note = learned.doubt(files)
        return Selection(listing.name, listing.folder, files, chosen=how, note=note)
    held = split_corpora([loaded], 0.0)[0].heldout
    learned = learned if held else learned.among(loaded.files)
    indices = held or learned.pieces(loaded)
    files = [loaded.files[index] for index in indices]
    note = learned.doubt(files) if held else learned.sentence(files)
    if not held:
        how = "validation" if learned.there else "all"
    return Selection(listing.name, listing.folder, files, loaded.defects, how, note)


def _listed(folder: Path, listed: Path) -> list[str]:
    """Return the files of a folder that a list names."""
    lines = listed.read_text(encoding="utf-8-sig").splitlines()
    files = [line.strip() for line in lines if line.strip()]
    missing = [file for file in files if not split_number(folder / file)[0].is_file()]
    if missing or not files:
        lacks = missing[0] if missing else "any of its files"
        raise CorpusError(f"{folder} does not hold {lacks}; name the folder that {listed} is of.")
    return files


def tracks_of(card: Card, corpus: str) -> list[str] | None:
    """Return the tracks that an instrument was trained on in a corpus of this name."""
    for entry in card.corpus:
        if entry.get("name") == corpus and entry.get("tracks"):
            return list(entry["tracks"])
    return None


def composers_of(card: Card, corpus: str) -> list[str] | None:
    """Return the composers that an instrument was trained on in a corpus of this name."""
    if corpus in {entry.get("name") for entry in card.corpus}:
        recipe = card.recipe.get("corpus") or {}
        return list(recipe.get("composers") or []) or None
    return None


def baseline_pieces(
    corpora: Sequence[Path | str],
    measured: Selection,
    card: Card,
    codec: Codec,
    cache: Path | None = None,
) -> list[NDArray[np.int32]]:
    """Return the classes of the pieces that a baseline may learn from.

    These do not include held-out files of the corpora, the files that are measured, or
    other files of the same pieces; nor pieces of the instrument's own corpora that it did
    not learn from, so that both learn from the same.

    Parameters
    ----------
    corpora : sequence of Path or str
        Folders, or `music21:NAME`.
    measured : Selection
        The files that are measured.
    card, codec
        Those of the instrument; they decide what is read, and how.
    cache : Path, optional
        The folder of the cache; the user's own when not given.

    Raises
    ------
    CorpusError
        A corpus has no piece to learn from.
    """
    named = [(corpus, list_files(corpus).name) for corpus in corpora]
    loaded = [
        load_corpus(
            corpus,
            Reading.for_codec(codec, tracks_of(card, name)),
            composers=composers_of(card, name),
            cache=cache,
        )
        for corpus, name in named
    ]
    shown = {(measured.folder / file).resolve() for file in measured.files}
    pieces = []
    for corpus, split in zip(loaded, split_corpora(loaded, 0.0), strict=True):
        groups = manifest_groups(corpus.folder)
        left_out = set(Learned.of(card, corpus.name).left_out(corpus))
        for index in (each for each in split.train if each not in left_out):
            file = corpus.files[index]
            same = groups.get(composed(file)) in measured.groups
            if not same and (corpus.folder / file).resolve() not in shown:
                pieces.append(codec.encode(corpus.piece(index)))
    return pieces
