"""Measure how soon after the pause an answer begins, on real ports.

A player of our own plays a phrase into Antiphon In, lets go of the last key and
waits. The pause that ends such a phrase is the shortest, `partner.pause`; the
delay counts from its end until the first note-on is heard on Antiphon Out. The
partner plans that note between 20 and 170 ms after the pause, where the music
wants it: what lies beyond is the machine's. Prints one JSON object:
`python benchmarks/answer_delay.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import time

from jack_rig import Player, busy, jack_server, jam, spread_ms

from antiphon.partner import PartnerSettings

PHRASE = (60, 64, 67, 72, 71, 67, 64, 62)
HELD, GAP = 0.14, 0.04
PATIENCE = 3.0
AFTER_ANSWER = 1.2


def main() -> None:
    """Print how late the answers began."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", type=int, default=20, help="phrases to play (20)")
    parser.add_argument("--frames", type=int, default=64, help="frames of a JACK period (64)")
    parser.add_argument("--busy", action="store_true", help="keep every processor at work")
    options = parser.parse_args()
    load = (os.cpu_count() or 1) if options.busy else 0
    settings = PartnerSettings()
    with jack_server(options.frames), jam("--seed", "1"), busy(load):
        delays = measure(options.phrases, settings)
    latest = settings.lead + settings.first_note_within
    figures = {
        "phrases": options.phrases,
        "answered": len(delays),
        "busy_processes": load,
        "load_average": round(os.getloadavg()[0], 2),
        "planned_from_to_ms": [1e3 * settings.lead, round(1e3 * latest, 3)],
        "delay": {"min_ms": round(1e3 * min(delays), 3), **spread_ms(delays)},
        "later_than_planned": sum(delay > latest for delay in delays),
    }
    print(json.dumps(figures, indent=2))


def measure(phrases: int, settings: PartnerSettings) -> list[float]:
    """Return the seconds from the end of each pause to the answer's first note."""
    player = Player("player")
    player.connect(to="Antiphon In", source="Antiphon Out")
    delays = []
    for _ in range(phrases):
        player.forget(AFTER_ANSWER)
        for pitch in PHRASE:
            player.send(0x90, pitch, 80)
            time.sleep(HELD)
            let_go = player.send(0x80, pitch, 0)
            time.sleep(GAP)
        first = first_note(player, let_go + PATIENCE)
        if first is not None:
            delays.append(first - let_go - settings.pause)
            # Taken over too early, it would wait for longer the next time.
            player.forget(settings.shortest)
            wait_for_silence(player)
    player.close()
    return delays


def first_note(player: Player, until: float) -> float | None:
    """Return when a note-on is heard."""
    while (heard := player.hear(until)) is not None:
        when, message = heard
        if message[0] & 0xF0 == 0x90 and message[2] > 0:
            return when
    return None


def wait_for_silence(player: Player) -> None:
    """Wait until nothing was heard for a while."""
    while player.hear(time.monotonic() + 0.5) is not None:
        pass


if __name__ == "__main__":
    main()
