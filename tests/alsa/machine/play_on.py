"""Jam without end, for a power cut: a client plays phrases and says how many notes it played."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.system.conftest import MidiClient
from tests.system.jamming import JamProcess

PITCHES = (60, 62, 64, 65, 67, 69, 71, 72)


def main(folder: Path) -> None:
    """Play eight notes, then wait for an answer, again and again."""
    played = 0
    with JamProcess(folder, "--player", "none") as jam, MidiClient("player") as client:
        jam.wait_until_ready()
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.5)
        while True:
            for pitch in PITCHES:
                client.send(0x90, pitch, 80)
                time.sleep(0.15)
                client.send(0x80, pitch, 0)
                time.sleep(0.05)
                played += 1
                print(f"played {played} at {time.monotonic():.2f}", flush=True)  # noqa: T201
            client.listen(2.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
