"""Measure how soon a harmonised note follows a key in the mode `harmonise`, on real ports.

A player of our own strikes keys, one after another, into Antiphon In and times the
note that thru passes on, and the first that the partner adds to it. In turn it
sends as many straight to its own ear, so that one run has the rig's own loop beside
both. Prints one JSON object: `python benchmarks/harmonise.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np
from jack_rig import Player, jack_server, jam, spread_ms

PITCHES = (60, 62, 64, 65, 67, 69, 71, 72, 71, 67, 64, 62)
HOLD = 0.12
LOST_AFTER = 0.25
WARM_UP = 24


def main() -> None:
    """Print the figures of the three ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, default=300, help="notes by each way (300)")
    parser.add_argument("--frames", type=int, default=64, help="frames of a JACK period (64)")
    options = parser.parse_args()
    with jack_server(options.frames), jam("--thru", "--mode", "harmonise", "--seed", "1"):
        thru, harmonised, bare = measure(options.notes)
    both = [
        (a, b) for a, b in zip(thru, harmonised, strict=True) if a is not None and b is not None
    ]
    figures = {
        "notes": options.notes,
        "period_ms": round(options.frames / 48.0, 3),
        "load_average": round(os.getloadavg()[0], 2),
        "thru": spread_ms([a for a, _ in both]),
        "harmonised": spread_ms([b for _, b in both]),
        "bare_loop": spread_ms(bare),
        "without_harmony": options.notes - len(both),
        "after_thru": spread_ms([b - a for a, b in both]),
        "ratio_p50": round(float(np.median([b for _, b in both]) / np.median(bare)), 2),
    }
    print(json.dumps(figures, indent=2))


def measure(notes: int) -> tuple[list[float | None], list[float | None], list[float]]:
    """Return the seconds until each note's thru, its first added note, and the bare loop's."""
    player, loop = Player("player"), Player("loop")
    player.connect(to="Antiphon In", source="Antiphon Out")
    loop.loop()
    player.forget(0.5)
    rng = np.random.default_rng(0)
    thru: list[float | None] = []
    harmonised: list[float | None] = []
    bare: list[float] = []
    for k in range(WARM_UP + notes):
        pitch, velocity = PITCHES[k % len(PITCHES)], 40 + k % 60
        time.sleep(rng.uniform(0.004, 0.008))  # any place in a period is as likely
        own, added = strike(player, pitch, velocity)
        time.sleep(rng.uniform(0.004, 0.008))
        sent = loop.send(0x90, pitch, velocity)
        heard = loop.hear(sent + LOST_AFTER)
        loop.send(0x80, pitch, 0)
        loop.hear(time.monotonic() + LOST_AFTER)
        if k >= WARM_UP:
            thru.append(own)
            harmonised.append(added)
            bare += [] if heard is None else [heard[0] - sent]
    player.close()
    loop.close()
    return thru, harmonised, bare


def strike(player: Player, pitch: int, velocity: int) -> tuple[float | None, float | None]:
    """Strike a key; return the seconds until it is passed on, and until a note is added."""
    sent = player.send(0x90, pitch, velocity)
    own = added = None
    while (heard := player.hear(sent + HOLD)) is not None:
        now, (status, *data) = heard
        if status & 0xF0 != 0x90 or data[1] == 0:
            continue
        if data == [pitch, velocity] and own is None:
            own = now - sent
        elif data[0] != pitch and added is None:
            added = now - sent
    player.send(0x80, pitch, 0)
    player.forget(0.02)
    return own, added


if __name__ == "__main__":
    main()
