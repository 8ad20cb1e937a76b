"""Sections check themselves, and change while playing as they are loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from antiphon.errors import SettingError
from antiphon.sections import Settings
from antiphon.settings import (
    FIXED,
    INTERNAL,
    Option,
    PathOrWord,
    Section,
    Sections,
    default_file,
    load,
)


class Bell(Section, frozen=True, kw_only=True):
    NAME = "bell"
    ORDERED = (("low", "high"),)
    TOGETHER = {"ends": ("low", "high")}  # noqa: RUF012

    low: Annotated[float, Meta(ge=0.0, le=9.0, description="The lowest.")] = 1.0
    high: Annotated[float, Meta(ge=0.0, le=9.0, description="The highest.")] = 5.0
    rings: Annotated[bool, Meta(description="Whether it rings.")] = False
    metal: Annotated[str, Meta(description="Of what.", extra={"choices": ("tin", "zinc")})] = "tin"
    tower: Annotated[Literal["none"] | int, Meta(description="Which.", extra=FIXED)] = "none"
    mould: Annotated[PathOrWord, Meta(description="A file.")] = "auto"
    alloy: Annotated[int, Meta(ge=1, description="A secret.", extra=INTERNAL)] = 3


class Belfry(Sections, frozen=True, kw_only=True):
    bell: Bell = Bell()


def refusal(name: str, value: object) -> str:
    with pytest.raises(SettingError) as caught:
        Belfry().changed(name, value)
    return str(caught.value)


class TestConstruction:
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"low": -1.0}, "bell.low must be a number from 0 to 9, not -1.0."),
            ({"low": float("nan")}, "bell.low must be a number from 0 to 9, not nan."),
            ({"low": "2"}, 'bell.low must be a number from 0 to 9, not "2".'),
            ({"low": 6}, "bell.low (6.0) must not exceed bell.high (5.0)."),
            ({"rings": 1}, "bell.rings must be true or false, not 1."),
            ({"metal": "gold"}, 'bell.metal must be "tin" or "zinc", not "gold".'),
            ({"tower": "x"}, 'bell.tower must be "none" or a whole number, not "x".'),
            ({"alloy": 0}, "bell.alloy must be a whole number of at least 1, not 0."),
        ],
    )
    def test_a_wrong_value_is_refused(self, wrong: dict[str, Any], sentence: str) -> None:
        with pytest.raises(SettingError) as caught:
            Bell(**wrong)
        assert str(caught.value) == sentence

    def test_a_whole_number_becomes_a_float(self) -> None:
        assert repr(Bell(low=2).low) == "2.0"

    def test_the_ends_of_a_range_are_allowed(self) -> None:
        assert (Bell(low=0.0, high=9.0).low, Bell(low=9.0, high=9.0).low) == (0.0, 9.0)


class TestChange:
    def test_it_returns_another_and_leaves_the_first(self) -> None:
        before = Belfry()
        after = before.changed("bell.low", 0.5)
        assert (before.bell.low, after.bell.low) == (1.0, 0.5)
        assert after == Belfry(bell=Bell(low=0.5))

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [("low", "0.5", 0.5), ("rings", "on", True), ("metal", "zinc", "zinc")],
    )
    def test_a_text_stands_for_a_value(self, name: str, text: str, value: object) -> None:
        assert getattr(Bell().changed(name, text), name) == value

    def test_a_name_may_stand_for_several_keys(self) -> None:
        bell = Belfry().changed("bell.ends", "7").bell
        assert (bell.low, bell.high) == (7.0, 7.0)

    def test_home_is_expanded(self) -> None:
        assert Bell().changed("mould", "~/a.txt").mould == str(Path.home() / "a.txt")

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("bell.low", 10, "bell.low must be a number from 0 to 9, not 10."),
            ("bell.low", "x", 'bell.low must be a number from 0 to 9, not "x".'),
            (
                "bell.mould",
                "~no-such-user/a",
                'bell.mould must be in a home folder that exists, not "~no-such-user/a".',
            ),
            ("bell.low", 6.0, "bell.low (6.0) must not exceed bell.high (5.0)."),
            ("bell.ends", 10, "bell.low must be a number from 0 to 9, not 10."),
            ("bell.metal", "gold", 'bell.metal must be "tin" or "zinc", not "gold".'),
            ("bell.tower", 3, "bell.tower cannot change while playing; set it before the start."),
            ("bell.lwo", 1, "There is no setting bell.lwo; did you mean bell.low?"),
            ("bell.end", 1, "There is no setting bell.end; did you mean bell.ends?"),
            ("ball.low", 1, "There is no section ball; did you mean bell?"),
            ("low", 1, "There is no setting low; did you mean bell.low?"),
            (
                "bell",
                1,
                "There is no setting bell; write it as section.key; the sections are bell.",
            ),
            ("", 1, 'There is no setting ""; write it as section.key; the sections are bell.'),
        ],
    )
    def test_a_wrong_change_is_refused(self, name: str, value: object, sentence: str) -> None:
        assert refusal(name, value) == sentence

    def test_what_only_code_gives_is_unknown(self) -> None:
        assert refusal("bell.alloy", 4) == "There is no setting bell.alloy; did you mean bell.low?"
        with pytest.raises(SettingError, match=r"there is no setting partner\.lead"):
            load(Settings, environ={}, options={"partner.lead": Option(0.1, "--lead")})

    def test_the_commands_of_the_design(self) -> None:
        partner = Settings().changed("partner.temperature", "0.9").partner
        fields = ("pitch", "step", "duration", "velocity")
        assert [partner.temperature(field) for field in fields] == [0.9] * 4
        assert Settings().changed("partner.mode", "listen").partner.mode == "listen"

    @pytest.mark.parametrize(
        "name",
        ["midi.api", "midi.input", "midi.output", "instrument.path", "synth.soundfont",
         "recorder.sessions", "jam.player", "partner.seed"],
    )  # fmt: skip
    def test_ports_files_and_the_seed_are_fixed(self, name: str) -> None:
        with pytest.raises(SettingError, match=f"{name} cannot change while playing"):
            Settings().changed(name, "auto")


def test_a_file_of_defaults_says_what_each_setting_means() -> None:
    assert default_file(Belfry, "One line.\n\nAnother.").startswith(
        "# One line.\n#\n# Another.\n\n[bell]\n# The lowest. From 0 to 9.\nlow = 1.0\n"
    )
