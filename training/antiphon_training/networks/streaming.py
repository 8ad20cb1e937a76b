"""Training over long pieces: the network's state is carried from batch to batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    from antiphon_training.networks.house import HouseNetwork

Tensor = Any


class StreamingNetwork(keras.Model):
    """A network whose state goes on where the last batch ended.

    Gradients stop at the start of a batch (truncated back-propagation through
    time), the state does not: row b of a batch continues row b of the one before,
    until a batch comes with `reset` set, which starts from zeros.

    Where several processes train together each computes some of a batch's rows,
    always the same ones, but holds the carried state of all: what is kept in a
    run does not depend on how many there were. For the house network that is
    half a megabyte to gather a batch, beside gradients of 18.

    Parameters
    ----------
    network : HouseNetwork
        What is trained.
    batch : int
        Rows of a training batch.
    """

    def __init__(self, network: HouseNetwork, batch: int, **kwargs: Any) -> None:
        # The state is float32 whatever the precision of the layers.
        super().__init__(dtype="float32", **kwargs)
        self.network = network
        self.batch = batch
        self.carried = [
            self.add_weight(
                name=f"carried_{i}",
                shape=(batch, network.units),
                initializer="zeros",
                trainable=False,
                dtype="float32",
            )
            for i in range(2 * len(network.lstms))
        ]

    def build(self, input_shape: Any = None) -> None:
        """Make the network's weights."""
        if not self.network.built:
            self.network.build()
        self.built = True

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """Return the logits of every field; in training, go on from the carried state."""
        if not training:
            logits: dict[str, Tensor] = self.network(inputs)
            return logits
        keep = 1.0 - ops.cast(ops.reshape(inputs["reset"], (-1, 1)), "float32")
        state = [variable.value * keep for variable in self.carried]
        features, after = self.network.run(inputs["previous"], state)
        for variable, value in zip(self.carried, after, strict=True):
            variable.assign(ops.stop_gradient(value))
        return self.network.logits(features, inputs["target"])
