"""An n-gram of variable order over the rows of a codec: the baseline to beat.

Each field has contexts of its own: a list of elements, each the class of some field so many
rows back (0 is the row itself, whose earlier fields are known then). The context of order k
is the first k elements. As in the Continuator (F. Pachet, 2003) the order varies: the longest
context that occurred has the most weight. Unlike there, all shorter ones are mixed in, down
to a uniform distribution (order -1):

    p_k(x | c) = (max(n(c, x) - d, 0) + (s + d t(c)) p_(k-1)(x | c')) / (n(c) + s)

n(c, x) counts x after c, n(c) is their sum, t(c) how many different x came after
c, and c' is c without its last element. That is the hierarchical Pitman-Yor
estimate with one table for each class (Y. W. Teh, 2006). Its special cases are interpolated
Kneser-Ney with the discount d, and Dirichlet smoothing with the strength s. Both numbers are
chosen one order at a time, on pieces set aside. A context that occurred once is not extended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Element = tuple[int, int]
"""A field's index, and how many rows back."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNHEARD = -1
DISCOUNTS = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9)
STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)


@dataclass(frozen=True)
class Weight:
    """The weight that a level gives its own counts."""

    discount: float = 0.5
    strength: float = 1.0


@dataclass(frozen=True)
class Level:
    """The counts after all contexts of one length.

    Attributes
    ----------
    keys : int64 array, shape (contexts,), sorted
        The context one element shorter, times `radix`, plus the last element.
    radix : int
        The number of classes of that element.
    starts : int64 array, shape (contexts + 1,)
        Bounds of the entries of each context in `after` and `counts`.
    after, counts : int64 array, shape (entries,)
        The classes after a context, ascending, and how often each occurred.
    totals : float64 array, shape (contexts,)
        The number of times that each context occurred.
    weight : Weight
        The weight by which the level is mixed with the shorter one.
    """

    keys: Ints
    radix: int
    starts: Ints
    after: Ints
    counts: Ints
    totals: Floats
    weight: Weight

    def find(self, shorter: Ints, element: Ints) -> Ints:
        """Return the contexts of shorter ones with one more element, or `UNHEARD`."""
        key = shorter * self.radix + element
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where((shorter >= 0) & (self.keys[place] == key), place, UNHEARD)

    def mix(self, contexts: Ints, shares: Floats) -> None:
        """Mix the counts after contexts into the shares (rows, classes) of shorter ones."""
        heard = np.flatnonzero(contexts >= 0)
        found = contexts[heard]
        first, kinds = self.starts[found], np.diff(self.starts)[found]
        rows = np.repeat(heard, kinds)
        skipped = np.repeat(np.cumsum(kinds) - kinds - first, kinds)
        entries = np.arange(len(rows)) - skipped
        below = self.totals[found] + self.weight.strength
        left = (self.weight.strength + self.weight.discount * kinds) / below
        shares[heard] *= left[:, None]
        shares[rows, self.after[entries]] += (
            self.counts[entries] - self.weight.discount
        ) / np.repeat(below, kinds)

    def best_weight(self, contexts: Ints, truth: Ints, shares: Floats) -> Weight:
        """Return the weight that makes the true classes likeliest.

        `shares`, shape (rows,), are their probabilities after the shorter contexts.
        """
        heard = np.flatnonzero(contexts >= 0)
        if not len(heard):
            return self.weight
        found = contexts[heard]
        kinds, totals = np.diff(self.starts)[found], self.totals[found]
        counts = self._counts_of(found, truth[heard])

        def nats(weight: Weight) -> float:
            own = np.maximum(counts - weight.discount, 0.0)
            rest = weight.strength + weight.discount * kinds
            mixed = (own + rest * shares[heard]) / (totals + weight.strength)
            return float(-np.log(mixed).sum())

        return min((Weight(d, s) for d in DISCOUNTS for s in STRENGTHS), key=nats)

    def _counts_of(self, contexts: Ints, classes: Ints) -> Ints:
        """Return how often each class occurred after its context."""
        size = int(max(self.after.max(), classes.max())) + 1
        pairs = np.repeat(np.arange(len(self.keys)), np.diff(self.starts)) * size + self.after
        wanted = contexts * size + classes
        place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        return np.where(pairs[place] == wanted, self.counts[place], 0)


class FieldGram:
    """The n-gram of one field.

    Parameters
    ----------
    size : int
        The number of its classes.
    levels : sequence of Level
        From order 0 on, whose only context is empty.
    """

    def __init__(self, size: int, levels: Sequence[Level]) -> None:
        self.size = size
        self.levels = tuple(levels)

    def shares(self, context: Ints) -> Floats:
        """Return the probability of every class, shape (rows, classes).

        `context` holds the elements, shape (rows, elements).
        """
        shares = np.full((len(context), self.size), 1.0 / self.size)
        at = np.zeros(len(context), dtype=np.int64)
        self.levels[0].mix(at, shares)
        for order, level in enumerate(self.levels[1:]):
            at = level.find(at, context[:, order])
            if not (at >= 0).any():
                break
            level.mix(at, shares)
        return shares

    def tuned(self, context: Ints, truth: Ints) -> FieldGram:
        """Return a copy whose weights are chosen on rows that were not counted."""
        at = np.zeros(len(context), dtype=np.int64)
        shares = np.full((len(context), self.size), 1.0 / self.size)
        rows, levels = np.arange(len(context)), []
        for order, level in enumerate(self.levels):
            if order:
                at = level.find(at, context[:, order - 1])
            better = replace(level, weight=level.best_weight(at, truth, shares[rows, truth]))
            better.mix(at, shares)
            levels.append(better)
        return FieldGram(self.size, levels)

    def weighted(self, weights: Sequence[Weight]) -> FieldGram:
        """Return a copy with other weights, one a level."""
        pairs = zip(self.levels, weights, strict=True)
        return FieldGram(self.size, [replace(level, weight=weight) for level, weight in pairs])

    @property
    def weights(self) -> list[Weight]:
        """The weight of each level."""
        return [level.weight for level in self.levels]


def count(context: Ints, truth: Ints, size: int, radices: Sequence[int]) -> FieldGram:
    """Return the n-gram of rows.

    Parameters
    ----------
    context : int64 array, shape (rows, elements)
        The context of each row; elements are below their radix.
    truth : int64 array, shape (rows,)
        The class of each row.
    size : int
        The number of classes.
    radices : sequence of int
        The number of classes of each element.
    """
    at = np.zeros(len(truth), dtype=np.int64)
    levels = [_level(np.zeros(1, dtype=np.int64), 1, at, truth, size)]
    live = np.arange(len(truth))
    for order, radix in enumerate(radices):
        keys, at = np.unique(at * radix + context[live, order], return_inverse=True)
        levels.append(_level(keys, radix, at, truth[live], size))
        often = levels[-1].totals[at] > 1
        at, live = at[often], live[often]
        if not len(live):
            break
    return FieldGram(size, levels)


def _level(keys: Ints, radix: int, at: Ints, truth: Ints, size: int) -> Level:
    """Return a level: `at` is the context of each row, `truth` the class after it."""
    pairs, counts = np.unique(at * size + truth, return_counts=True)
    contexts, after = np.divmod(pairs, size)
    starts = np.searchsorted(contexts, np.arange(len(keys) + 1))
    totals = np.bincount(at, minlength=len(keys)).astype(np.float64)
    return Level(keys, radix, starts, after, counts, totals, Weight())
