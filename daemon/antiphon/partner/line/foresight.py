"""Foresight: how long a silence the instrument expects after what it has read.

A player who has not finished goes on with a next note; the instrument knows how likely
each time until then is. A silence of which it was to be expected that it is still going on
says nothing; only a longer one says that the phrase is over. Times are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import Biases, Controls
from antiphon.partner.line.predictor import Foresees, foreseeing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.codecs import FieldCodec
    from antiphon.partner.line.place import Place
    from antiphon.partner.line.predictor import NextNote

UNLIKELY = 0.1
"""A silence is longer than expected where the next note would have come by then but for this
chance. With the pedal, 0.03, 0.05 and 0.1 lower the interruptions of piano rolls of the training
set from 0.91 a minute to 0.35, 0.42 and 0.46; at 0.05 the median plain phrase was answered 20 to
60 ms later, at 0.1 no later than without it."""

PITCHES = 8
"""The time until the next note depends on its pitch: so many, spread evenly over what is likely."""

_STEP = 1


class Foresight:
    """Tells how long a silence is to be expected.

    Parameters
    ----------
    predictor : Foresees
        The instrument.
    codec : FieldCodec
        Its codec, whose fields begin with the pitch and the step.
    """

    def __init__(self, predictor: Foresees, codec: FieldCodec) -> None:
        fields, size = len(codec.sizes), codec.sizes[_STEP]
        self._predictor = predictor
        self._steps = slice(codec.sizes[0], codec.sizes[0] + size)
        self._longest = [codec.time_range(index)[1] for index in range(size)]
        self._controls, self._biases = Controls.of(fields=fields), Biases(codec)
        self._uniforms = np.full((PITCHES, fields), 0.5, dtype=np.float32)
        self._uniforms[:, 0] = (np.arange(PITCHES) + 0.5) / PITCHES

    def silence(self, place: Place) -> float:
        """Return the longest silence after the last onset that is no surprise, in seconds."""
        likely = np.cumsum(self.steps(place)) >= 1.0 - UNLIKELY
        return self._longest[int(np.argmax(likely))]

    def steps(self, place: Place) -> NDArray[np.float64]:
        """Return how likely each class of the time until the next note is; one call.

        This is the mean over pitches, each as likely as the next.
        """
        asks = [
            Ask(place.state, place.row, numbers, self._controls, self._biases)
            for numbers in self._uniforms
        ]
        logits = self._predictor.logits_batch(asks)[:, self._steps].astype(np.float64)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: NDArray[np.float64] = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
        return chances


def foresight_for(predictor: NextNote, codec: Codec) -> Foresight | None:
    """Return the foresight of an instrument; None where it has none.

    Instruments of words, of regressed times, and those that read a window have none.
    """
    foresees = foreseeing(predictor)
    if foresees is None or codec.fields[:2] != ("pitch", "step"):
        return None
    return Foresight(foresees, cast("FieldCodec", codec))
