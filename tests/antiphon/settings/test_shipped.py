"""The shipped file is written from the declarations, and reads back as they are."""

from __future__ import annotations

import tomllib

import msgspec
import pytest

from antiphon import resources
from antiphon.sections import Settings, shipped_text
from antiphon.settings import Key, keys_of, public_keys, sections_of

KEYS = [key for section in sections_of(Settings).values() for key in keys_of(section).values()]


def named(key: Key) -> str:
    return f"{key.section}.{key.name}"


def test_the_shipped_file_is_the_generated_one() -> None:
    """After a change of a declaration, `make settings` writes it anew."""
    assert resources.settings_file().read_text(encoding="utf-8") == shipped_text()


def test_it_holds_every_setting_with_its_default() -> None:
    internal = {(key.section, key.name) for key in KEYS if key.internal}
    plain = {
        section: {key: value for key, value in keys.items() if (section, key) not in internal}
        for section, keys in msgspec.to_builtins(Settings()).items()
    }
    assert tomllib.loads(shipped_text()) == plain


def test_its_sections_and_keys_stand_in_the_order_of_the_declarations() -> None:
    shipped = tomllib.loads(shipped_text())
    assert [(section, list(keys)) for section, keys in shipped.items()] == [
        (name, list(public_keys(section))) for name, section in sections_of(Settings).items()
    ]


def test_a_section_is_called_as_its_field() -> None:
    assert {name: section.NAME for name, section in sections_of(Settings).items()} == {
        name: name
        for name in (
            "partner",
            "listening",
            "groove",
            "form",
            "memory",
            "continue",
            "echo",
            "harmonise",
            "midi",
            "synth",
            "recorder",
            "instrument",
            "jam",
        )
    }


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_every_setting_has_a_sentence(key: Key) -> None:
    assert key.sentence.endswith(".")
    assert key.sentence[0].isupper()


def test_the_file_gives_a_numbers_range() -> None:
    assert "at least. From 0.05 to 60.\npause = 0.6\n" in shipped_text()
    assert "until you stop it. At least 0.\nduration = 0.0\n" in shipped_text()


def test_what_only_code_gives_is_not_in_the_file() -> None:
    internal = [key.name for key in KEYS if key.internal]
    assert len(internal) == 9
    assert not [name for name in internal if f"\n{name} = " in shipped_text()]


def test_defaults_survive_a_strict_check() -> None:
    assert msgspec.convert(msgspec.to_builtins(Settings()), Settings) == Settings()
