"""The MIDI system that these tests run on.

JACK's dummy driver needs no sound card and runs anywhere. On a machine with ALSA's
sequencer `ANTIPHON_TEST_API=alsa` runs the same tests there: see docs/alsa.md.
"""

from __future__ import annotations

import os
import re
import subprocess

import rtmidi

API = os.environ.get("ANTIPHON_TEST_API", "jack")
RTMIDI_API = {"jack": rtmidi.API_UNIX_JACK, "alsa": rtmidi.API_LINUX_ALSA}[API]
EMULATED = bool(os.environ.get("ANTIPHON_TEST_EMULATED"))
"""Whether the processor is emulated: right notes, but no figures of its time."""

_ALSA_NUMBERS = re.compile(r" \d+:\d+$")


def plain(name: str) -> str:
    """Return a port's name without ALSA's numbers."""
    return _ALSA_NUMBERS.sub("", name)


def patch(source: str, target: str) -> None:
    """Connect one client's port to another's, as a patch bay does; each has the client's name."""
    command = {
        "jack": ["jack_connect", f"{source}:{source}", f"{target}:{target}"],
        "alsa": ["aconnect", source, target],
    }[API]
    subprocess.run(command, check=True, capture_output=True)
