"""Session files: what both sides played, on disk as it happens."""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.recorder.recorder import SessionRecorder

__all__ = ["SessionRecorder"]

# The recorder needs numpy; its settings do not.
__getattr__ = deferred(__name__, {"recorder": ("SessionRecorder",)})
