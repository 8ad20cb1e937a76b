"""Fit a memory to an instrument of words: how much of the next word is the memory's.

For each length of a common suffix this is the share that makes the true words likeliest. It
is found by expectation and maximisation: each word is the memory's as far as the memory made
it likelier than the instrument did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from antiphon.instrument import UNCOUNTED_NOTES
from antiphon.instrument.weighing import LONGEST
from antiphon.instrument.word_weighing import USUAL, WordWeighing
from antiphon.partner.memory.trail import NO_KEY, Trail
from antiphon.partner.memory.words import WordMemory
from antiphon_export.memory.pieces import sample_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.instrument import Predictor
    from antiphon.partner.line.codecs import WordCodec

    Say = Callable[[str], None]
    Folders = Mapping[Path, Sequence[str] | None]

PIECES, WORDS = 48, 1500
"""So many pieces, and of each so many words at most."""

WINDOW_PIECES, WINDOW_WORDS = 16, 600
"""The same where a window is read for each word, which takes long."""

USUAL_WORDS = 8.0
"""The usual shares count as much as so many words of each length."""

_TURNS = 60


def word_memory(
    predictor: Predictor, folders: Folders, before: WordWeighing | None, say: Say
) -> WordWeighing | None:
    """Return the memory of an instrument of words, fitted on pieces that it learned from.

    Parameters
    ----------
    predictor : Predictor
        The instrument.
    folders : mapping of Path to (sequence of str or None)
        The corpora that it learned from, and the tracks that are read of each.
    before : WordWeighing or None
        What the file had that is written anew. It is kept where nothing can be fitted.
    say : callable
        Shows a sentence.
    """
    left = "the usual shares stand in" if before is None else "its shares stay as they are"
    if not folders:
        say(f"no memory is fitted ({left}): name the corpora that it learned from with --corpus")
        return before
    say("fitting a memory of words")
    streams = predictor.window is None
    most, longest = (PIECES, WORDS) if streams else (WINDOW_PIECES, WINDOW_WORDS)
    codec = predictor.codec
    found = sample_pieces(folders, codec, predictor.card, say, pieces=most)
    pieces = [piece[:longest] for piece in found]
    if not pieces:
        say(f"  the pieces are too short to fit it: {left}")
        return before
    scores = predictor.score(pieces)
    chances = [np.exp(-score.nats[:, 0].astype(np.float64)) for score in scores]
    weighing = fitted_shares(cast("WordCodec", codec), pieces, chances)
    without, with_it = weighing.fitted["nats_without"], weighing.fitted["nats"]
    say(f"  {with_it:.3f} nats a word with it, {without:.3f} without")
    return weighing


def fitted_shares(
    codec: WordCodec, pieces: Sequence[NDArray[np.int32]], chances: Sequence[NDArray[np.float64]]
) -> WordWeighing:
    """Return the shares that make pieces likeliest.

    Parameters
    ----------
    codec : WordCodec
        Of the pieces.
    pieces : sequence of int32 array, shape (words, 1)
        Each is remembered from its beginning.
    chances : sequence of float64 array, shape (words,)
        How likely the instrument alone made each word.
    """
    parts = [_recalled(codec, piece)[UNCOUNTED_NOTES:] for piece in pieces]
    recalled = np.concatenate(parts)
    alone = np.concatenate([chance[UNCOUNTED_NOTES:] for chance in chances])
    length, right = recalled[:, 0].astype(np.intp), recalled[:, 1]
    some = length > 0
    usual = np.array([*USUAL.exact, *USUAL.shifted])
    count = np.bincount(length[some], minlength=len(usual))
    shares = usual.copy()
    for _ in range(_TURNS):
        share = shares[length]
        both = share * right + (1.0 - share) * alone
        of_memory = np.bincount(
            length[some], (share * right / np.maximum(both, 1e-30))[some], len(usual)
        )
        shares = (of_memory + USUAL_WORDS * usual) / (count + USUAL_WORDS)
    mixed = shares[length] * right + (1.0 - shares[length]) * alone
    exact, shifted = np.split(np.round(shares, 4), 2)
    how: dict[str, Any] = {
        "pieces": len(pieces),
        "words": int(sum(map(len, pieces))),
        "nats_without": round(float(-np.log(np.maximum(alone, 1e-30)).mean()), 4),
        "nats": round(float(-np.log(np.maximum(mixed, 1e-30)).mean()), 4),
    }
    return WordWeighing(tuple(exact.tolist()), tuple(shifted.tolist()), how)


def _recalled(codec: WordCodec, piece: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return for each word the longest suffix, and how likely the memory makes it.

    Shape (words, 2). `LONGEST` + 1 is added to the length of one that is transposed; 0 is none.
    """
    memory = WordMemory(USUAL, codec, len(piece))
    recalled = np.zeros((len(piece), 2))
    for at, row in enumerate(piece):
        places = memory.places(Trail.of(piece[max(at - LONGEST, 0) : at]))
        if places is not None:
            shifted, length = places.longest
            weights = places.weights
            right = weights[places.followed == row[0]].sum() / weights.sum()
            recalled[at] = (LONGEST + 1) * shifted + length, right
        memory.add(row, NO_KEY, joins=at > 0)
    return recalled
