"""What can be set about session files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from antiphon.settings import FIXED, PathOrWord, Section, data_folder


class RecorderSection(Section, frozen=True, kw_only=True):
    """What is kept of a session."""

    NAME = "recorder"

    enabled: Annotated[bool, Meta(description="Whether sessions are kept.", extra=FIXED)] = True
    journal: Annotated[
        bool,
        Meta(
            description="Whether a log is kept beside each session, from which `antiphon replay` "
            "plays it again.",
            extra=FIXED,
        ),
    ] = True
    sessions: Annotated[
        PathOrWord,
        Meta(
            description='The folder they go to: "auto" is the usual one for your system.',
            extra=FIXED,
        ),
    ] = "auto"

    @property
    def folder(self) -> Path:
        """The folder that sessions go to."""
        return data_folder() / "sessions" if self.sessions == "auto" else Path(self.sessions)
