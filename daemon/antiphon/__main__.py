"""The command `antiphon`, from its first instant; `python -m antiphon` is the same."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

# SIGHUP: the terminal was closed.
_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")


def main() -> None:
    """Run the command line.

    A jam that is ended while its packages still load has begun nothing that
    would have to be undone. It ends as any jam does, with 0 and not a word.
    """
    _fill_standard_streams()
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if command == "jam":
        for name in _ENDINGS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _leave)

    from antiphon.cli.main import main as run

    run()


def _fill_standard_streams() -> None:
    """Open nowhere in place of standard streams that were closed.

    Else the next file or socket that is opened gets such a number, and what is
    printed from C would go there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(0)


if __name__ == "__main__":
    main()
