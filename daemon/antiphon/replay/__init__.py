"""A recorded session, played again into the same stage from the log beside it."""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.replay.header import LogHeader, log_header
    from antiphon.replay.stepping import Outcome, replay
    from antiphon.replay.writing import write_replay

__all__ = ["LogHeader", "Outcome", "log_header", "replay", "write_replay"]

__getattr__ = deferred(
    __name__,
    {
        "header": ("LogHeader", "log_header"),
        "stepping": ("Outcome", "replay"),
        "writing": ("write_replay",),
    },
)
