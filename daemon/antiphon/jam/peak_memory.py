"""Measure the peak memory of this process."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_memory() -> float | None:
    """Return the largest resident memory of this process so far, in bytes; None on Windows.

    On Linux it comes from /proc, because `getrusage` of a new process begins with the
    peak of its parent.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024.0
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
