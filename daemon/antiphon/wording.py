"""Words of messages that depend on a number."""

from __future__ import annotations


def how_many(number: float, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 piece", "1,541 notes".

    Parameters
    ----------
    number : float
        How many, whole or not.
    one : str
        The noun of one of them.
    many : str, optional
        The noun of several; that of one with an s when not given.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
