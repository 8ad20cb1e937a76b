"""The shipped recipes, held against the networks that are built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon import resources
from antiphon.music.note import NOTE_DTYPE, NoteArray
from antiphon_training.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import TrainingSetup

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

# kind of layer, width (or share dropped), activation
CHORDS = [
    ("WindowLSTM", 512, None),
    ("Dropout", 0.2, None),
    ("WindowLSTM", 256, None),
    ("Dropout", 0.2, None),
    ("Dense", 256, "relu"),
    ("Dense", 128, "relu"),
]
PLAIN = [
    ("WindowLSTM", 256, None),
    ("Dropout", 0.3, None),
    ("WindowLSTM", 256, None),
    ("Dropout", 0.3, None),
]
CHOPIN = [
    ("WindowLSTM", 512, None),
    ("Dropout", 0.1, None),
    ("WindowLSTM", 256, None),
    ("Dropout", 0.1, None),
    ("Dense", 256, "relu"),
]
FOLDER = [
    ("WindowLSTM", 512, None),
    ("Dropout", 0.3, None),
    ("WindowLSTM", 512, None),
    ("Dropout", 0.3, None),
    ("Dense", 256, "relu"),
]
ATTENTION = [
    ("WindowLSTM", 256, None),
    ("Dropout", 0.2, None),
    ("WindowLSTM", 256, None),
    ("Dropout", 0.2, None),
    ("WindowAttention", 64, None),
    ("Dense", 256, "relu"),
]


def scale(count: int = 300) -> NoteArray:
    notes = np.zeros(count, NOTE_DTYPE)
    notes["pitch"] = 60 + np.arange(count) % 12
    notes["onset"] = np.arange(count) * 0.5
    notes["duration"], notes["velocity"] = 0.5, 80
    return notes


def setup(name: str) -> tuple[Recipe, Codec, TrainingSetup]:
    """Return a shipped recipe, and what would be fitted by it."""
    import msgspec

    from antiphon_training.kinds.setup import Pieces

    recipe = read_recipe(resources.recipe_file(name))
    if recipe.codec.name == "symbols":
        recipe = msgspec.structs.replace(
            recipe, codec=msgspec.structs.replace(recipe.codec, seen=1)
        )
    codec = recipe.trained_codec.learn(recipe.codec, [scale()])
    network = recipe.kind.build(recipe.network, codec)
    pieces = Pieces([scale()], [scale()])
    return recipe, codec, recipe.kind.set_up(network, recipe, codec, pieces, None)


def described(layer: Any) -> tuple[str, float, str | None]:
    kind = type(layer).__name__
    if kind == "Dropout":
        return kind, layer.rate, None
    if kind == "WindowAttention":
        return kind, layer.width, None
    return kind, layer.units, layer.activation.__name__ if kind == "Dense" else None


@pytest.mark.parametrize(
    ("name", "layers", "length", "optimizer", "rate", "batch", "epochs"),
    [
        ("classical-chords", CHORDS, 64, "Adam", 0.0005, 32, 90),
        ("notes-and-chords", PLAIN, 100, "Adam", 0.001, 64, 100),
        ("chopin", CHOPIN, 40, "Adamax", 0.002, 256, 200),
        ("folder-symbols", FOLDER, 100, "Adam", 0.001, 64, 100),
        ("attention", ATTENTION, 64, "Adam", 0.001, 64, 90),
    ],
)
def test_networks_of_words(
    name: str,
    layers: list[tuple[str, float, str | None]],
    length: int,
    optimizer: str,
    rate: float,
    batch: int,
    epochs: int,
) -> None:
    import keras

    recipe, codec, made = setup(name)
    network = made.network
    assert [described(layer) for layer in network.stack] == layers
    assert all(
        isinstance(layer, keras.layers.LSTM)
        for layer in network.stack
        if "LSTM" in str(type(layer))
    )
    assert network.stack[0].return_sequences
    assert network.stack[2].return_sequences == (name == "attention")
    assert (network.output_layer.units, type(network.softmax).__name__) == (
        codec.sizes[0],
        "Softmax",
    )
    assert isinstance(made.model.loss["symbol"], keras.losses.CategoricalCrossentropy)
    assert type(made.model.optimizer).__name__ == optimizer
    assert float(made.model.optimizer.learning_rate) == pytest.approx(rate)
    windows, targets = next(iter(made.batches(0)))
    assert windows.shape == (batch, length, 1)
    assert targets["symbol"].shape == (batch, codec.sizes[0])
    assert made.plan.epochs == epochs  # a pass over so few notes is one part
    assert recipe.fit.epochs == epochs


def test_the_plain_form_reads_numbers_from_0_to_1() -> None:
    network = setup("notes-and-chords")[2].network
    words = network.words
    read = np.asarray(network.read(np.array([[[0], [1], [words]]], dtype=np.int32)))
    np.testing.assert_allclose(read[0, :, 0], [0.0, 1.0 / words, 1.0])


def test_the_network_of_triplets() -> None:
    import keras

    from antiphon_training.networks.triplet import squares_with_positive_pressure

    recipe, codec, made = setup("maestro-triplets")
    network = made.network
    assert [described(layer) for layer in network.stack] == [("WindowLSTM", 128, None)]
    assert [network.pitch.units, network.step.units, network.duration.units] == [128, 1, 1]
    losses = made.model.loss
    assert isinstance(losses["pitch"], keras.losses.SparseCategoricalCrossentropy)
    assert losses["step"] is losses["duration"] is squares_with_positive_pressure
    assert type(made.model.optimizer).__name__ == "Adam"
    assert (recipe.fit.batch, made.plan.epochs) == (64, 50)
    windows, targets = next(iter(made.batches(0)))
    assert windows.shape == (64, 25, 3)
    assert [targets[name].shape[1:] for name in codec.fields] == [(), (1,), (1,)]


def test_triplets_read_a_pitch_as_a_number_or_as_a_one_hot_vector() -> None:
    from antiphon_training.networks.triplet import TripletNetwork

    window = np.array([[[0, 0, 0], [61, 1, 2]]], dtype=np.int32)  # nothing yet, then middle C
    times = ((0.1, 0.2, 0.0), (0.15,), 2)
    scaled = TripletNetwork(*times)
    np.testing.assert_allclose(scaled.read(window)[0], [[0, 0, 0], [61 / 128, 0.1, 0.2]])
    hot = TripletNetwork(*times, lstm=(4,), reads="one-hot")
    read = np.asarray(hot.read(window))[0]
    assert read.shape == (2, 129 + 2)
    assert read[:, :129].argmax(axis=1).tolist() == [0, 61]
    assert read[:, :129].sum(axis=1).tolist() == [1.0, 1.0]
    np.testing.assert_allclose(read[:, 129:], [[0, 0], [0.1, 0.2]])
    assert hot(window)["pitch"].shape == (1, 128)
    assert TripletNetwork.from_config(hot.get_config()).reads == "one-hot"


def test_times_below_zero_are_pushed_up() -> None:
    from antiphon_training.networks.triplet import squares_with_positive_pressure

    truth, predicted = np.array([[1.0], [1.0]]), np.array([[0.5], [-0.5]])
    loss = np.asarray(squares_with_positive_pressure(truth, predicted))
    np.testing.assert_allclose(loss, [0.25, 2.25 + 5.0])


def test_the_chances_of_all_times_add_up_to_one_and_lie_around_the_middle() -> None:
    network = setup("maestro-triplets")[2].network
    network.spread.assign([0.2, 0.5])
    for which, middle in ((0, 0.3), (1, 1.2), (0, -0.4), (1, 30.0)):
        logits = np.asarray(network._time_logits(np.array([[middle]], np.float32), which))[0]
        assert np.isfinite(logits).all()
        chances = np.exp(logits.astype(float))
        assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    logits = np.asarray(network._time_logits(np.array([[1.0]], np.float32), 0))[0]
    chances = np.exp(logits.astype(float))
    mean = (chances * np.array(network.centres[:-1])).sum()
    assert mean == pytest.approx(1.0, abs=0.02)
    spread = np.sqrt((chances * (np.array(network.centres[:-1]) - mean) ** 2).sum())
    assert spread == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("name", ["transformer-words", "transformer-notes"])
def test_the_transformers(name: str) -> None:
    recipe, codec, made = setup(name)
    network, fit = made.network, recipe.fit
    assert (len(network.attentions), network.units, network.reach) == (4, 256, 128)
    assert [head.size for head in network.heads] == list(codec.sizes)
    assert network.state_shapes["keys4"] == (127, 64), "the heads share keys and values"
    assert made.network.dropout == 0.1
    assert type(made.model.optimizer).__name__ == "AdamW"
    inputs, targets = next(iter(made.batches(0)))
    assert inputs["previous"].shape == (fit.batch, fit.steps, len(codec.fields))
    assert tuple(targets) == codec.fields
    assert made.plan.steps_a_part == fit.steps_an_epoch
    assert made.plan.notes_a_step == fit.batch * fit.steps


SHAPES = {
    "classical-chords": [
        "(None, 64, 512)", "(None, 64, 512)", "(None, 256)", "(None, 256)",
        "(None, 256)", "(None, 128)", "(None, 12)", "(None, 12)",
    ],
    "maestro-triplets": ["(None, 128)", "(None, 128)", "(None, 1)", "(None, 1)"],
}  # fmt: skip
"""Output shapes of the layers of two recipes, as notebooks print them."""


@pytest.mark.parametrize(
    "name",
    [
        "classical-chords",
        "notes-and-chords",
        "chopin",
        "folder-symbols",
        "maestro-triplets",
        "house",
        "attention",
        "transformer-words",
        "transformer-notes",
        "jazz",
    ],
)
def test_the_summary_has_every_layer_and_its_shape(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    _, _, made = setup(name)
    lines: list[str] = []
    made.network.summary(line_length=150, print_fn=lines.append)
    cells = [[cell.strip() for cell in line.split("│")] for line in "\n".join(lines).splitlines()]
    shapes = [cell[2] for cell in cells if len(cell) > 3]
    assert len(shapes) == len(made.network.layers)
    assert all(shape.startswith("(") for shape in shapes)
    assert shapes == SHAPES.get(name, shapes)
