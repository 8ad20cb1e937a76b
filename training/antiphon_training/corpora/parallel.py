"""Read many files, in several processes where it pays; a bad file stops no other.

symusic reads a thousand files in the time that processes take to start, and threads do not
make it faster (docs/corpora.md has the figures). So a little work is done in this process,
and a lot, all of music21's above all, in one process a core.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon_training.corpora.reading import MIDI_SUFFIXES, content_of, read_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from antiphon_training.corpora.cache import Outcome
    from antiphon_training.corpora.piece import Reading

SYMUSIC_BYTES_A_SECOND, MUSIC21_BYTES_A_SECOND = 8e6, 5e3
WORTH_PROCESSES = 4.0
"""Seconds of work; starting processes and returning their results takes about one."""
BREAKS = "crashes its parser: nothing of it can be read"
WAITING_A_PROCESS = 4


def read_all(paths: Sequence[Path], reading: Reading) -> Iterator[tuple[int, Outcome]]:
    """Yield the index and the result of each file, in any order."""
    workers = min(cores(), len(paths))
    if workers > 1 and _seconds(paths, reading) > WORTH_PROCESSES:
        yield from by_processes(paths, reading, workers)
    else:
        for index, path in enumerate(paths):
            yield index, read_one(path, reading)


def read_one(path: Path, reading: Reading) -> Outcome:
    """Return the music of one file, or in a few words why it is left out."""
    try:
        return read_pieces(path, content_of(path), reading)
    except CorpusError as error:
        return str(error).removeprefix(f"{path} ").removesuffix(".")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _seconds(paths: Sequence[Path], reading: Reading) -> float:
    """Return about how many seconds one core needs."""
    seconds = 0.0
    for path in paths:
        by_symusic = reading.reader == "symusic" and path.suffix.lower() in MIDI_SUFFIXES
        pace = SYMUSIC_BYTES_A_SECOND if by_symusic else MUSIC21_BYTES_A_SECOND
        seconds += path.stat().st_size / pace if path.is_file() else 0.0
    return seconds


def by_processes(
    paths: Sequence[Path], reading: Reading, workers: int
) -> Iterator[tuple[int, Outcome]]:
    """Yield the index and the result of each file, read by so many processes."""
    left = dict(enumerate(paths))
    try:
        for index, outcome in _pooled(left, reading, workers):
            del left[index]
            yield index, outcome
    except BrokenProcessPool:  # a file crashed its process: find out which
        for index, path in left.items():
            yield index, _alone(path, reading)


def _pooled(work: dict[int, Path], reading: Reading, workers: int) -> Iterator[tuple[int, Outcome]]:
    """Read files in processes; few are queued at once, so that results do not pile up."""
    queue = iter(dict(work).items())
    with _pool(workers) as pool:
        running: dict[Future[Outcome], int] = {}
        try:
            while True:
                for index, path in queue:
                    running[pool.submit(read_one, path, reading)] = index
                    if len(running) >= workers * WAITING_A_PROCESS:
                        break
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _alone(path: Path, reading: Reading) -> Outcome:
    """Read a file in a process of its own, which it may crash."""
    try:
        with _pool(1) as pool:
            pool.submit(os.getpid).result()
            try:
                return pool.submit(read_one, path, reading).result()
            except BrokenProcessPool:
                return BREAKS
    except BrokenProcessPool:  # no process can be started from here
        return read_one(path, reading)


def _pool(workers: int) -> ProcessPoolExecutor:
    # Not forked, because this process has threads, of TensorFlow and our own.
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
