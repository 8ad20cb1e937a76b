"""A jam's whole life, in the order that keeps its memory small.

JACK's library locks the server's whole memory, 105 MB, into whoever connects;
it is let go of at once, but the process's peak remembers. So the ports are opened
first, by a process that has loaded little, and numpy, mido and onnxruntime come
after that.
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
        It cannot begin; the sentence says what to do.
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
        # What lives now lives to the end: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        _log.info("ready after %.2f s", time.monotonic() - started)
        jam.play(stop)
        asked = min(stop.times, 1)  # by whom this ends; more is impatience
        ending.close()
        _log.info("peak memory %.1f MiB", peak_memory() / 2**20)
        if jam.recorder is not None:
            keep_session(
                jam.recorder.path,
                settings.synth,
                say,
                heard=jam.voices.synth is not None,
                impatient=lambda: stop.times > asked,
            )
    return 0
