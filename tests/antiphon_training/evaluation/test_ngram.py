"""The n-gram, counted by hand on an alphabet of two."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from antiphon_training.evaluation.ngram import (
    DISCOUNTS,
    STRENGTHS,
    FieldGram,
    Floats,
    Ints,
    Weight,
    count,
)

A, B, START = 0, 1, 2


def history(classes: list[int], order: int) -> tuple[Ints, Ints]:
    """Return what came before each class, nearest first, and the classes."""
    padded = np.array([START] * order + classes)
    back = [padded[order - k : len(padded) - k] for k in range(1, order + 1)]
    return np.stack(back, axis=1), np.array(classes)


@pytest.fixture(scope="module")
def gram() -> FieldGram:
    """Return what abaab teaches, up to order 2, with discounts 1/2 and strengths 1."""
    return count(*history([A, B, A, A, B], 2), 2, (3, 3))


def shares(gram: FieldGram, *context: int) -> Floats:
    return gram.shares(np.array([context]))[0]


P0 = np.array([(2.5 + 2.0 * 0.5) / 6.0, (1.5 + 2.0 * 0.5) / 6.0])
"""5 classes of 2 kinds: 3 a and 2 b, each less 1/2; 1 + 2/2 of the uniform 1/2."""


def test_order_0_mixes_counts_with_a_uniform_choice(gram: FieldGram) -> None:
    np.testing.assert_allclose(shares(gram, 3, 3), P0)


def test_order_1_mixes_its_counts_with_order_0(gram: FieldGram) -> None:
    # after a: b, a, b
    after_a = np.array([(0.5 + 2.0 * P0[A]) / 4.0, (1.5 + 2.0 * P0[B]) / 4.0])
    np.testing.assert_allclose(shares(gram, A, 3), after_a)
    # after b: a
    after_b = np.array([(0.5 + 1.5 * P0[A]) / 2.0, 1.5 * P0[B] / 2.0])
    np.testing.assert_allclose(shares(gram, B, 3), after_b)


def test_order_2_mixes_in_all_shorter_ones(gram: FieldGram) -> None:
    after_a = shares(gram, A, 3)
    # after b, then a: a
    after_ba = np.array([(0.5 + 1.5 * after_a[A]) / 2.0, 1.5 * after_a[B] / 2.0])
    np.testing.assert_allclose(shares(gram, A, B), after_ba)


def test_a_context_heard_once_is_not_made_longer(gram: FieldGram) -> None:
    np.testing.assert_allclose(shares(gram, B, A), shares(gram, B, 3))


@pytest.mark.parametrize("context", list(itertools.product(range(3), repeat=2)))
def test_shares_add_up_to_one(gram: FieldGram, context: tuple[int, int]) -> None:
    assert shares(gram, *context).sum() == pytest.approx(1.0)
    assert (shares(gram, *context) > 0.0).all()


def test_many_rows_are_as_each_alone(gram: FieldGram) -> None:
    contexts = np.array(list(itertools.product(range(4), repeat=2)))
    together = gram.shares(contexts)
    for context, row in zip(contexts, together, strict=True):
        np.testing.assert_allclose(row, shares(gram, *context))


def test_without_a_discount_it_is_dirichlet_smoothing(gram: FieldGram) -> None:
    plain = gram.weighted([Weight(0.0, 4.0)] * 3)
    order_0 = np.array([(3 + 4 * 0.5) / 9, (2 + 4 * 0.5) / 9])
    np.testing.assert_allclose(shares(plain, 3, 3), order_0)
    np.testing.assert_allclose(shares(plain, A, 3), (np.array([1, 2]) + 4 * order_0) / 7)


def test_weights_are_those_that_make_other_music_likeliest(gram: FieldGram) -> None:
    context, truth = history([B, A, B, B, A, B, A, A, A, B], 2)

    def nats(weights: list[Weight]) -> float:
        found = gram.weighted(weights).shares(context)
        return float(-np.log(found[np.arange(len(truth)), truth]).sum())

    tuned = gram.tuned(context, truth)
    assert nats(tuned.weights) < nats(gram.weights)
    longest = [Weight(d, s) for d in DISCOUNTS for s in STRENGTHS]
    best = min(nats([*tuned.weights[:2], weight]) for weight in longest)
    assert nats(tuned.weights) == pytest.approx(best)


def test_no_elements_are_order_0_alone() -> None:
    gram = count(np.zeros((5, 0), np.int64), np.array([A, B, A, A, B]), 2, ())
    np.testing.assert_allclose(gram.shares(np.zeros((1, 0), np.int64))[0], P0)
