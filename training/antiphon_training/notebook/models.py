"""Networks in a notebook: built by a recipe, trained, loaded, and fed with sequences."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import UsageError
from antiphon.music.codecs.codec import Codec
from antiphon_training.notebook.music import Music, notes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.compose.continuing import Instrument
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.recipe import Recipe

    Folders = Path | str | Sequence[Path | str]
    """A folder of music, or several; `music21:NAME` is one of music21's own."""


@dataclass(frozen=True)
class Model:
    """A network, and how notes become the classes that it reads.

    Attributes
    ----------
    network : keras.Model
        The network.
    codec : Codec
        Notes to classes and back. For notes and chords as words, `codec.words` is the list
        from index to word, `codec.index` the dictionary from word to index.
    run : Path or None
        The folder of the run that it was trained in.
    file : Path or None
        The instrument file that it was read from.
    """

    network: Any
    codec: Codec
    run: Path | None = None
    file: Path | None = None

    def summary(self, **how: Any) -> None:
        """Print the layers of the network, as `keras.Model.summary`."""
        self.network.summary(**how)

    @cached_property
    def instrument(self) -> Instrument:
        """What plays it: the instrument file, where it was read from one."""
        from antiphon.instrument import Predictor
        from antiphon_training.notebook.network_instrument import NetworkInstrument

        if self.file is not None:
            return Predictor(self.file)
        return NetworkInstrument(self.network, self.codec)


def build_model(
    recipe: Path | str,
    corpora: Folders,
    *,
    quick: bool = False,
    composers: Sequence[str] | None = None,
) -> Model:
    """Return the network of a recipe, with random weights, compiled.

    Parameters
    ----------
    recipe : str or path
        A recipe's file, or the name of a shipped one: "chopin".
    corpora : path, or sequence of paths
        Folders of music, from which words are learned where the recipe has any.
    quick : bool
        Whether to build the smaller network of the recipe's quick variant.
    composers : sequence of str, optional
        The composers to learn from, in place of the recipe's; `["any"]` takes all.

    Raises
    ------
    AntiphonError
        The recipe or the music cannot be read.
    """
    from antiphon_training.corpora.split import split_corpora

    chosen = _recipe(recipe, quick, composers)
    loaded = _load(corpora, chosen)
    splits = split_corpora(loaded, chosen.corpus.valid_share)
    with _quietly():
        from antiphon_training.fitting.pieces import split_pieces

        pieces = split_pieces(chosen.corpus, loaded, splits)
        codec = chosen.trained_codec.learn(chosen.codec, pieces.train)
        network = chosen.kind.build(chosen.network, codec)
        chosen.kind.set_up(network, chosen, codec, pieces, None)
    return Model(network, codec)


def train_model(
    recipe: Path | str | None,
    corpora: Folders,
    run: Path | str,
    *,
    quick: bool = False,
    hours: float | None = None,
    continue_from: Path | str | None = None,
    composers: Sequence[str] | None = None,
    verbose: bool = True,
) -> Model:
    """Train a network as `antiphon train` does, and return it with the best weights.

    A run that was interrupted is resumed by the same call, or by the same command.

    Parameters
    ----------
    recipe, corpora, quick, composers
        As for `build_model`; None is the house recipe, or that of `continue_from`.
    run : path
        The folder of the run, as `antiphon train --out`.
    hours : float, optional
        Hours of training after which the run ends.
    continue_from : path or "house", optional
        An instrument file whose network is trained further.
    verbose : bool
        Whether to print what was read and a line an epoch.

    Raises
    ------
    AntiphonError
        The recipe or the music cannot be read, or the folder holds another run.
    """
    from rich.console import Console

    from antiphon.cli.verbosity import Verbosity
    from antiphon_training.commands.train import TrainOrder
    from antiphon_training.commands.train import run as run_order

    order = TrainOrder(
        corpora=[str(folder) for folder in _several(corpora)],
        out=Path(run),
        recipe=None if recipe is None else str(recipe),
        continue_from=None if continue_from is None else str(continue_from),
        quick=quick,
        hours=hours,
        composers=composers,
    )
    # In a notebook stderr is red, and rich would write HTML.
    plain = Console(
        file=sys.stdout, force_jupyter=False, force_terminal=False, highlight=False, soft_wrap=True
    )
    with contextlib.redirect_stderr(sys.stdout):
        run_order(order, Verbosity(0 if verbose else -1), plain)
    return load_model(run)


def load_model(source: Path | str) -> Model:
    """Return a trained network.

    Parameters
    ----------
    source : path or "house"
        The folder of a run; or an instrument file, of which "house" is the shipped one.

    Raises
    ------
    AntiphonError
        It is neither, or cannot be read.
    """
    with _quietly():
        from antiphon.resources import find_instrument
        from antiphon_training.fitting import checkpoint
        from antiphon_training.fitting.fine_tuning import read_pretrained

        path = find_instrument(source)
        if path.is_dir():
            network, details = checkpoint.load(path)
            return Model(network, details.codec, run=path)
        pretrained = read_pretrained(path)
        recipe = pretrained.recipe()
        network = recipe.kind.build(recipe.network, pretrained.codec)
        pretrained.assign_to(network)
        return Model(network, pretrained.codec, file=path)


def create_sequences(
    notes: Music, model: Model
) -> tuple[NDArray[np.int32], dict[str, NDArray[Any]]]:
    """Return all windows of a piece, and what follows each: the x and y of `network.fit`.

    Windows overlap: every row is predicted once, from the rows before it.

    Parameters
    ----------
    notes : Corpus, DataFrame, array of NOTE_DTYPE, or path
        In the unit of the model (`model.codec.time`); a file is read in it.
    model : Model
        Of a network that reads windows: all recipes but the house's.

    Returns
    -------
    int32 array, shape (rows, length, fields)
        Class + 1 of each row before, the oldest first; 0 is "nothing yet".
    dict of str to array
        What follows, by output of the network. For words: symbol, float32 (rows, words),
        one-hot. For triplets: pitch, int32 (rows,); step and duration, float32 (rows, 1), in
        seconds.

    Raises
    ------
    UsageError
        The network reads no windows, or the notes are in another unit.
    """
    from antiphon_training.kinds.window_training import targets_of
    from antiphon_training.networks.window import WindowNetwork
    from antiphon_training.sequences.windows import Windows

    if not isinstance(model.network, WindowNetwork):
        raise UsageError(
            "This network carries a state from note to note and reads no windows; windows are "
            "for the classic recipes, such as maestro-triplets."
        )
    rows = [model.codec.encode(piece) for piece in _pieces(notes, model.codec)]
    windows = Windows([piece for piece in rows if len(piece)], model.network.length)
    read, following = windows.at(np.arange(len(windows)))
    return read, targets_of(model.network)(following)


def _pieces(notes: Music, codec: Codec) -> list[Any]:
    """Return the pieces of a corpus, or one piece, in the unit of a codec."""
    from antiphon_training.corpora.corpus import Corpus

    if not isinstance(notes, Corpus):
        return [notes_of(notes, codec.time)]
    if notes.time != codec.time:
        raise UsageError(
            f"This corpus is in {notes.time}, and the network reads {codec.time}: "
            f'load_corpus(FOLDER, Reading(time="{codec.time}")).'
        )
    return [notes.piece(index) for index in range(len(notes.files))]


def _recipe(recipe: Path | str, quick: bool, composers: Sequence[str] | None) -> Recipe:
    from antiphon_training.recipe import find_recipe, read_recipe

    return read_recipe(find_recipe(str(recipe)), quick, composers)


def _load(corpora: Folders, recipe: Recipe) -> list[Corpus]:
    from antiphon_training.corpora.corpus import load_corpus

    return [
        load_corpus(
            folder,
            recipe.reading(Path(folder).resolve().name),
            composers=recipe.corpus.composers or None,
        )
        for folder in _several(corpora)
    ]


def _several(corpora: Folders) -> Sequence[Path | str]:
    return [corpora] if isinstance(corpora, (str, Path)) else corpora


def _quietly() -> Any:
    """Return a context in which TensorFlow's messages on processors go nowhere."""
    from antiphon_training.fitting.native_messages import native_messages_to

    return native_messages_to(Path(os.devnull))
