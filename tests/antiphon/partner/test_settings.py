from __future__ import annotations

from typing import Any

import msgspec
import pytest

from antiphon.errors import SettingError
from antiphon.partner import MODES, PartnerSections, PartnerSettings
from antiphon.settings import sections_of


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "dance"},
        {"pause": -1.0},
        {"pause": float("nan")},
        {"low": 60, "high": 59},
        {"shortest": 5.0, "longest": 4.0},
        {"pause": 3.0, "longest_pause": 2.0},
        {"longest_gap": 20.0},
        {"calls_per_tick": 0},
        {"ignored_channels": (16,)},
        {"seed": -1},
    ],
)
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError) as refused:
        PartnerSettings(**wrong)
    assert any(key in str(refused.value) for key in wrong)


def test_every_mode_may_be_set() -> None:
    assert list(MODES) == ["respond", "continue", "echo", "harmonise", "listen"]
    assert [PartnerSettings(mode=mode).mode for mode in MODES] == list(MODES)


def test_a_seed_is_kept_and_auto_is_another_one_each_time() -> None:
    assert PartnerSettings(seed=7).seed_number() == 7
    assert PartnerSettings().seed_number() != PartnerSettings().seed_number()


def test_a_seed_of_chance_has_31_bits() -> None:
    """So it fits wherever a seed is an int32, and two jams hardly ever have the same."""
    drawn = [PartnerSettings().seed_number() for _ in range(100)]
    assert 2**30 <= max(drawn) < 2**31
    assert isinstance(PartnerSettings(seed="".join(["au", "to"])).seed_number(), int)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [PartnerSections, *sections_of(PartnerSections).values()])
def test_settings_are_given_by_name_and_never_changed_in_place(kind: type[Any]) -> None:
    one = kind()
    name = msgspec.structs.fields(kind)[0].name
    with pytest.raises(AttributeError):
        setattr(one, name, getattr(one, name))
    with pytest.raises(TypeError):
        kind(getattr(one, name))
