"""The section `[memory]`: how much of what was played is taken up, and how long it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from antiphon.settings import FIXED, PathOrWord, Section


class MemorySettings(Section, frozen=True, kw_only=True):
    """What is remembered of what was played, and how much the partner takes it up."""

    NAME = "memory"

    gain: Annotated[
        float,
        Meta(
            ge=0.0,
            le=3.0,
            description="How much the partner takes up of what is remembered: 0 is its own voice, "
            "1 as fitted on music, 3 hardly leaves what was played.",
        ),
    ] = 1.0
    notes: Annotated[
        int,
        Meta(
            ge=64,
            le=16384,
            description="How many notes are remembered. Where there are more, the partner's own "
            "are forgotten first, the oldest first, then the oldest of all.",
        ),
    ] = 4096
    file: Annotated[
        PathOrWord,
        Meta(
            description='A file that keeps the memory from session to session; "none" keeps '
            "nothing.",
            extra=FIXED,
        ),
    ] = "none"

    @property
    def path(self) -> Path | None:
        """The file; None where there is none."""
        return None if self.file == "none" else Path(self.file)
