"""The sustain pedal, applied to durations.

Times are seconds. Controls are a NumPy structured array of `CONTROL_DTYPE`, in
order of time. The pedal is down from a value of 64 on, as MIDI 1.0 defines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from antiphon.messages.spec import PEDAL_DOWN, SOFT, SOSTENUTO, SUSTAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import NoteArray

Pedal = Literal["keys", "sustain"]
"""Whether a duration is that of the key, or lasts until the pedal is lifted."""

CONTROL_DTYPE = np.dtype([("time", "f8"), ("control", "u1"), ("value", "u1")])

ControlArray = NDArray[Any]
"""A structured array of `CONTROL_DTYPE`, shape (controls,)."""


PEDALS = (SUSTAIN, SOSTENUTO, SOFT)
"""The pedals of a piano, as control numbers."""


def no_controls() -> ControlArray:
    """Return an array without controls."""
    return np.zeros(0, dtype=CONTROL_DTYPE)


def pedal_controls(channels: Sequence[ControlArray]) -> ControlArray | None:
    """Return the pedals of the channels of one player, in order of time.

    Parameters
    ----------
    channels : sequence of array of CONTROL_DTYPE
        The controls of each channel that has notes.

    Returns
    -------
    array of CONTROL_DTYPE, or None
        None where channels have pedals of their own: one channel cannot play them.
    """
    pedals = [each[np.isin(each["control"], PEDALS)] for each in channels]
    if not pedals:
        return no_controls()
    if any(not np.array_equal(each, pedals[0]) for each in pedals[1:]):
        return None
    return pedals[0]


def lifted(controls: ControlArray, end: float) -> ControlArray:
    """Return pedals that all go up in the end.

    Parameters
    ----------
    controls : array of CONTROL_DTYPE
        In order of time.
    end : float
        When those go up that are left down, in seconds, if no later control is there.
    """
    last = {int(each["control"]): int(each["value"]) for each in controls}
    end = max(end, float(controls["time"].max(initial=0.0)))
    ups = [(end, control, 0) for control, value in last.items() if value]
    return np.concatenate([controls, np.array(ups, dtype=CONTROL_DTYPE)])


def apply_pedal(notes: NoteArray, controls: ControlArray) -> NoteArray:
    """Return the notes with durations that last as long as they sound.

    A note whose key is lifted while the pedal is down lasts until the pedal is
    lifted, or until the same key is struck again; where the pedal is never
    lifted, until the last note or control. No note gets shorter, and notes
    still held stay so. A pedal and a key at the same time: the pedal is first.

    Parameters
    ----------
    notes : array of NOTE_DTYPE, shape (notes,)
        Of one channel, sorted by onset.
    controls : array of CONTROL_DTYPE, shape (controls,)
        Of the same channel; only control 64 is looked at.
    """
    pedal = controls[controls["control"] == SUSTAIN]
    if len(notes) == 0 or len(pedal) == 0:
        return notes.copy()
    end = notes["onset"] + notes["duration"]
    lifted = _next_lift(pedal, end, last=_last_moment(end, controls))
    lasting = np.maximum(end, np.minimum(lifted, _struck_again(notes)))
    extended = notes.copy()
    extended["duration"] = np.where(lasting > end, lasting - notes["onset"], notes["duration"])
    return extended


def pedal_spans(channels: Sequence[ControlArray]) -> tuple[tuple[float, float], ...]:
    """Return when the sustain pedal goes down and up, in order.

    Channels that have a pedal each are taken together: it is down where one is. One that
    is never lifted goes up with the last control.

    Parameters
    ----------
    channels : sequence of array of CONTROL_DTYPE
        The controls of each channel.
    """
    changes: list[tuple[float, int]] = []
    for controls in channels:
        pedal = controls[controls["control"] == SUSTAIN]
        down = pedal["value"] >= PEDAL_DOWN
        turns = np.flatnonzero(np.diff(down, prepend=False)).tolist()
        changes += [(float(pedal["time"][n]), 1 if down[n] else -1) for n in turns]
    spans, feet, since = [], 0, 0.0
    for time, foot in sorted(changes):
        if foot > 0 and feet == 0:
            since = time
        feet += foot
        if foot < 0 and feet == 0:
            spans.append((since, time))
    if feet > 0:
        ends = (float(controls["time"].max(initial=since)) for controls in channels)
        spans.append((since, max(ends)))
    return tuple(spans)


def _last_moment(end: NDArray[np.float64], controls: ControlArray) -> float:
    known = end[~np.isnan(end)]
    return max(float(known.max(initial=0.0)), float(controls["time"].max()))


def _next_lift(pedal: ControlArray, end: NDArray[np.float64], last: float) -> NDArray[np.float64]:
    """Return when the pedal lets go of what ends at `end`: `end` itself where it is up."""
    down = pedal["value"] >= PEDAL_DOWN
    # For every pedal event, the time of the first lift from there on.
    lifts = np.where(down, np.inf, pedal["time"])
    lift_from = np.minimum.accumulate(lifts[::-1])[::-1]
    lift_from = np.where(np.isinf(lift_from), last, lift_from)
    state = np.searchsorted(pedal["time"], end, side="right") - 1
    held = (state >= 0) & down[state] & ~np.isnan(end)
    return np.where(held, lift_from[state], end)


def _struck_again(notes: NoteArray) -> NDArray[np.float64]:
    """Return, for each note, the next later onset of its pitch, or infinity."""
    order = np.lexsort((notes["onset"], notes["pitch"]))
    pitch, onset = notes["pitch"][order], notes["onset"][order]
    following = np.full(len(notes), np.inf)
    following[:-1] = np.where(pitch[1:] == pitch[:-1], onset[1:], np.inf)
    result = np.empty_like(following)
    result[order] = following
    return result
