"""Run a jam from start to end, in the order that keeps its peak memory small.

libjack locks the server's whole memory, 105 MB, into each process that connects. It is
unlocked at once, but counts towards the peak. So the ports are opened first, while the
process has loaded little; numpy, mido and onnxruntime are imported after that.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
import time
from typing import TYPE_CHECKING

from antiphon.jam.opening import open_wiring
from antiphon.jam.peak_memory import peak_memory
from antiphon.jam.recording import keep_session
from antiphon.jam.stopping import StopRequest

if TYPE_CHECKING:
    from antiphon.sections import Settings

_log = logging.getLogger(__name__)

SWITCH_INTERVAL = 0.0005
"""Seconds after which a busy Python thread lets another run; the default is ten times that."""


def run(settings: Settings) -> int:
    """Play a jam, and return the process's exit code.

    Raises
    ------
    AntiphonError
        The jam cannot begin; the sentence says what to do.
    """
    started = time.monotonic()
    sys.setswitchinterval(SWITCH_INTERVAL)

    def say(sentence: str) -> None:
        if settings.jam.display != "none":
            with contextlib.suppress(OSError):  # the terminal has gone; the jam goes on
                print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - the musician's terminal

    stop = StopRequest()
    with stop.signals(), contextlib.ExitStack() as ending:
        wiring = open_wiring(settings, say, ending)
        from antiphon.jam.jam import Jam

        jam = Jam(settings, say, wiring)
        ending.callback(jam.stop)
        jam.start()
        # These objects live to the end of the jam: the collector need not scan them again.
        gc.collect()
        gc.freeze()
        _log.info("ready after %.2f s", time.monotonic() - started)
        jam.play(stop)
        asked = min(stop.times, 1)  # 1 if a signal ended the jam; one more ends the rendering
        ending.close()
        peak = peak_memory()
        if peak is not None:
            _log.info("peak memory %.1f MiB", peak / 2**20)
        if jam.recorder is not None:
            keep_session(
                jam.recorder.path,
                settings.synth,
                say,
                heard=jam.voices.synth is not None,
                impatient=lambda: stop.times > asked,
            )
    return 0
