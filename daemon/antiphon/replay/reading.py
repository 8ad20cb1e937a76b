"""Read the log of a session: its header, and one step after another.

A kill may have cut the last line, and the outputs of the last step, short.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from antiphon.errors import AntiphonError
from antiphon.replay.header import damaged, read_header
from antiphon.stage.log import GIVEN, TICK, input_of, output_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from antiphon.partner.inputs import Input
    from antiphon.partner.outputs import Output
    from antiphon.replay.header import LogHeader


class Step(NamedTuple):
    """What the partner was told, and what it did.

    Attributes
    ----------
    time : float
        When, in seconds of the session's clock.
    given : Input or None
        What it was told; None for a tick.
    outputs : list of Output
        What followed.
    last : bool
        Whether the log ends here, perhaps in the middle of the outputs.
    """

    time: float
    given: Input | None
    outputs: list[Output]
    last: bool


def read_log(path: Path) -> tuple[LogHeader, Iterator[Step]]:
    """Return a log's header, and its steps, which are read as they are asked for.

    Raises
    ------
    AntiphonError
        It cannot be read, or is damaged; while the steps are read, too.
    """
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise damaged(path)
    return read_header(first[1], path), _steps(path, lines)


def _steps(path: Path, lines: Iterator[tuple[int, Any]]) -> Iterator[Step]:
    begun: tuple[float, Input | None, list[Output]] | None = None
    for number, entry in lines:
        if not isinstance(entry, list) or not entry:
            raise damaged(path, number)
        try:
            if entry[0] not in GIVEN:
                if begun is None:
                    raise damaged(path, number)
                begun[2].append(output_of(entry))
                continue
            given = None if entry[0] == TICK else input_of(entry)
            time = float(entry[1]) if given is None else given.time
        except (IndexError, TypeError, ValueError, OverflowError) as error:
            raise damaged(path, number) from error
        if not math.isfinite(time):
            raise damaged(path, number)
        if begun is not None:
            yield Step(*begun, last=False)
        begun = time, given, []
    if begun is not None:
        yield Step(*begun, last=True)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each line."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError) as error:
                    if number > 1 and not line.endswith(b"\n"):
                        return  # torn by a kill
                    raise damaged(path, number) from error
                yield number, value
    except OSError as error:
        raise AntiphonError(
            f"{path} cannot be read ({error.strerror or error}): a session can be replayed only "
            "with the log that was recorded beside it."
        ) from error
