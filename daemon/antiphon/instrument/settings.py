"""The settings of the instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from antiphon.resources import find_instrument
from antiphon.settings import FIXED, PathOrWord, Section

if TYPE_CHECKING:
    from pathlib import Path


class InstrumentSection(Section, frozen=True, kw_only=True):
    """The instrument that the partner plays."""

    NAME = "instrument"

    path: Annotated[
        PathOrWord,
        Meta(
            description='The instrument that the partner plays: "house" is the one that comes '
            "with Antiphon; anything else is an .onnx file.",
            extra=FIXED,
        ),
    ] = "house"

    @property
    def file(self) -> Path:
        """The instrument's file."""
        return find_instrument(self.path)
