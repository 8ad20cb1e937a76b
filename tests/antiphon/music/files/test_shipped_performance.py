"""The performance that comes with Antiphon can be half of a dialogue."""

from __future__ import annotations

from antiphon.music.files.reading import read_performance
from antiphon.music.turns import leave_room
from antiphon.resources import house_performance


def test_it_is_small_and_says_whose_it_is() -> None:
    path = house_performance()
    assert path.stat().st_size < 40_000
    sources = path.with_name("SOURCES.md").read_text(encoding="utf-8")
    assert path.name in sources
    assert "Copyright (c) 2022 Piano Rolls" in sources


def test_it_breathes_in_phrases_that_can_be_answered() -> None:
    performance = read_performance(house_performance())
    assert 60.0 < performance.seconds < 180.0
    phrases: list[float] = []

    def room(phrase: float) -> float:
        phrases.append(phrase)
        return phrase

    leave_room(performance.messages(), room=room)
    assert len(phrases) >= 12
    assert all(4.0 <= phrase <= 10.0 for phrase in phrases)


def test_it_leaves_no_key_and_no_pedal_down() -> None:
    messages = read_performance(house_performance()).messages()
    assert {data[0] & 0x0F for _, data in messages} == {0}
    assert [data[2] for _, data in messages if data[0] == 0xB0][-1] == 0
    down: set[int] = set()
    for _, data in messages:
        if data[0] == 0x90 and data[2]:
            assert data[1] not in down
            down.add(data[1])
        elif data[0] in (0x80, 0x90):
            down.remove(data[1])
    assert not down
