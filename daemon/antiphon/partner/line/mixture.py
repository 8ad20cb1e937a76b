"""What an instrument of words expects, mixed with what is remembered.

The instrument expects each word with a chance p, the memory with a chance q, and the share of
the memory is s. Rules add a bias b to each word. As in the graph of an instrument of fields,
a word is drawn from

    ((1 - s) p + s q) exp(b), divided by its sum over all words

so a bias is the same for what is remembered and for what is not, and one on a word that neither
expects changes nothing. p has the temperature of the draw, q and s have none.

The call has drawn from p exp(b) already, and it returns the logits, so the sum of p exp(b) is
known. Where in the weight of its word the number of the draw fell says nothing of which word
that is. So it is taken for a number of its own, which decides whose word it is: there is no
second call.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.prediction import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.instrument.ask import Ask, Recall
    from antiphon.partner.line.predictor import WordPrediction

MOST = 0.97
"""The largest share of what is remembered."""

_LEAST = 1e-30
"""A chance that is as good as none."""


def mixed(recall: Recall, ask: Ask, prediction: WordPrediction) -> Prediction:
    """Return the word that is drawn once what is remembered is mixed in.

    Parameters
    ----------
    recall : Recall
        What is remembered, rows of one word each. The exponentials of the weights sum to
        the share of the memory at gain 1.
    ask : Ask
        The call.
    prediction : WordPrediction
        What it drew.
    """
    remembered, share = _taken_up(recall)
    words = recall.rows[:, 0]
    logits = prediction.logits.astype(np.float64)
    expected = logits - _log_sum(logits)
    own = expected
    if ask.controls is not None:
        own = logits / float(ask.controls.temperature[0])
        own = own - _log_sum(own)
    if ask.biases is not None:
        bias = ask.biases.rows[0][0]
        own, remembered = own + bias, remembered + bias[words]
    left = math.log1p(-share) + _log_sum(own)
    highest = max(left, float(remembered.max()))
    ends = np.cumsum(np.exp(remembered - highest))
    number = float(prediction.within[0]) * (float(ends[-1]) + math.exp(left - highest))
    word = int(prediction.classes[0])
    if number < ends[-1]:
        word = int(words[np.searchsorted(ends, number, side="right")])
    likely = log_mixed(recall, word, float(expected[word]))
    return Prediction(
        np.array([word], dtype=np.int32),
        prediction.within,
        np.array([likely], dtype=np.float32),
        prediction.state,
    )


def log_mixed(recall: Recall, word: int, log: float) -> float:
    """Return the logarithm of how likely a word is, with what is remembered.

    `log` is the same without it: neither knows rules or a temperature.
    """
    remembered, share = _taken_up(recall)
    chance = float(np.exp(remembered[recall.rows[:, 0] == word]).sum())
    return math.log(max((1.0 - share) * math.exp(log) + chance, _LEAST))


def _taken_up(recall: Recall) -> tuple[NDArray[np.float64], float]:
    """Return the logarithm of how likely each place's word is, and the sum of the chances."""
    weights = recall.weights.astype(np.float64)
    total = max(float(np.exp(weights).sum()), _LEAST)
    gain = min(max(recall.gain, _LEAST), MOST / total)
    return weights + math.log(gain), gain * total


def _log_sum(logs: NDArray[np.float64]) -> float:
    """Return the logarithm of the sum of what has these logarithms."""
    highest = float(logs.max())
    return highest + math.log(float(np.exp(logs - highest).sum()))
