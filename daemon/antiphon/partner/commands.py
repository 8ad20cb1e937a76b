"""Commands as text, in the words of a terminal, a page or a remote control.

set partner.temperature 0.9
mode echo
panic
forget phrase
forget all
"""

from __future__ import annotations

from antiphon.errors import UsageError
from antiphon.partner.inputs import Change, Forget, Panic

COMMANDS = "set SECTION.KEY VALUE, mode NAME, panic, forget phrase, forget all"


def parse_command(text: str, time: float) -> Change | Panic | Forget:
    """Return the input that a command stands for.

    Parameters
    ----------
    text : str
        One command; what a setting may be is checked when it is carried out.
    time : float
        When it was given, in seconds of the monotonic clock.

    Raises
    ------
    UsageError
        There is no such command.
    """
    match text.split():
        case ["panic"]:
            return Panic(time)
        case ["forget", ("phrase" | "all") as what]:
            return Forget(time, what)
        case ["mode", name]:
            return Change(time, "partner.mode", name)
        case ["set", name, *values] if values:
            return Change(time, name, " ".join(values))
    raise UsageError(f"There is no command {text.strip()!r}; the commands are {COMMANDS}.")
