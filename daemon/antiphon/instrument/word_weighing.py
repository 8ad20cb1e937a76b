"""How much a memory of words counts, as fitted for one instrument.

The numbers lie in the file's metadata under `WORD_WEIGHING_KEY`, as JSON; `USUAL` stands in
for those of a file that has none. An instrument whose shares are all 0 has no memory. Nothing
of it is in the graph: a host mixes the words in itself (docs/memory.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from antiphon.errors import InstrumentError
from antiphon.instrument.weighing import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping

WORD_WEIGHING_KEY = "antiphon_word_memory"

WORD_FIELDS = ("symbol",)
"""The fields of a codec of words."""


@dataclass(frozen=True, slots=True)
class WordWeighing:
    """The fitted numbers of one instrument of words.

    Attributes
    ----------
    exact, shifted : tuple of float
        How much of the next word is the memory's, 0 to 1, by the length in words of the
        longest common suffix, at the same pitch and transposed; `LONGEST` + 1 each.
    fitted : dict
        How they were fitted, for people.
    """

    exact: tuple[float, ...]
    shifted: tuple[float, ...]
    fitted: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse numbers that are no shares."""
        if len(self.exact) != LONGEST + 1 or len(self.shifted) != LONGEST + 1:
            raise ValueError(f"a share for each length up to {LONGEST} is needed")
        if not all(0.0 <= share <= 1.0 for share in (*self.exact, *self.shifted)):
            raise ValueError("a share is not from 0 to 1")

    @property
    def remembers(self) -> bool:
        """Whether the memory ever has a share."""
        return any((*self.exact, *self.shifted))

    def to_json(self) -> str:
        """Return the text for the metadata."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


def read_word_weighing(metadata: Mapping[str, str]) -> WordWeighing | None:
    """Return the weighing that a file's metadata holds; None where there is none.

    Raises
    ------
    InstrumentError
        It is damaged.
    """
    text = metadata.get(WORD_WEIGHING_KEY)
    if text is None:
        return None
    try:
        values = json.loads(text)
        return WordWeighing(
            tuple(map(float, values["exact"])),
            tuple(map(float, values["shifted"])),
            dict(values.get("fitted") or {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InstrumentError(
            "The memory's weights in the instrument file are damaged; export it again."
        ) from error


# fmt: off
USUAL = WordWeighing(
    exact=(0.0, 0.15, 0.45, 0.63, 0.75, 0.78, 0.82, 0.84, 0.86, 0.87, 0.88, 0.88,
           0.88, 0.89, 0.89, 0.89, 0.9, 0.9, 0.9, 0.9, 0.97),
    shifted=(0.0, 0.0, 0.0, 0.45, 0.6, 0.7, 0.75, 0.78, 0.8, 0.82, 0.84, 0.84,
             0.84, 0.85, 0.85, 0.86, 0.86, 0.86, 0.87, 0.87, 0.94),
)
# fmt: on
"""As fitted for the recipes `transformer-words` and `folder-symbols` (`--quick`, on
piano-midi.de), which differ by 0.02 on average; smoothed."""

NO_MEMORY = WordWeighing((0.0,) * (LONGEST + 1), (0.0,) * (LONGEST + 1))
"""That of an instrument which takes up nothing of what was played."""


def word_weighing_of(metadata: Mapping[str, str]) -> WordWeighing | None:
    """Return the weighing of an instrument of words: its own, or the usual; None without memory.

    Raises
    ------
    InstrumentError
        It is damaged.
    """
    weighing = read_word_weighing(metadata) or USUAL
    return weighing if weighing.remembers else None
