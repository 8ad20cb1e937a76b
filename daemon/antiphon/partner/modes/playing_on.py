"""The mode `continue`: when the player pauses, it plays on until a key is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.partner.modes.respond import Respond
from antiphon.partner.modes.settings import ContinueSettings

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble


class Continue(Respond):
    """Plays on in stretches as long as the player's phrase, with rests between; see `Mode`.

    It listens and gives way as `Respond` does, but its turn does not end by itself.
    """

    def __init__(self, ensemble: Ensemble) -> None:
        super().__init__(ensemble, lambda: ensemble.sections.of(ContinueSettings).rest)
