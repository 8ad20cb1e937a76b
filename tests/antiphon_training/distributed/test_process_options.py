"""How many processes there are and which this is: from options, or from the environment."""

from __future__ import annotations

import socket

import pytest

from antiphon.errors import TrainingError, UsageError
from antiphon_training.distributed.process_options import (
    COORDINATOR,
    PROCESS,
    PROCESSES,
    ProcessOptions,
    check_own_address,
    read_process_options,
)

THERE = {PROCESSES: "4", PROCESS: "2", COORDINATOR: "10.0.0.1:1234,10.0.0.2:1234"}


def test_alone_where_nothing_is_said() -> None:
    assert read_process_options(None, None, None, {}) == ProcessOptions(1, 0)


def test_from_the_environment() -> None:
    assert read_process_options(None, None, None, THERE) == ProcessOptions(4, 2, "10.0.0.1:1234")


def test_options_come_first() -> None:
    assert read_process_options(2, 0, "[::1]:9000", THERE) == ProcessOptions(2, 0, "[::1]:9000")


def test_the_first_has_the_index_0() -> None:
    assert ProcessOptions(2, 0, "host:1").first
    assert not ProcessOptions(2, 1, "host:1").first


@pytest.mark.parametrize(
    ("processes", "index", "coordinator", "sentence"),
    [
        (0, 0, "", "at least 1 process"),
        (2, 2, "host:9000", "counted from 0 to 1"),
        (2, -1, "host:9000", "no number -1"),
        (2, 0, "", "HOST:PORT"),
        (2, 0, "host", "HOST:PORT"),
        (2, 0, "host:", "HOST:PORT"),
        (2, 0, "host:99999", "HOST:PORT"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(
    processes: int, index: int, coordinator: str, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        ProcessOptions(processes, index, coordinator)


def test_a_number_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UsageError, match=f"{PROCESSES} must be a whole number, not 'two'"):
        read_process_options(None, None, None, {PROCESSES: "two"})


@pytest.mark.parametrize("coordinator", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_on_one_machine_its_name_is_not_looked_up(
    coordinator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def own_name() -> str:
        asked.append("name")
        return "localhost"

    monkeypatch.setattr(socket, "gethostname", own_name)
    check_own_address(ProcessOptions(2, 0, coordinator))
    assert not asked


def test_a_machine_that_others_cannot_find_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost")
    with pytest.raises(TrainingError, match="its name, localhost, does not stand for"):
        check_own_address(ProcessOptions(2, 0, "192.0.2.1:9000"))
