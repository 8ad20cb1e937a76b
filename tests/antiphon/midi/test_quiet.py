from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from antiphon.midi.quiet import quiet_stderr


def write(text: str) -> None:
    """Write past Python, as a library in C does."""
    os.write(2, text.encode())


def test_a_block_is_silent_and_what_follows_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        write("paragraphs")
    write("a sentence")
    assert capfd.readouterr().err == "a sentence"


def test_a_block_that_fails_gives_stderr_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="broken"), quiet_stderr():
        raise ValueError("broken")
    write("a sentence")
    assert capfd.readouterr().err == "a sentence"


@pytest.mark.parametrize("first_out", ["first in", "last in"])
def test_blocks_of_two_threads_may_overlap(
    first_out: str, capfd: pytest.CaptureFixture[str]
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with quiet_stderr():
            entered.set()
            leave.wait(10.0)

    thread = threading.Thread(target=other)
    if first_out == "first in":
        thread.start()
        assert entered.wait(10.0)
        with quiet_stderr():
            leave.set()
            thread.join()
            write("the other has left")
    else:
        with quiet_stderr():
            thread.start()
            assert entered.wait(10.0)
        write("the other is still inside")
        leave.set()
        thread.join()
    write("a sentence")
    assert capfd.readouterr().err == "a sentence"


def test_many_threads_leave_stderr_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before, descriptors = os.fstat(2), len(list(Path("/proc/self/fd").iterdir()))

    def enter_and_leave() -> None:
        for _ in range(200):
            with quiet_stderr():
                write("noise")

    threads = [threading.Thread(target=enter_and_leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.path.samestat(os.fstat(2), before)
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    write("a sentence")
    assert capfd.readouterr().err == "a sentence"
