"""Proof that an exported file plays as the network that was trained.

Two comparisons, each from a state of zeros and over `STEPS` notes:

- *Forced*: Keras reads random notes of all classes, held ones too, as one sequence (the
  code that training runs), and the file reads them note by note. The logits must be equal
  within `LOGIT_TOLERANCE`.
- *Free*: both draw with the same uniform numbers and read their own notes, Keras through
  `antiphon_export.reference`, with temperatures, min_p, biases and remembered notes that
  change from note to note. The notes must be identical.

Two correct programs may round differently. So a uniform number at the limit between two
classes is moved away from it before either program reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon.errors import TrainingError
from antiphon.instrument.ask import Ask, Recall
from antiphon.instrument.controls import FORBID, Biases, Controls
from antiphon.instrument.predictor import Predictor
from antiphon.instrument.recalled import CANDIDATES
from antiphon_export.reference import Draw, clear_draw, memory_log_ratio, near_min_p

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from antiphon.instrument.prediction import Prediction
    from antiphon.music.codecs.codec import Codec
    from antiphon_export.gate import Gate

STEPS = 1000
LOGIT_TOLERANCE = 1e-3
"""In nats; different orders of summation in fp32 differ by a hundredth of it."""

_SEED = 20


class ParityError(TrainingError):
    """An exported file does not play as its network does."""


@dataclass(frozen=True, slots=True)
class Parity:
    """The differences that were found.

    Attributes
    ----------
    steps : int
        Notes in each comparison.
    logits : float
        Largest difference of a logit when both read the same notes.
    within : float
        Largest difference of a value within its class, 0 to 1.
    log_probability : float
        Largest difference of a log-probability.
    """

    steps: int
    logits: float
    within: float
    log_probability: float


def prove(network: Any, path: Path, steps: int = STEPS, gate: Gate | None = None) -> Parity:
    """Return the differences between a network and its file in fp32.

    With a gate, the free comparison is made with what is remembered, too.

    Raises
    ------
    ParityError
        A logit differs by more than `LOGIT_TOLERANCE`, or a note differs.
    """
    predictor = Predictor(path)
    logits = forced_difference(network, predictor, steps)
    if not logits <= LOGIT_TOLERANCE:
        raise ParityError(
            f"The exported graph is not the network: reading the same {steps} notes, a logit "
            f"differs by {logits:.3g} (allowed: {LOGIT_TOLERANCE:g}); the file was not written."
        )
    within, chance = free_difference(network, predictor, steps)
    if gate is not None:
        recalled = free_difference(network, predictor, steps, gate)
        within, chance = max(within, recalled[0]), max(chance, recalled[1])
    return Parity(steps, logits, within, chance)


def forced_difference(network: Any, predictor: Predictor, steps: int) -> float:
    """Return the largest difference of a logit over notes drawn at random."""
    codec = predictor.codec
    rng = np.random.default_rng(_SEED)
    read = _random_rows(rng, codec.input_sizes, steps)
    truth = _random_rows(rng, codec.sizes, steps)
    wanted = network.piece_logits(read, truth, tf.function)
    state, largest = predictor.initial_state(), 0.0
    for row, note, expected in zip(read, truth, wanted, strict=True):
        logits, state = predictor.logits(state, row, note)
        difference = float(np.abs(logits - expected).max())
        if not difference <= largest:  # a NaN is a difference too
            largest = difference
    return largest


def free_difference(
    network: Any, predictor: Predictor, steps: int, gate: Gate | None = None
) -> tuple[float, float]:
    """Return the largest differences of `within` and of log-probabilities.

    With a gate, candidates are drawn at random for each note.

    Raises
    ------
    ParityError
        A note differs.
    """
    rng = np.random.default_rng(_SEED + 1)
    player = _KerasPlayer(network, gate)
    state = predictor.initial_state()
    row: NDArray[np.int32] = np.array(predictor.codec.start, dtype=np.int32)
    within = chance = 0.0
    for i in range(steps):
        controls, biases = _random_controls(rng, predictor.codec)
        recall = None if gate is None else _random_recall(rng, predictor.codec)
        wanted = Ask(state, row, rng.random(len(row)), controls, biases, recall)
        draws, ask = player.step(wanted)
        note: Prediction = predictor.step(ask)
        state = note.state
        row = np.array([draw.chosen for draw in draws], dtype=np.int32)
        if not np.array_equal(row, note.classes):
            raise ParityError(
                f"The exported graph is not the network: from the same numbers, note {i + 1} is "
                f"{row.tolist()} in Keras and {note.classes.tolist()} in the file; "
                "the file was not written."
            )
        within = max(within, *(abs(d.within - w) for d, w in zip(draws, note.within, strict=True)))
        chance = max(
            chance,
            *(abs(d.log_probability - p) for d, p in zip(draws, note.log_probability, strict=True)),
        )
    return float(within), float(chance)


class _KerasPlayer:
    """Draw notes from the network itself, and keep its state."""

    def __init__(self, network: Any, gate: Gate | None) -> None:
        self._gate = gate
        self._state = [tf.zeros((1, *shape)) for shape in network.state_shapes.values()]
        # Compiled, because eager Keras takes 10 ms a note.
        self._read = tf.function(network.run_step)
        self._heads = [tf.function(head) for head in network.heads]

    def step(self, ask: Ask) -> tuple[list[Draw], Ask]:
        """Return the draws, and what was asked with the numbers that were used."""
        assert ask.controls is not None
        assert ask.biases is not None
        previous = np.asarray(ask.previous)
        features, self._state = self._read(tf.constant(previous[None]), self._state)
        used, min_p = np.array(ask.uniforms, np.float32), ask.controls.min_p.copy()
        draws: list[Draw] = []
        for i, head in enumerate(self._heads):
            classes = [draw.chosen for draw in draws]
            logits = head(features, [tf.constant([chosen]) for chosen in classes]).numpy()[0]
            heat, bias = float(ask.controls.temperature[i]), ask.biases.rows[i][0].astype(float)
            ratio = np.zeros_like(bias)
            if self._gate is not None and ask.memory is not None and ask.memory.gain > 0.0:
                ratio = memory_log_ratio(self._gate, i, logits, classes, ask.memory)
            if near_min_p(logits, heat, float(min_p[i]), bias + ratio):
                min_p[i] = 0.0
            draw = clear_draw(logits, float(used[i]), heat, float(min_p[i]), bias + ratio)
            used[i] = draw.uniform
            worth = draw.log_probability + float(ratio[draw.chosen])
            draws.append(replace(draw, log_probability=worth))
        return draws, replace(
            ask, uniforms=used, controls=Controls(ask.controls.temperature, min_p)
        )


def _random_recall(rng: np.random.Generator, codec: Codec) -> Recall:
    """Return candidates at random, of which some agree in the first field."""
    count = int(rng.integers(0, CANDIDATES + 1))
    rows = _random_rows(rng, codec.sizes, count)
    if count:
        rows[:, 0] = rng.choice(rows[:4, 0], count)
    return Recall(
        rows,
        rng.normal(0.0, 3.0, count).astype(np.float32),
        rng.integers(0, 20, count).astype(np.float32),
        float(rng.choice([0.5, 1.0, 3.0])) if count else 0.0,
    )


def _random_rows(rng: np.random.Generator, sizes: tuple[int, ...], count: int) -> NDArray[np.int32]:
    """Return rows of classes, each equally likely."""
    rows: NDArray[np.int32] = rng.integers(0, sizes, (count, len(sizes))).astype(np.int32)
    return rows


def _random_controls(rng: np.random.Generator, codec: Codec) -> tuple[Controls, Biases]:
    """Return controls such as a partner might use, and a bias that forbids half the classes."""
    count = len(codec.fields)
    controls = Controls.of(
        rng.uniform(0.7, 1.3, count).tolist(),
        rng.choice([0.0, 0.02, 0.1], count).tolist(),
        count,
    )
    biases = Biases(codec)
    for row, size in zip(biases.rows, codec.sizes, strict=True):
        row[0] = rng.normal(0.0, 0.5, size)
        if rng.random() < 0.25:
            forbidden = rng.random(size) < 0.5
            # Of few classes all might be forbidden: then float32 could not tell them apart.
            row[0, forbidden & ~forbidden.all()] = FORBID
    return controls, biases
