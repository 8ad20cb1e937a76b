"""One line a phrase: what each side played, told when it has ended."""

from __future__ import annotations

from antiphon.display.feed import Side
from antiphon.display.phrases import PhraseLine, Phrases
from antiphon.messages import Control, NoteOff, NoteOn

PLAYER, PARTNER = Side.PLAYER, Side.PARTNER


def play(
    phrases: Phrases, side: Side, *notes: tuple[float, int], length: float = 0.2
) -> list[PhraseLine]:
    lines: list[PhraseLine] = []
    for onset, pitch in notes:
        lines += phrases.hear(side, NoteOn(onset, 0, pitch, 64))
        lines += phrases.hear(side, NoteOff(onset + length, 0, pitch))
    return lines


def test_a_phrase_ends_with_a_pause() -> None:
    phrases = Phrases()
    assert play(phrases, PLAYER, (10.0, 60), (10.5, 79), (11.0, 64)) == []
    assert phrases.ended(11.7) == []
    [line] = phrases.ended(11.9)
    assert line.text(0.0) == "    10.0 s  player      3 notes  C4\N{EN DASH}G5      1.2 s"
    assert phrases.ended(20.0) == []
    assert not phrases.going


def test_the_next_note_tells_of_the_phrase_before() -> None:
    phrases = Phrases()
    lines = play(phrases, PLAYER, (0.0, 60), (5.0, 62))
    assert [(line.begin, line.notes) for line in lines] == [(0.0, 1)]


def test_a_change_of_side_ends_a_phrase_at_once() -> None:
    phrases = Phrases()
    play(phrases, PLAYER, (0.0, 60))
    assert [line.side for line in play(phrases, PARTNER, (0.5, 72))] == [PLAYER]


def test_sides_that_play_together_have_one_line_each() -> None:
    phrases = Phrases()
    for step in range(20):
        assert not play(phrases, PLAYER, (step * 0.2, 60), length=0.1)
        assert not play(phrases, PARTNER, (step * 0.2 + 0.1, 72), length=0.1)
    assert [(line.side, line.notes) for line in phrases.ended(9.0)] == [(PLAYER, 20), (PARTNER, 20)]


def test_a_held_key_is_no_pause() -> None:
    phrases = Phrases()
    phrases.hear(PLAYER, NoteOn(0.0, 0, 60, 64))
    assert phrases.ended(30.0) == []
    phrases.hear(PLAYER, NoteOff(31.0, 0, 60))
    assert [line.seconds for line in phrases.ended(32.0)] == [31.0]


def test_silence_releases_what_hangs() -> None:
    phrases = Phrases()
    phrases.hear(PARTNER, NoteOn(0.0, 3, 60, 64))
    phrases.hear(PARTNER, Control(1.0, 3, 123, 0))
    assert [line.seconds for line in phrases.ended(2.0)] == [1.0]


def test_the_end_tells_of_what_goes_on() -> None:
    phrases = Phrases()
    phrases.hear(PLAYER, NoteOn(1.0, 0, 60, 64))
    assert [line.seconds for line in phrases.close(3.0)] == [2.0]
    assert phrases.close(4.0) == []
