"""The parts "attention" and "followed" of `variants.py`: an experiment, not of the product.

Keys and values of the last 128 states are in the explicit state, in arrays of a fixed size, so
a note costs the same time however long the music is.
"""

from __future__ import annotations

from typing import Any

REACH, WIDTH = 128, 64
"""States that attention looks back on, and the width of a key and of a value."""


def attending() -> Any:
    """Return the class of a house network with one head of attention over its last states."""
    import keras
    from keras import ops

    from antiphon_training.networks.house import HouseNetwork

    class Attending(HouseNetwork):
        """The features get the sum of the values of like states, at most 128 back."""

        def __init__(self, *args: Any, followed: bool = False, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.followed = followed
            self.query = keras.layers.Dense(WIDTH, use_bias=False, name="query")
            self.key = keras.layers.Dense(WIDTH, use_bias=False, name="key")
            self.value = keras.layers.Dense(WIDTH, use_bias=False, name="value")
            self.back = keras.layers.Dense(self.units, use_bias=False, name="back")

        @property
        def state_shapes(self) -> dict[str, tuple[int, ...]]:
            """The LSTMs' states, then keys, values, whether each is there, and the last key."""
            own = {"keys": (REACH * WIDTH,), "values": (REACH * WIDTH,), "there": (REACH,),
                   "last": (WIDTH,)}  # fmt: skip
            return {**super().state_shapes, **own}

        def build(self, input_shape: Any = None) -> None:
            """Make all weights."""
            super().build(input_shape)
            for layer in (self.query, self.key):
                layer.build((None, None, self.units))
            self.value.build((None, None, self.units + self.embedding_width))
            self.back.build((None, None, WIDTH))
            self.age = self.add_weight(name="age", shape=(REACH,), initializer="zeros")

        def run(self, previous: Any, state: Any, training: bool = False) -> Any:
            """Read notes; return features and the new state."""
            layers = 2 * len(self.lstms)
            features, after = super().run(previous, state[:layers], training)
            keys, values, there, last = state[layers:]
            batch, steps = ops.shape(features)[0], ops.shape(features)[1]
            read = ops.concatenate(
                [features, ops.cast(self.embedding(previous), features.dtype)], -1
            )
            q, k = (ops.cast(f(features), "float32") for f in (self.query, self.key))
            v = ops.cast(self.value(read), "float32")
            old = k
            if self.followed:
                k = ops.concatenate([last[:, None], k[:, :-1]], axis=1)
            keys = ops.concatenate([ops.reshape(keys, (batch, REACH, WIDTH)), k], axis=1)
            values = ops.concatenate([ops.reshape(values, (batch, REACH, WIDTH)), v], axis=1)
            there = ops.concatenate([there, ops.ones((batch, steps), "float32")], axis=1)
            ages = REACH + ops.arange(steps)[:, None] - ops.arange(REACH + steps)[None]
            seen = (ages >= 0) & (ages < REACH)
            scores = ops.einsum("btd,bsd->bts", q, keys) / WIDTH**0.5
            scores = scores + ops.take(ops.cast(self.age, "float32"), ops.clip(ages, 0, REACH - 1))
            open_to = seen[None] & (there[:, None] > 0.5)
            weights = ops.softmax(ops.where(open_to, scores, -1e9), axis=-1)
            found = ops.einsum("bts,bsd->btd", weights, values)
            features = features + ops.cast(
                self.back(ops.cast(found, features.dtype)), features.dtype
            )
            after += [
                ops.reshape(keys[:, -REACH:], (batch, REACH * WIDTH)),
                ops.reshape(values[:, -REACH:], (batch, REACH * WIDTH)),
                there[:, -REACH:],
                old[:, -1],
            ]
            return features, after

    return Attending
