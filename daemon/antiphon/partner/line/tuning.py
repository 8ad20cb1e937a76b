"""A codec tuned to notes that are heard all at once, as the partner tunes it. Times are seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.partner.line.cue import Cue
from antiphon.partner.listening.settings import GrooveSettings

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray


def tuned_to(codec: Codec, notes: NoteArray) -> Codec:
    """Return a codec on the pulse of sorted notes, which reads words with their swing."""
    off = isinstance(codec, SymbolsCodec) and not codec.swings
    cue = Cue.heard(notes, GrooveSettings(swing="off" if off else "auto"))
    beats = cue.word_beats
    beat = None if beats is None else beats.period
    if isinstance(codec, SymbolsCodec):
        return codec.tuned(notes, beat, cue.swing)
    return codec.tuned(notes, beat)
