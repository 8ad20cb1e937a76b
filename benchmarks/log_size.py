"""Measure how large the log beside a session is: `python benchmarks/log_size.py`.

An hour of jam in simulated time: the bundled performance plays the player's part
again and again, with room for the answers, and the shipped instrument responds.
Prints one JSON object; sizes depend on the seed a little, and on no clock.
"""

from __future__ import annotations

import json
from collections import Counter

from antiphon.instrument import Predictor
from antiphon.jam.player_part import load_part, room_after
from antiphon.messages import Heard
from antiphon.partner import Partner, PartnerSections
from antiphon.resources import house_instrument
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import StageLog

HOUR = 3600.0
COST, LAG = 0.0003, 0.0002
"""Seconds that a tick takes, and that it comes late: about as on a fast machine."""


class Nowhere:
    """An outlet that leaves everything unheard."""

    def send(self, data: bytes) -> None:
        """Send nothing."""


def main() -> None:
    """Print the size of the log, and what it is made of."""
    predictor, sections = Predictor(house_instrument()), PartnerSections()
    log = StageLog()
    partner = Partner(predictor, predictor.codec, sections, seed=1)
    simulation = Simulation(Stage(partner, Nowhere(), observers=[log]), cost=COST, lag=LAG)
    settings = sections.partner
    messages, _ = load_part(
        "auto", room=lambda phrase: room_after(phrase, settings.shortest, settings.longest)
    )
    assert messages
    size, start, kinds = 0, 0.0, Counter[str]()
    while start < HOUR:
        for time, data in messages:
            heard = Heard.parse(data, start + time)
            if heard is not None and heard.time < HOUR:
                simulation.run([heard], until=heard.time)
        start = max(simulation.now, start + messages[-1][0]) + settings.longest
        simulation.run([], until=start)
        for line in log.lines():
            size += len(line)
            kinds[json.loads(line)[0]] += 1
    print(json.dumps({"bytes": size, "entries": dict(kinds)}, indent=2))


if __name__ == "__main__":
    main()
