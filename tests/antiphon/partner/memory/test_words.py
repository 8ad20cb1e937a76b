"""A memory of words recalls what brute force finds, and draws from the mixture it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import InstrumentError
from antiphon.instrument.weighing import LONGEST
from antiphon.instrument.word_weighing import (
    NO_MEMORY,
    USUAL,
    WORD_WEIGHING_KEY,
    WordWeighing,
    read_word_weighing,
    word_weighing_of,
)
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.partner import Forget, Stop
from antiphon.partner.memory.trail import Trail
from antiphon.partner.memory.words import FARTHEST, WordMemory

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Imitator, Kit, Stage

    from antiphon.instrument.ask import Ask
    from antiphon.partner.memory.remembered import Remembered

SCALE = ["C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5"]
CODEC = SymbolsCodec(sorted([*SCALE, "0.4.7", "5.9.0", "7.11.2"]))
NO_KEY = np.zeros(0, dtype=np.float32)


def a_memory(words: Any, own: Any = (), capacity: int = 512, gain: float = 1.0) -> WordMemory:
    memory = WordMemory(USUAL, CODEC, capacity, gain)
    for at, word in enumerate(words):
        memory.add(row(word), NO_KEY, own=at in own, joins=at > 0)
    return memory


def row(word: int) -> Any:
    return np.array([word], dtype=np.int32)


def trail_of(words: Any) -> Trail:
    return Trail.of(np.array(words, dtype=np.int32).reshape(-1, 1))


def brute_force(notes: Remembered, heard: list[int]) -> list[tuple[int, int, bool, bool]]:
    """Of each place that may follow: the word, the length of the suffix, and the flags."""
    words = notes.rows[:, 0].tolist()
    moved = {s: CODEC.transposed(s).tolist() for s in range(-FARTHEST, FARTHEST + 1)}
    found = []
    for place in range(1, len(words)):
        lead = [s for s in moved if moved[s][words[place - 1]] == heard[-1]]
        if not notes.joins[place] or not lead:
            continue
        shift = min(lead, key=lambda s: (abs(s), -s))
        length = 0
        for back in range(min(len(heard), place, LONGEST)):
            if moved[shift][words[place - 1 - back]] != heard[-1 - back]:
                break
            length += 1
            if not notes.joins[place - 1 - back]:
                break
        followed = moved[shift][words[place]]
        if followed >= 0 and (shift == 0 or length >= 3):
            found.append((followed, length, shift != 0, bool(notes.own[place])))
    return found


@settings(max_examples=80, deadline=None)
@given(
    words=st.lists(st.integers(0, len(CODEC.words) - 1), min_size=2, max_size=80),
    theme=st.lists(st.integers(0, len(CODEC.words) - 1), min_size=1, max_size=30),
    broken=st.sets(st.integers(0, 80)),
    own=st.sets(st.integers(0, 80)),
)
def test_it_recalls_what_brute_force_finds(words: Any, theme: Any, broken: Any, own: Any) -> None:
    memory = WordMemory(USUAL, CODEC, 512)
    played = [*theme, *words, *theme, *words]
    for at, word in enumerate(played):
        memory.add(row(word), NO_KEY, own=at in own, joins=at not in broken)
    expected = brute_force(memory.notes, theme)
    places = memory.places(trail_of(theme))
    recall = memory.recall(trail_of(theme))
    if not expected:
        assert places is recall is None
        return
    assert places is not None
    assert recall is not None
    found = [places.followed, places.lengths, places.shifted, places.own]
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected
    weights = np.array([n**4 * (0.25 if s else 1) * (0.5 if o else 1) for _, n, s, o in expected])
    length, at_pitch = max((n, not s) for _, n, s, _ in expected)
    share = (USUAL.exact if at_pitch else USUAL.shifted)[length]
    assert np.exp(recall.weights) == pytest.approx(share * weights / weights.sum(), rel=1e-4)


def test_a_memory_that_is_full_recalls_what_brute_force_finds() -> None:
    rng = np.random.default_rng(7)
    memory = WordMemory(USUAL, CODEC, 48)
    found = 0
    for at in range(200):
        word = row(int(rng.integers(3)))
        memory.add(word, NO_KEY, own=at % 7 > 4, joins=rng.random() < 0.9)
        theme = memory.notes.rows[-6:, 0].tolist()
        expected = brute_force(memory.notes, theme)
        places = memory.places(trail_of(theme))
        recalled = [] if places is None else places.lengths.tolist()
        assert recalled == [length for _, length, _, _ in expected]
        found += len(recalled)
    assert len(memory) <= 48
    assert found > 1000


def test_words_move_where_the_vocabulary_has_them() -> None:
    index = {word: i for i, word in enumerate(CODEC.words)}
    fifth = CODEC.transposed(7)
    assert len(fifth) == len(CODEC.words) + 1
    assert fifth[index["C4"]] == index["G4"]
    assert fifth[index["0.4.7"]] == index["7.11.2"]
    assert fifth[index["5.9.0"]] == index["0.4.7"]
    assert fifth[index["C5"]] == fifth[index["B4"]] == fifth[-1] == -1


def test_a_theme_is_known_in_another_key() -> None:
    index = {word: i for i, word in enumerate(CODEC.words)}
    memory = a_memory([index[w] for w in ("C4", "D4", "E4", "C4")])
    recall = memory.recall(trail_of([index[w] for w in ("F4", "G4", "A4")]))
    assert recall is not None
    assert recall.rows[:, 0].tolist() == [index["F4"]]
    assert memory.recall(trail_of([index["G4"], index["A4"]])) is None  # two words are too few


def test_a_line_comes_back_to_what_it_has_drawn() -> None:
    trail = trail_of([0])
    for word in (1, 2, 3, 1, 2):
        trail = trail.after(row(word))
    recall = a_memory([]).recall(trail)
    assert recall is not None
    assert recall.rows[:, 0].tolist() == [3]
    assert recall.lengths.tolist() == [2.0]


def test_nothing_is_recalled_of_nothing_or_at_gain_0() -> None:
    assert a_memory([]).recall(trail_of([0])) is None
    assert a_memory([0, 1]).recall(trail_of([])) is None
    assert a_memory([0, 1]).recall(trail_of([CODEC.nothing])) is None
    assert a_memory([0, 1, 0], gain=0.0).recall(trail_of([0])) is None


def test_the_shares_of_a_file_are_read_and_damaged_ones_refused() -> None:
    weighing = WordWeighing(USUAL.exact, USUAL.shifted, {"pieces": 3})
    assert read_word_weighing({WORD_WEIGHING_KEY: weighing.to_json()}) == weighing
    assert read_word_weighing({}) is None
    for damaged in ("{", "{}", weighing.to_json().replace("0.45", "1.45")):
        with pytest.raises(InstrumentError, match="damaged"):
            read_word_weighing({WORD_WEIGHING_KEY: damaged})


def test_a_file_without_shares_has_the_usual_ones_and_one_with_shares_of_0_no_memory() -> None:
    weighing = WordWeighing((0.0, *(0.3,) * LONGEST), USUAL.shifted)
    assert word_weighing_of({}) == USUAL
    assert word_weighing_of({WORD_WEIGHING_KEY: weighing.to_json()}) == weighing
    assert word_weighing_of({WORD_WEIGHING_KEY: NO_MEMORY.to_json()}) is None


class Rememberer:
    """An imitator of words whose words are remembered."""

    word_weighing = USUAL

    def __init__(self, imitator: Imitator) -> None:
        self.imitator = imitator
        self.taken: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.imitator, name)

    def step(self, ask: Ask) -> Any:
        self.taken.append(ask.memory)
        return self.imitator.step(ask)

    def step_batch(self, asks: Any) -> Any:
        self.taken += [ask.memory for ask in asks]
        return self.imitator.step_batch(asks)


def a_stage(kit: Kit, window: int | None, **how: Any) -> tuple[Stage, Rememberer, Any]:
    predictor = Rememberer(kit.imitator(codec=kit.codec("symbols"), window=window))
    stage = kit.stage(predictor=predictor, instrument="symbols", **how)
    memory = stage.partner.ensemble.memory
    assert memory is not None
    return stage, predictor, memory


@pytest.mark.parametrize("window", [None, 32])
def test_the_words_of_both_sides_are_remembered_once(kit: Kit, window: int | None) -> None:
    stage, predictor, memory = a_stage(kit, window)
    events = [event for turn in range(3) for event in kit.phrase(1.0 + 9.0 * turn)]
    stage.run([*events, Stop(28.0)], 28.0)
    notes = memory.notes
    codec = kit.codec("symbols")
    pitches = [codec.pitches(int(word))[0] for word in notes.rows[:, 0]]
    played = [60, 62, 64, 65, 67, 65, 64, 62]
    players = [pitch for pitch, own in zip(pitches, notes.own, strict=True) if not own]
    assert players == 3 * played
    assert notes.keys.shape == (len(notes), 0)
    assert int(notes.begins.sum()) == 3
    # The last word of a session is not over.
    began = len({one.note.onset for one in stage.heard})
    assert began > 5
    assert began - 1 <= int(notes.own.sum()) <= began
    assert any(recall is not None for recall in predictor.taken)


@pytest.mark.parametrize("window", [None, 32])
def test_it_forgets_the_last_phrase_or_all(kit: Kit, window: int | None) -> None:
    stage, _, memory = a_stage(kit, window)
    events = [event for turn in range(2) for event in kit.phrase(1.0 + 9.0 * turn)]
    stage.run([*events, Forget(17.0, "phrase")], 17.5)
    assert 0 < int((~memory.notes.own).sum()) <= 8
    stage.run([Forget(17.6, "all")], 18.0)
    assert len(memory) == 0
    # What began before that does not come back.
    stage.run(kit.phrase(19.0, pitches=(70, 71, 72)), 23.0)
    assert 2 <= int((~memory.notes.own).sum()) <= 3


@pytest.mark.parametrize("window", [None, 32])
def test_with_gain_0_it_plays_as_without_a_memory(kit: Kit, window: int | None) -> None:
    events = [event for turn in range(3) for event in kit.phrase(1.0 + 9.0 * turn)]
    stage, predictor, memory = a_stage(kit, window, memory_gain=0.0)
    imitator = kit.imitator(codec=kit.codec("symbols"), window=window)
    plain = kit.stage(predictor=imitator, instrument="symbols")
    assert plain.partner.ensemble.memory is None
    stage.run(events, 28.0)
    plain.run(events, 28.0)
    assert len(stage.outputs) > 5
    assert stage.outputs == plain.outputs
    assert len(memory) > 16
    assert not any(predictor.taken)
