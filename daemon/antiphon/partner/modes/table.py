"""The list of all modes.

The settings need it before NumPy may be loaded. So it only names a mode's module, which
`beginning` imports when the mode is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A mode.

    Attributes
    ----------
    does : str
        What it does, as the end of a sentence that begins with its name: "waits for a
        pause, then answers".
    hello : str
        What the partner says when a jam begins, in the first person: "I answer when you
        pause".
    module : str
        The module of its class, in this folder.
    kind : str
        The name of its class, which is made of an `Ensemble`.
    """

    does: str
    hello: str
    module: str
    kind: str


MODES = {
    "respond": Entry(
        "waits for a pause, then answers", "I answer when you pause", "respond", "Respond"
    ),
    "continue": Entry(
        "waits for a pause, then plays on until a key is touched",
        "I play on when you pause, until you touch a key",
        "playing_on",
        "Continue",
    ),
    "echo": Entry(
        "waits for a pause, then plays the phrase back as it was",
        "I play your phrase back when you pause",
        "echo",
        "Echo",
    ),
    "harmonise": Entry(
        "adds notes to each that is struck, while its key is held",
        "I add notes to each that you strike",
        "harmonise",
        "Harmonise",
    ),
    "listen": Entry("never plays", "I only listen", "listen", "Listen"),
}
