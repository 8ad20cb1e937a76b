"""The house network: one field after the other, one note after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antiphon.music.codecs.performance import PerformanceCodec

pytestmark = [
    pytest.mark.train,
    # TensorFlow asks NumPy for copies in the way of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

CODEC = PerformanceCodec()
BATCH, TIME, UNITS = 3, 10, 8


@pytest.fixture(scope="module")
def network() -> Any:
    import keras

    from antiphon_training.networks.house import HouseNetwork

    keras.utils.set_random_seed(1)
    made = HouseNetwork(
        CODEC.fields, CODEC.sizes, CODEC.input_sizes, units=UNITS, embedding=6, head=5
    )
    made.build()
    rng = np.random.default_rng(1)
    for weight in made.trainable_variables:
        weight.assign(weight + rng.normal(0.0, 0.3, weight.shape))
    return made


def notes(seed: int, sizes: tuple[int, ...], shape: tuple[int, int] = (BATCH, TIME)) -> Any:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, n, shape) for n in sizes], axis=-1).astype(np.int32)


def test_logits_have_a_class_for_each_value(network: Any) -> None:
    inputs = {"previous": notes(1, CODEC.input_sizes), "target": notes(2, CODEC.sizes)}
    logits = network(inputs)
    assert tuple(logits) == CODEC.fields
    shapes = [tuple(logits[name].shape) for name in CODEC.fields]
    assert shapes == [(BATCH, TIME, size) for size in CODEC.sizes]


def test_a_field_is_given_those_before_it_and_no_other(network: Any) -> None:
    import tensorflow as tf

    previous, target = notes(1, CODEC.input_sizes), notes(2, CODEC.sizes)
    features, _ = network.run(tf.constant(previous), network.initial_state(BATCH))
    plain = network.logits(features, tf.constant(target))
    for changed in range(len(CODEC.fields)):
        other = target.copy()
        other[:, :, changed] = (other[:, :, changed] + 1) % CODEC.sizes[changed]
        logits = network.logits(features, tf.constant(other))
        for i, name in enumerate(CODEC.fields):
            same = np.array_equal(logits[name], plain[name])
            assert same == (i <= changed), f"{name} with another {CODEC.fields[changed]}"


def test_a_note_is_predicted_from_the_past_alone(network: Any) -> None:
    target = notes(2, CODEC.sizes)
    previous = notes(1, CODEC.input_sizes)
    other = previous.copy()
    other[:, 6:] = notes(3, CODEC.input_sizes)[:, 6:]
    a = network({"previous": previous, "target": target})
    b = network({"previous": other, "target": target})
    for name in CODEC.fields:
        np.testing.assert_array_equal(a[name][:, :6], b[name][:, :6])
        assert not np.array_equal(a[name][:, 6:], b[name][:, 6:])


def test_note_by_note_is_the_same_as_the_whole(network: Any) -> None:
    import tensorflow as tf

    previous, target = notes(1, CODEC.input_sizes), notes(2, CODEC.sizes)
    features, after = network.run(tf.constant(previous), network.initial_state(BATCH))
    logits = network.logits(features, tf.constant(target))
    state = network.initial_state(BATCH)
    for t in range(TIME):
        step, state = network.run_step(tf.constant(previous[:, t]), state)
        stepped = network.logits(step, tf.constant(target[:, t]))
        for name in CODEC.fields:
            np.testing.assert_allclose(stepped[name], logits[name][:, t], atol=1e-5)
    for mine, other in zip(state, after, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


def test_the_state_goes_on_from_batch_to_batch_until_a_reset(network: Any) -> None:
    import tensorflow as tf

    from antiphon_training.networks.streaming import StreamingNetwork

    stream = StreamingNetwork(network, BATCH)
    stream.build()
    previous, target = notes(1, CODEC.input_sizes), notes(2, CODEC.sizes)
    whole = network({"previous": previous, "target": target})

    def part(first: int, last: int, reset: float) -> dict[str, Any]:
        batch = {"previous": previous[:, first:last], "target": target[:, first:last]}
        flags = np.full(BATCH, reset, np.float32)
        logits: dict[str, Any] = stream({**batch, "reset": flags}, training=True)
        return logits

    for _ in range(2):  # the second time the state of the first is forgotten
        begun, gone_on = part(0, 4, 1.0), part(4, TIME, 0.0)
        for name in CODEC.fields:
            np.testing.assert_allclose(begun[name], whole[name][:, :4], atol=1e-5)
            np.testing.assert_allclose(gone_on[name], whole[name][:, 4:], atol=1e-5)
    assert not any(tf.reduce_all(variable.value == 0.0) for variable in stream.carried)


def test_its_configuration_makes_it_again(network: Any) -> None:
    from antiphon_training.networks.house import HouseNetwork

    again = HouseNetwork.from_config(network.get_config())
    again.build()
    again.set_weights(network.get_weights())
    inputs = {"previous": notes(1, CODEC.input_sizes), "target": notes(2, CODEC.sizes)}
    for name, logits in network(inputs).items():
        np.testing.assert_array_equal(again(inputs)[name], logits)


class TestDropout:
    @pytest.fixture
    def dropping(self, network: Any) -> Any:
        from antiphon_training.networks.house import HouseNetwork

        made = HouseNetwork.from_config({**network.get_config(), "dropout": 0.5})
        made.build()
        for mine, other in zip(made.trainable_weights, network.trainable_weights, strict=True):
            mine.assign(other)
        return made

    def test_nothing_is_dropped_but_in_training(self, network: Any, dropping: Any) -> None:
        import tensorflow as tf

        inputs = {"previous": notes(1, CODEC.input_sizes), "target": notes(2, CODEC.sizes)}
        for name, logits in network(inputs).items():
            np.testing.assert_array_equal(dropping(inputs)[name], logits)
        previous, state = tf.constant(inputs["previous"]), network.initial_state(BATCH)
        plain, _ = network.run(previous, state, training=True)
        dropped, _ = dropping.run(previous, state, training=True)
        share = float(np.mean(np.asarray(dropped) == 0.0))
        assert 0.3 < share < 0.7
        assert not np.any(np.asarray(plain) == 0.0)

    def test_it_adds_no_weights(self, network: Any, dropping: Any) -> None:
        assert len(dropping.weights) == len(network.weights) == len(network.trainable_weights)
        # Only the states of its random numbers, which a checkpoint keeps.
        assert len(dropping.variables) == len(network.variables) + 3


class TestAttention:
    """A head of attention over the last notes, in the explicit state."""

    WIDTH, LONG = 4, 150

    @pytest.fixture(scope="class")
    @classmethod
    def attending(cls, network: Any) -> Any:
        from antiphon_training.networks.house import HouseNetwork

        made = HouseNetwork.from_config({**network.get_config(), "attention": cls.WIDTH})
        made.build()
        own = {weight.name: weight.path for weight in made.attention.trainable_weights}
        assert set(own) == {"projection", "note", "back", "age"}
        others = [w for w in made.trainable_weights if w.path not in own.values()]
        for mine, other in zip(others, network.trainable_weights, strict=True):
            mine.assign(other)
        return made

    @pytest.fixture
    def trained(self, attending: Any) -> Any:
        from antiphon_training.networks.house import HouseNetwork

        made = HouseNetwork.from_config(attending.get_config())
        made.build()
        rng = np.random.default_rng(2)
        for weight in made.trainable_weights:
            weight.assign(rng.normal(0.0, 0.5, weight.shape))
        return made

    def test_it_adds_nothing_before_it_is_trained(self, network: Any, attending: Any) -> None:
        inputs = {"previous": notes(1, CODEC.input_sizes), "target": notes(2, CODEC.sizes)}
        for name, logits in network(inputs).items():
            np.testing.assert_allclose(attending(inputs)[name], logits, atol=1e-6)

    def test_note_by_note_is_the_same_as_the_whole(self, trained: Any) -> None:
        import tensorflow as tf

        previous = notes(1, CODEC.input_sizes, (2, self.LONG))
        whole, after = trained.run(tf.constant(previous), trained.initial_state(2))
        state = trained.initial_state(2)
        shapes = [tuple(part.shape[1:]) for part in state]
        assert shapes == list(trained.state_shapes.values())
        assert len(shapes) == 7
        for t in range(self.LONG):
            step, state = trained.run_step(tf.constant(previous[:, t]), state)
            np.testing.assert_allclose(step, whole[:, t], atol=1e-4)
        for mine, other in zip(state, after, strict=True):
            np.testing.assert_allclose(mine, other, atol=1e-4)
        assert not np.array_equal(whole, np.zeros_like(whole))

    def test_the_state_goes_on_from_batch_to_batch_until_a_reset(self, trained: Any) -> None:
        from antiphon_training.networks.streaming import StreamingNetwork

        stream = StreamingNetwork(trained, BATCH)
        stream.build()
        shape = (BATCH, self.LONG)
        previous, target = notes(1, CODEC.input_sizes, shape), notes(2, CODEC.sizes, shape)
        whole = trained({"previous": previous, "target": target})
        for _ in range(2):  # the second time the state of the first is forgotten
            found = []
            for first, last, reset in ((0, 40, 1.0), (40, self.LONG, 0.0)):
                batch = {"previous": previous[:, first:last], "target": target[:, first:last]}
                flags = np.full(BATCH, reset, np.float32)
                found.append(stream({**batch, "reset": flags}, training=True))
            for name in CODEC.fields:
                parts = np.concatenate([part[name] for part in found], axis=1)
                np.testing.assert_allclose(parts, whole[name], atol=1e-4)

    def test_it_finds_what_followed_a_like_moment(self, attending: Any) -> None:
        """Keys are of the moment before a note, values of the note."""
        attention = attending.attention
        units, embedding = attending.units, attending.embedding_width
        projection = np.zeros((units, 3 * self.WIDTH), np.float32)
        projection[0, 0] = projection[0, self.WIDTH] = 20.0  # query and key: the first feature
        note = np.zeros((embedding, self.WIDTH), np.float32)
        note[0, 0] = 1.0  # value: the first number of the embedding
        back = np.zeros((self.WIDTH, units), np.float32)
        back[0, 1] = 1.0  # found: added to the second feature
        before = attention.get_weights()
        attention.projection.assign(projection)
        attention.note.assign(note)
        attention.back.assign(back)
        features = np.zeros((1, 8, units), np.float32)
        embedded = np.zeros((1, 8, embedding), np.float32)
        features[0, :, 0] = [0, 0, 1, 0, 0, 0, 0, 1]
        embedded[0, :, 0] = np.arange(8.0)
        zeros = [np.zeros((1, *shape), np.float32) for shape in attention.state_shapes.values()]
        found, _ = attention(features, embedded, zeros)
        attention.set_weights(before)
        assert float(found[0, 7, 1]) == pytest.approx(3.0, abs=1e-3), "the note after the first 1"

    def test_it_looks_back_on_so_many_notes_and_no_further(self, trained: Any) -> None:
        from antiphon_training.networks.attention import REACH

        attention = trained.attention
        rng = np.random.default_rng(1)
        features = rng.normal(size=(1, REACH + 20, trained.units)).astype(np.float32)
        embedded = rng.normal(size=(1, REACH + 20, trained.embedding_width)).astype(np.float32)
        zeros = [np.zeros((1, *shape), np.float32) for shape in attention.state_shapes.values()]
        plain, _ = attention(features, embedded, zeros)
        other = embedded.copy()
        other[0, 3] += 5.0
        moved, _ = attention(features, other, zeros)
        differs = np.abs(np.asarray(moved) - np.asarray(plain)).max(axis=(0, 2)) > 0.0
        # What was read at place 3 is its value, and the key of place 4.
        assert differs[3 : 4 + REACH].mean() > 0.9
        assert not differs[:3].any()
        assert not differs[4 + REACH :].any()
