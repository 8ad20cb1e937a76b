"""Read the temperatures of a command line: one for all fields, or one for each field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from antiphon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.partner import PartnerSettings

SYMBOL, PITCH = "symbol", "pitch"
"""The temperature of a word is the setting for the pitch."""


def with_temperatures(
    limits: PartnerSettings, written: Sequence[str], fields: Sequence[str]
) -> PartnerSettings:
    """Return limits with other temperatures.

    Parameters
    ----------
    limits : PartnerSettings
        The partner's limits.
    written : sequence of str
        "0.9" for all fields, "pitch=0.9" for one; later ones win.
    fields : sequence of str
        The fields of the instrument's codec.

    Raises
    ------
    UsageError
        One is no number, or for a field that the instrument does not have.
    SettingError
        One is out of range.
    """
    values: dict[str, Any] = {}
    for text in written:
        name, equals, number = text.rpartition("=")
        if equals and name not in fields:
            raise UsageError(
                f"--temperature {text}: the instrument has no field {name!r}; it has "
                f"{', '.join(fields)}."
            )
        try:
            value = float(number)
        except ValueError:
            raise UsageError(
                f"--temperature {text}: write a number, or a field and a number such as "
                f"{fields[0]}=0.9."
            ) from None
        for field in (name,) if equals else fields:
            values[f"temperature_{PITCH if field == SYMBOL else field}"] = value
    return replace(limits, **values) if values else limits
