"""Session files: what both sides played, on disk as it happens."""

from antiphon.recorder.recorder import SessionRecorder

__all__ = ["SessionRecorder"]
