"""Measure how long a key takes through `antiphon jam --thru`, on real ports.

A player of our own sends note-ons at random times, one to Antiphon In and one
straight to its own ear, in turn, on the same JACK server and in the same
process: the second is what any two programs need there, so the ratio says what
Antiphon adds. Prints one JSON object: `python benchmarks/thru_latency.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np
from jack_rig import Player, busy, jack_server, jam, spread_ms

PITCHES = range(36, 96)
HOLD = 0.004
LOST_AFTER = 0.25
WARM_UP = 20


def main() -> None:
    """Print the figures of both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, default=1000, help="notes by each way (1000)")
    parser.add_argument("--frames", type=int, default=64, help="frames of a JACK period (64)")
    parser.add_argument("--busy", action="store_true", help="keep every processor at work")
    parser.add_argument("--synth", action="store_true", help="let FluidSynth sound too")
    options = parser.parse_args()
    load = (os.cpu_count() or 1) if options.busy else 0
    with jack_server(options.frames), jam("--thru", synth=options.synth), busy(load):
        through, bare = measure(options.notes)
    figures = {
        "notes": options.notes,
        "period_ms": round(options.frames / 48.0, 3),
        "busy_processes": load,
        "load_average": round(os.getloadavg()[0], 2),
        "thru": {**spread_ms(through), "lost": options.notes - len(through)},
        "bare_loop": {**spread_ms(bare), "lost": options.notes - len(bare)},
        "ratio_p50": round(float(np.median(through) / np.median(bare)), 2),
        "ratio_p99": round(float(np.percentile(through, 99) / np.percentile(bare, 99)), 2),
    }
    print(json.dumps(figures, indent=2))


def measure(notes: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each note that came back, through the jam and bare."""
    player, loop = Player("player"), Player("loop")
    player.connect(to="Antiphon In", source="Antiphon Out")
    loop.loop()
    player.forget(0.5)
    rng = np.random.default_rng(0)
    taken: tuple[list[float], list[float]] = ([], [])
    for k in range(WARM_UP + notes):
        for way, seconds in zip((player, loop), taken, strict=True):
            time.sleep(rng.uniform(0.004, 0.008))  # any place in a period is as likely
            arrived = send_and_wait(way, PITCHES[k % len(PITCHES)], 1 + k % 127)
            if arrived is not None and k >= WARM_UP:
                seconds.append(arrived)
    player.close()
    loop.close()
    return taken


def send_and_wait(way: Player, pitch: int, velocity: int) -> float | None:
    """Play one note; return the seconds from its note-on until that is heard, if it is."""
    sent = way.send(0x90, pitch, velocity)
    arrived = None
    while arrived is None and (heard := way.hear(sent + LOST_AFTER)) is not None:
        now, message = heard
        if message == [0x90, pitch, velocity]:
            arrived = now - sent
    time.sleep(HOLD)
    way.send(0x80, pitch, 0)
    return arrived


if __name__ == "__main__":
    main()
