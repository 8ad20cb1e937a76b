"""Every setting that may change while playing does something at once, on the running stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.messages import Clock, Heard, NoteOff, NoteOn
from antiphon.partner import PartnerSections
from antiphon.partner.inputs import Change
from antiphon.resources import house_instrument
from antiphon.settings import public_keys, sections_of

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit

AT = 10.0
"""When the setting is changed: after one phrase and its answer, before the next."""

CHANGES: dict[str, tuple[Any, dict[str, Any]]] = {
    "partner.mode": ("echo", {}),
    "partner.pause": (2.0, {}),
    "partner.pause_gaps": (8.0, {}),
    "partner.longest_pause": (0.7, {"pause_gaps": 8.0}),
    "partner.held_pause": (1.0, {"legato": 20.0}),
    "partner.patience": (4.0, {"impatient": True, "pause_gaps": 0.0}),
    "partner.shortest": (8.0, {}),
    "partner.longest": (2.0, {"shortest": 0.5, "strokes": 24}),
    "partner.voices": (1, {"legato": 3.0}),
    "partner.notes_per_second": (1, {}),
    "partner.temperature_pitch": (3.0, {}),
    "partner.temperature_step": (3.0, {}),
    "partner.temperature_duration": (3.0, {}),
    "partner.temperature_velocity": (3.0, {}),
    "partner.min_p": (1.0, {}),
    "partner.low": (64, {}),
    "partner.high": (62, {}),
    "partner.window_notes": (2, {}),
    "partner.window_seconds": (1.0, {}),
    "listening.ghost_velocity": (127, {"legato": 0.05}),
    "listening.ghost_seconds": (0.5, {"ghost_velocity": 127, "legato": 0.8}),
    "listening.same_within": (0.2, {"gap": 0.1, "pitches": (60,)}),
    "listening.drone_after": (0.5, {"legato": 20.0}),
    "listening.pedal": ("ignore", {"tread": True}),
    "listening.clock": ("ignore", {"clocked": True}),
    "groove.strength": (0.0, {}),
    "groove.swing": ("eighths", {"instrument": "symbols", "swing_ratio": 2.0}),
    "groove.swing_ratio": (2.0, {"instrument": "symbols", "swing": "eighths"}),
    "groove.early": (0.1, {}),
    "form.density": ("away", {}),
    "form.register": ("away", {}),
    "form.loudness": ("away", {"strokes": 24}),
    "form.articulation": ("away", {"legato": 0.05}),
    "form.key": ("away", {}),
    "form.candidates": (1, {}),
    "form.endings": (False, {}),
    "memory.gain": (0.0, {"remembers": True}),
    "memory.notes": (64, {"remembers": True, "strokes_before": 72}),
    "continue.rest": (5.0, {"mode": "continue"}),
    "echo.transpose": (7, {"mode": "echo"}),
    "harmonise.notes": (4, {"mode": "harmonise"}),
    "harmonise.nearest": (7, {"mode": "harmonise"}),
    "harmonise.farthest": (4, {"mode": "harmonise"}),
    "harmonise.loudness": (0.2, {"mode": "harmonise"}),
}
"""Another value of each setting, and how one plays so that it matters."""


def changeable() -> list[str]:
    return [
        f"{section}.{name}"
        for section, kind in sections_of(PartnerSections).items()
        for name, key in public_keys(kind).items()
        if key.live
    ]


def test_each_changeable_setting_is_tried() -> None:
    assert len(CHANGES) > 20
    assert list(CHANGES) == changeable()


def some_sections(how: dict[str, Any]) -> PartnerSections:
    """The settings that hold before the change."""
    return PartnerSections.made_of(
        {
            section: kind(**{key: how[key] for key in public_keys(kind) if key in how})
            for section, kind in sections_of(PartnerSections).items()
        }
    )


def a_key(onset: float) -> list[Any]:
    return [NoteOn(onset, 0, 60, 80), NoteOff(onset + 0.1, 0, 60)]


def heard(kit: Kit, changes: list[Change], how: dict[str, Any]) -> list[Any]:
    """What the partner played from the change on, in all its details."""
    how = dict(how)
    played = {key: how.pop(key) for key in ("gap", "legato", "pitches") if key in how}
    count, tread = how.pop("strokes", 8), how.pop("tread", False)
    impatient = how.pop("impatient", False)
    clocked, before = how.pop("clocked", False), how.pop("strokes_before", 8)
    if how.pop("remembers", False):
        how["predictor"] = Predictor(house_instrument())
    pitches = played.pop("pitches", (60, 62, 64, 65, 67, 65, 64, 62))
    tune = [pitches[index % len(pitches)] for index in range(count)]
    stage = kit.stage(**how)
    first = kit.phrase(pitches=tune[:8] * (before // 8), gap=min(0.25, 6.0 / before))
    events = [*first, *changes, *kit.phrase(start=AT + 1.0, pitches=tune, **played)]
    if tread:
        events.append(kit.pedal(AT + 4.2, down=True))
    if clocked:  # at another tempo than the player's
        ticks = np.arange(0.0, AT + 10.0, 0.31 / 24).tolist()
        events += [Heard(Clock(time), b"\xf8") for time in ticks]
    if impatient:  # goes on soon after the second answer, which is the first after the change
        again = kit.stage(**how).run(sorted(events, key=lambda event: event.time), until=AT + 5.0)
        events += a_key(min(onset for onset in again.onsets if onset > AT) + 0.3)
    events.sort(key=lambda event: event.time)
    stage.run(events, until=AT + 20.0)
    assert stage.sentences == [f"{one.name} is now {one.value}." for one in changes]
    return [(s.note, s.end) for s in stage.heard if s.note.onset > AT]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_while_playing_is_heard(kit: Kit, name: str) -> None:
    value, how = CHANGES[name]
    before = heard(kit, [], how)
    after = heard(kit, [Change(AT, name, value)], how)
    assert before
    assert before != after
    section, key = name.split(".")
    same = getattr(some_sections(how).of(sections_of(PartnerSections)[section]), key)
    assert before == heard(kit, [Change(AT, name, same)], how)
