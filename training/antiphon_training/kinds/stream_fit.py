"""The section [fit] of the kinds whose networks read a stream of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from antiphon_training.recipe_sections import BelowOne, Count, FitSection, Positive, Share

if TYPE_CHECKING:
    from collections.abc import Mapping


class StreamFitSection(FitSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Length, learning rate and regularisation of the training of a network of streams."""

    batch: Count = 64
    steps: Count = 96
    batches_a_round: Count = 8
    rounds_an_epoch: Count = 20
    epochs: Count = 56
    learning_rate: Positive = 0.002
    warmup_steps: Count = 200
    decay_share: Share = 0.3
    weight_decay: Annotated[float, Meta(ge=0.0)] = 0.01
    gradient_norm: Positive = 1.0
    average: BelowOne = 0.0

    @property
    def steps_an_epoch(self) -> int:
        """Number of training batches an epoch."""
        return self.rounds_an_epoch * self.batches_a_round


def gentle(before: Mapping[str, Any]) -> StreamFitSection:
    """Return how to learn a little more: slowly, and not for long."""
    del before  # a few sessions need other numbers than a corpus
    return StreamFitSection(
        batch=16,
        rounds_an_epoch=2,
        epochs=8,
        learning_rate=0.0002,
        warmup_steps=8,
        decay_share=0.5,
        patience=3,
    )
