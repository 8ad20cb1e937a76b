"""Make the memory of an instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from antiphon.partner.line.predictor import remembering, weighing_words
from antiphon.partner.memory.fields import FieldMemory
from antiphon.partner.memory.words import WordMemory

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.codecs import WordCodec
    from antiphon.partner.line.predictor import NextNote
    from antiphon.partner.memory.memory import Memory
    from antiphon.partner.memory.settings import MemorySettings

_MOST_WORDS = np.iinfo(np.int16).max
"""The largest vocabulary whose words can be remembered: rows are int16."""


def memory_for(predictor: NextNote, codec: Codec, settings: MemorySettings) -> Memory | None:
    """Return an empty memory; None where the instrument cannot take anything up.

    Instruments of fields that read a window for each note have none.
    """
    words = weighing_words(predictor)
    if words is not None and codec.sizes[0] <= _MOST_WORDS:
        return WordMemory(words, cast("WordCodec", codec), settings.notes, settings.gain)
    remembers = remembering(predictor)
    if remembers is None or codec.fields[0] != "pitch":
        return None
    return FieldMemory(remembers.weighing, codec.sizes, settings.notes, settings.gain)
