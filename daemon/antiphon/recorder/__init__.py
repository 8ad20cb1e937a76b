"""Session files: what both sides played, on disk as it happens."""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.recorder.log_file import LogFile
    from antiphon.recorder.memory_keeper import MemoryKeeper
    from antiphon.recorder.recorder import SessionRecorder

__all__ = ["LogFile", "MemoryKeeper", "SessionRecorder"]

# The recorder needs numpy; its settings do not.
__getattr__ = deferred(
    __name__,
    {
        "log_file": ("LogFile",),
        "memory_keeper": ("MemoryKeeper",),
        "recorder": ("SessionRecorder",),
    },
)
