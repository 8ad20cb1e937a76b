"""The shipped file says what the structs say, and says it of every setting."""

from __future__ import annotations

import tomllib

import msgspec
from msgspec import inspect

from antiphon import resources
from antiphon.partner.settings import PartnerSettings as MindSettings
from antiphon.settings import PartnerSection, Settings
from antiphon.settings.model import kinds


def shipped_text() -> str:
    return resources.settings_file().read_text(encoding="utf-8")


def test_it_holds_every_setting_with_its_default() -> None:
    assert tomllib.loads(shipped_text()) == msgspec.to_builtins(Settings())


def test_its_sections_and_keys_stand_in_the_structs_order() -> None:
    shipped = tomllib.loads(shipped_text())
    assert [(section, list(keys)) for section, keys in shipped.items()] == [
        (section, list(keys)) for section, keys in kinds().items()
    ]


def test_every_key_has_a_comment_above_it_or_above_its_neighbours() -> None:
    lines = shipped_text().splitlines()
    for number, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            above = lines[number - 1]
            assert not above.startswith("["), f"line {number + 1} has no comment: {line}"


def test_defaults_survive_a_strict_check() -> None:
    assert msgspec.convert(msgspec.to_builtins(Settings()), Settings) == Settings()


def mind_of(section: PartnerSection) -> MindSettings:
    shared = msgspec.structs.asdict(section)
    shared.pop("seed")
    return MindSettings(**shared)


def test_the_partners_defaults_are_its_own() -> None:
    assert mind_of(PartnerSection()) == MindSettings()


def test_the_partner_takes_whatever_the_settings_let_through() -> None:
    kinds_of = {
        field.name: inspect.type_info(field.type)
        for field in msgspec.structs.fields(PartnerSection)
        if field.name not in {"mode", "seed"}
    }
    upper = {"high", "longest", "longest_pause"}  # so that a lower end stays below its upper
    for end, other in (("ge", "le"), ("le", "le")):
        ends = {
            name: getattr(kind, other if name in upper else end)
            for name, kind in kinds_of.items()
            if end == "ge" or name not in {"low", "shortest", "pause"}
        }
        assert mind_of(PartnerSection(**ends))
