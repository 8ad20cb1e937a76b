"""Measure how soon a key silences the partner in the midst of an answer, on real ports.

A simulated player plays a phrase into Antiphon In and waits for the answer. At a random
moment of it, while a note of the partner's sounds, the player strikes a key; the delay
ends when the last of the partner's notes is released. An instrument that reads a window
again for each note may be in the midst of a call at that moment. Prints one JSON object:
`python benchmarks/take_over.py --instrument FILE.onnx`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time

from jack_rig import Player, jack_server, jam, spread_ms

PHRASE = (60, 64, 67, 72, 71, 67, 64, 62) * 2
HELD, GAP = 0.15, 0.05
KEY = 50
PATIENCE = 4.0
SETTLED = 0.4


def main() -> None:
    """Print how soon it fell silent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", type=int, default=20, help="phrases to play (20)")
    parser.add_argument("--frames", type=int, default=64, help="frames of a JACK period (64)")
    parser.add_argument("--instrument", help="an .onnx file; the house's own")
    options = parser.parse_args()
    chosen = ("--instrument", options.instrument) if options.instrument else ()
    with jack_server(options.frames), jam("--seed", "1", *chosen):
        delays, left = measure(options.phrases)
    figures = {
        "phrases": options.phrases,
        "taken_over": len(delays),
        "load_average": round(os.getloadavg()[0], 2),
        "silent_after": spread_ms(delays),
        "still_sounding": left,
    }
    print(json.dumps(figures, indent=2))


def measure(phrases: int) -> tuple[list[float], int]:
    """Return the seconds until silence, and how many notes were left sounding."""
    player, chance = Player("player"), random.Random(1)
    player.connect(to="Antiphon In", source="Antiphon Out")
    delays, left = [], 0
    for _ in range(phrases):
        sounding: set[int] = set()
        for pitch in PHRASE:
            player.send(0x90, pitch, 80)
            time.sleep(HELD)
            player.send(0x80, pitch, 0)
            time.sleep(GAP)
        follow(player, sounding, time.monotonic() + PATIENCE, until_any=True)
        follow(player, sounding, time.monotonic() + chance.uniform(0.2, 1.5))
        follow(player, sounding, time.monotonic() + PATIENCE, until_any=True)
        if sounding:
            struck = player.send(0x90, KEY, 80)
            last = follow(player, sounding, struck + SETTLED)
            delays.append(last - struck)
            left += len(sounding)
            player.send(0x80, KEY, 0)
    player.close()
    return delays, left


def follow(player: Player, sounding: set[int], until: float, *, until_any: bool = False) -> float:
    """Follow what sounds until a time, or until anything does; return when the last note ended."""
    ended = time.monotonic()
    while not (until_any and sounding) and (heard := player.hear(until)) is not None:
        when, (status, pitch, *velocity) = heard
        if status & 0xF0 == 0x90 and velocity[0] > 0:
            sounding.add(pitch)
        elif status & 0xF0 in (0x80, 0x90) and pitch in sounding:
            sounding.discard(pitch)
            ended = when
    return ended


if __name__ == "__main__":
    main()
