"""Signatures of metre and key as every parser reads them."""

from __future__ import annotations

from antiphon.music.files import smf

METRE_BYTES = 4
MOST_SIGNS = 7
SMALLEST_UNIT = 6
"""The power of two of a sixty-fourth."""
USUAL_CLICK = bytes([24, 8])
"""MIDI clocks a click, and thirty-seconds a quarter: nothing here needs others."""


def signature(kind: int, content: bytes) -> bytes:
    """Return a meta event if it is a signature that makes sense, else one that does nothing.

    Parameters
    ----------
    kind : int
        The kind of the meta event.
    content : bytes
        What it holds; a time signature may lack its last two bytes.
    """
    if kind == smf.TIME_SIGNATURE and len(content) >= METRE_BYTES - len(USUAL_CLICK):
        count, unit = content[0], content[1]
        if count and unit <= SMALLEST_UNIT:
            return smf.meta(kind, bytes([count, unit]) + USUAL_CLICK)
    if kind == smf.KEY_SIGNATURE and len(content) > 1:
        sharps = int.from_bytes(content[:1], "big", signed=True)
        if -MOST_SIGNS <= sharps <= MOST_SIGNS and content[1] <= 1:
            return smf.meta(kind, content[:2])
    return smf.NOTHING
