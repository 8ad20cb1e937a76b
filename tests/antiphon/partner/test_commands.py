from __future__ import annotations

import pytest

from antiphon.errors import UsageError
from antiphon.partner.commands import parse_command
from antiphon.partner.inputs import Change, Forget, Panic


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("panic", Panic(3.0)),
        ("  panic\n", Panic(3.0)),
        ("forget phrase", Forget(3.0, "phrase")),
        ("forget all", Forget(3.0, "all")),
        ("set memory.gain 2", Change(3.0, "memory.gain", "2")),
        ("mode echo", Change(3.0, "partner.mode", "echo")),
        ("set partner.temperature 0.9", Change(3.0, "partner.temperature", "0.9")),
        ("set midi.input My Keyboard", Change(3.0, "midi.input", "My Keyboard")),
    ],
)
def test_a_command_says_what_it_says(text: str, meant: Change | Panic | Forget) -> None:
    assert parse_command(text, 3.0) == meant


@pytest.mark.parametrize(
    "text", ["", "play", "panic now", "mode", "mode a b", "set", "set a.b", "forget"]
)
def test_what_is_no_command_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(UsageError, match=r"the commands are set SECTION\.KEY VALUE, mode NAME"):
        parse_command(text, 3.0)
