from __future__ import annotations

from typing import Any

import pytest

from antiphon.errors import SettingError
from antiphon.partner import PartnerSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "dance"},
        {"pause": -1.0},
        {"pause": float("nan")},
        {"low": 60, "high": 59},
        {"shortest": 5.0, "longest": 4.0},
        {"longest_gap": 20.0},
        {"calls_per_tick": 0},
        {"ignored_channels": (16,)},
    ],
)
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError) as refused:
        PartnerSettings(**wrong)
    assert any(key in str(refused.value) for key in wrong)
