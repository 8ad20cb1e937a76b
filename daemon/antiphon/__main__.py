"""The entry point of the command `antiphon`, and of `python -m antiphon`."""

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

    A signal may end a jam while its packages still load. Nothing runs yet, so the
    process exits at once, with code 0 as any jam does.
    """
    _open_closed_streams()
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if command == "jam":
        for name in _ENDINGS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _leave)

    from antiphon.cli.main import main as run

    run()


def _open_closed_streams() -> None:
    """Open /dev/null in place of standard streams that are closed.

    Otherwise the next file or socket gets the number of such a stream, and a library
    that prints from C writes into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(0)


if __name__ == "__main__":
    main()
