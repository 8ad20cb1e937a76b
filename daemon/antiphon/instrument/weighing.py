"""How a memory weighs remembered places, as fitted for one instrument.

The numbers lie in the file's metadata under `WEIGHING_KEY`, as JSON. What a graph does
with the weights is described in docs/memory.md.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from antiphon.errors import InstrumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHING_KEY = "antiphon_memory"

LONGEST = 20
"""A common suffix counts up to so many notes."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """The fitted numbers of one instrument.

    Attributes
    ----------
    identity : str
        Differs between instruments whose keys cannot be compared.
    width : int
        Numbers in a key.
    theta : float
        Weight of the cosine of two keys.
    exact, shifted : tuple of float
        Weight of a common suffix of so many notes, at the same pitch and transposed;
        `LONGEST` + 1 each.
    recency : float
        Weight of log(1 + age / 16), the age being that in notes, at most 64.
    fitted : dict
        How they were fitted, for people.
    """

    identity: str
    width: int
    theta: float
    exact: tuple[float, ...]
    shifted: tuple[float, ...]
    recency: float
    fitted: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse numbers with which no place could be weighed."""
        numbers = (self.theta, *self.exact, *self.shifted, self.recency)
        if len(self.exact) != LONGEST + 1 or len(self.shifted) != LONGEST + 1:
            raise ValueError(f"a weight for each length up to {LONGEST} is needed")
        if self.width < 1 or not all(map(math.isfinite, numbers)):
            raise ValueError("a weight is no number")

    def to_json(self) -> str:
        """Return the text for the metadata."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


def read_weighing(metadata: Mapping[str, str]) -> Weighing | None:
    """Return the weighing that a file's metadata holds; None where there is none.

    Raises
    ------
    InstrumentError
        It is damaged.
    """
    text = metadata.get(WEIGHING_KEY)
    if text is None:
        return None
    try:
        values = json.loads(text)
        return Weighing(
            str(values["identity"]),
            int(values["width"]),
            float(values["theta"]),
            tuple(map(float, values["exact"])),
            tuple(map(float, values["shifted"])),
            float(values["recency"]),
            dict(values.get("fitted") or {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InstrumentError(
            "The memory's weights in the instrument file are damaged; export it again."
        ) from error
