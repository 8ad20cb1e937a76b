"""A memory survives a session; what is broken or another instrument's is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.errors import MemoryFileError
from antiphon.instrument.weighing import LONGEST, Weighing
from antiphon.partner.memory.fields import FieldMemory
from antiphon.partner.memory.remembered import Remembered
from antiphon.recorder.memory_file import (
    KeptMemory,
    check_fits,
    kept_memory,
    merged,
    read_memory,
    write_memory,
)
from antiphon.recorder.memory_keeper import MemoryKeeper

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (128, 97, 97, 32)
WIDTH = 8
TABLE = tuple(float(n) for n in range(LONGEST + 1))
WEIGHING = Weighing("mine", WIDTH, 10.0, TABLE, TABLE, 0.0)


def some_notes(count: int, seed: int = 0) -> Remembered:
    rng = np.random.default_rng(seed)
    rows = np.stack([rng.integers(0, size, count) for size in SIZES], axis=1).astype(np.int16)
    keys = rng.normal(size=(count, WIDTH)).astype(np.float16).astype(np.float32)
    own, joins, begins = rng.random((3, count)) < 0.5
    return Remembered(rows, keys, own, joins, begins)


def same(one: Remembered, other: Remembered) -> bool:
    names = ("rows", "keys", "own", "joins", "begins")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def keeper_of(memory: FieldMemory, path: Path, said: list[str]) -> MemoryKeeper:
    return MemoryKeeper(memory, path, SIZES, "house", said.append)


@pytest.mark.parametrize("count", [0, 1, 500])
def test_a_file_holds_what_was_written(tmp_path: Path, count: int) -> None:
    path = tmp_path / "new" / "you.memory"
    write_memory(path, KeptMemory(some_notes(count), "mine", "house"))
    read = read_memory(path)
    assert same(read.notes, some_notes(count))
    assert (read.identity, read.instrument) == ("mine", "house")
    assert [file.name for file in path.parent.iterdir()] == ["you.memory"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: b"no memory at all",
        lambda content: content[: len(content) // 2],
        lambda content: content[:200] + bytes(50) + content[250:],
    ],
)
def test_a_broken_file_gets_one_sentence(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "you.memory"
    content = spoil(KeptMemory(some_notes(100), "mine", "house").to_bytes())
    path.write_bytes(content)
    with pytest.raises(MemoryFileError, match=r"you\.memory holds no memory, or it is damaged"):
        read_memory(path)
    said: list[str] = []
    memory = FieldMemory(WEIGHING, SIZES, 100)
    keeper = keeper_of(memory, path, said)
    memory.add(np.array([60, 1, 1, 1], dtype=np.int32), np.ones(WIDTH, dtype=np.float32))
    keeper.stop()
    assert len(said) == 1
    assert path.read_bytes() == content
    assert keeper.loaded == b""


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MemoryFileError, match="cannot be read"):
        read_memory(tmp_path / "nowhere")


def test_arrays_that_do_not_belong_together_are_damage() -> None:
    notes = some_notes(20)
    short = Remembered(notes.rows, notes.keys[:10], notes.own, notes.joins, notes.begins)
    with pytest.raises(MemoryFileError):
        kept_memory(KeptMemory(short, "mine", "house").to_bytes(), "it")
    keys = np.where(np.arange(WIDTH) > 3, np.nan, notes.keys)
    nan = Remembered(notes.rows, keys, notes.own, notes.joins, notes.begins)
    with pytest.raises(MemoryFileError):
        kept_memory(KeptMemory(nan, "mine", "house").to_bytes(), "it")


def test_the_memory_of_another_instrument_is_neither_used_nor_changed(tmp_path: Path) -> None:
    path = tmp_path / "you.memory"
    write_memory(path, KeptMemory(some_notes(50), "yours", "organ"))
    before = path.read_bytes()
    said: list[str] = []
    memory = FieldMemory(WEIGHING, SIZES, 100)
    keeper = keeper_of(memory, path, said)
    assert len(memory) == 0
    memory.add(np.array([60, 1, 1, 1], dtype=np.int32), np.ones(WIDTH, dtype=np.float32))
    keeper.stop()
    assert [("organ" in sentence, sentence.count(".") > 0) for sentence in said] == [(True, True)]
    assert path.read_bytes() == before
    with pytest.raises(MemoryFileError):
        check_fits(KeptMemory(some_notes(50), "mine", "house"), "mine", (60, 10, 10, 10), "it")


def test_a_session_begins_with_the_last_ones_memory_and_adds_to_it(tmp_path: Path) -> None:
    path = tmp_path / "you.memory"
    said: list[str] = []
    first = FieldMemory(WEIGHING, SIZES, 100)
    keeper = keeper_of(first, path, said)
    keeper.start()
    first.load(some_notes(40))
    keeper.stop()
    keeper.stop()
    second = FieldMemory(WEIGHING, SIZES, 30)
    keeper = keeper_of(second, path, said)
    assert same(second.notes, first.notes) is False
    assert len(second) == 30
    assert same(kept_memory(keeper.loaded, "it").notes, second.notes)
    before = path.read_bytes()
    keeper.write()
    assert path.read_bytes() == before  # nothing has changed
    second.forget_all()
    keeper.stop()
    assert len(read_memory(path).notes) == 0
    assert not said


def test_where_it_cannot_be_written_the_player_is_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    memory = FieldMemory(WEIGHING, SIZES, 100)
    (tmp_path / "file").write_text("no folder")
    keeper = keeper_of(memory, tmp_path / "file" / "you.memory", said)
    for _ in range(3):
        memory.add(np.array([60, 1, 1, 1], dtype=np.int32), np.ones(WIDTH, dtype=np.float32))
        keeper.write()
    assert len(said) == 1
    assert said[0].startswith("The memory cannot be kept in ")


def test_memories_are_merged_the_oldest_first(tmp_path: Path) -> None:
    one, other = some_notes(30, 1), some_notes(20, 2)
    both = merged([KeptMemory(one, "mine", "house"), KeptMemory(other, "mine", "house")])
    assert len(both.notes) == 50
    assert np.array_equal(both.notes.rows[:30], one.rows)
    assert np.array_equal(both.notes.rows[30:], other.rows)
    assert not both.notes.joins[30]
    with pytest.raises(MemoryFileError, match="cannot be merged"):
        merged([KeptMemory(one, "mine", "house"), KeptMemory(other, "yours", "organ")])
