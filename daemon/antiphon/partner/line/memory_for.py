"""Make the memory of an instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.partner.line.predictor import remembering
from antiphon.partner.memory.memory import Memory

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.predictor import NextNote
    from antiphon.partner.memory.settings import MemorySettings


def memory_for(predictor: NextNote, codec: Codec, settings: MemorySettings) -> Memory | None:
    """Return an empty memory; None where the instrument cannot take anything up.

    Instruments of words, and those that read a window for each note, have none.
    """
    remembers = remembering(predictor)
    if remembers is None or codec.fields[0] != "pitch":
        return None
    return Memory(remembers.weighing, codec.sizes, settings.notes, settings.gain)
