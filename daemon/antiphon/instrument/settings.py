"""What can be set about the instrument."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from antiphon.resources import house_instrument
from antiphon.settings import FIXED, PathOrWord, Section


class InstrumentSection(Section, frozen=True, kw_only=True):
    """What the partner plays with."""

    NAME = "instrument"

    path: Annotated[
        PathOrWord,
        Meta(
            description='What the partner plays with: "house" comes with Antiphon, else an .onnx '
            "file.",
            extra=FIXED,
        ),
    ] = "house"

    @property
    def file(self) -> Path:
        """The instrument's file."""
        return house_instrument() if self.path == "house" else Path(self.path)
