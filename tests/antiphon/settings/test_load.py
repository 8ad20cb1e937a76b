"""Four sources, the later wins; what is wrong is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.errors import SettingError
from antiphon.sections import Settings
from antiphon.settings import SHIPPED, Configuration, Option, load


@pytest.fixture(autouse=True)
def no_settings_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def origin_of(configuration: Configuration[Settings], name: str) -> str:
    return next(choice.origin for choice in configuration.chosen if choice.name == name)


def refused(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        load(Settings, file, environ={})
    return str(caught.value)


def test_without_sources_the_shipped_settings_hold() -> None:
    configuration = load(Settings, environ={})
    assert configuration.settings == Settings()
    assert {choice.origin for choice in configuration.chosen} == {SHIPPED}


def test_later_sources_win_and_each_value_knows_its_origin(file: Path) -> None:
    file.write_text("[partner]\npause = 0.7\nheld_pause = 3\nlongest = 30.0\n[midi]\nthru = true\n")
    configuration = load(
        Settings,
        file,
        environ={"ANTIPHON_PARTNER__PAUSE": "0.8", "ANTIPHON_PARTNER__LONGEST": "40"},
        options={"partner.pause": Option(0.9, "--pause")},
    )
    partner = configuration.settings.partner
    assert (partner.pause, partner.longest, partner.held_pause) == (0.9, 40.0, 3.0)
    assert configuration.settings.midi.thru
    assert origin_of(configuration, "partner.pause") == "--pause"
    assert origin_of(configuration, "partner.longest") == "ANTIPHON_PARTNER__LONGEST"
    assert origin_of(configuration, "partner.held_pause") == str(file)
    assert origin_of(configuration, "partner.shortest") == SHIPPED


def test_the_users_own_file_is_read_where_it_exists(tmp_path: Path) -> None:
    own = tmp_path / "config" / "antiphon" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[synth]\ngain = 1.0\n")
    configuration = load(Settings, environ={})
    assert configuration.settings.synth.gain == 1.0
    assert origin_of(configuration, "synth.gain") == str(own)


def test_a_named_file_stands_in_for_the_users_own(tmp_path: Path, file: Path) -> None:
    own = tmp_path / "config" / "antiphon" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[synth]\ngain = 1.0\n")
    file.write_text("[jam]\nduration = 5\n")
    settings = load(Settings, file, environ={}).settings
    assert (settings.synth.gain, settings.jam.duration) == (3.0, 5.0)


@pytest.mark.parametrize(
    ("text", "truth"), [("on", True), ("Off", False), ("true", True), ("0", False), ("no", False)]
)
def test_a_variable_spells_a_truth_in_many_ways(text: str, truth: bool) -> None:
    assert load(Settings, environ={"ANTIPHON_MIDI__THRU": text}).settings.midi.thru is truth


def test_a_variable_may_hold_a_word_or_a_number() -> None:
    for text, value in (("all", "all"), ("10", 10)):
        midi = load(Settings, environ={"ANTIPHON_MIDI__HEAR_CHANNEL": text}).settings.midi
        assert midi.hear_channel == value


def test_variables_of_others_are_left_alone() -> None:
    assert load(Settings, environ={"ANTIPHON": "x", "ANTIPHON_HOME": "/opt", "PATH": "/bin"})


def test_a_variable_with_one_underscore_is_a_slip() -> None:
    with pytest.raises(SettingError, match="did you mean ANTIPHON_MIDI__THRU"):
        load(Settings, environ={"ANTIPHON_MIDI_THRU": "on"})


def test_a_paths_place_is_the_files_own_folder(file: Path) -> None:
    file.write_text('[synth]\nsoundfont = "fonts/piano.sf2"\n[recorder]\nsessions = "~/takes"\n')
    settings = load(Settings, file, environ={}).settings
    assert settings.synth.soundfont == str(file.parent / "fonts" / "piano.sf2")
    assert settings.recorder.sessions == str(Path.home() / "takes")
    assert settings.instrument.path == "house"


def test_a_path_of_a_variable_is_the_shells() -> None:
    environ = {"ANTIPHON_INSTRUMENT__PATH": "mine.onnx", "ANTIPHON_JAM__PLAYER": "~/a.mid"}
    settings = load(Settings, environ=environ).settings
    assert settings.instrument.path == "mine.onnx"
    assert settings.jam.player == str(Path.home() / "a.mid")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[partnr]\npause = 1.0", "there is no section partnr; did you mean partner?"),
        ("[zzz]", "there is no section zzz; the sections are partner, listening, "),
        ("[partner]\npuase = 1.0", "no setting partner.puase; did you mean partner.pause?"),
        ("[midi]\ndriver = 'alsa'", "there is no setting midi.driver; did you mean synth.driver?"),
        ("[jam]\nq = 1", "there is no setting jam.q; jam knows player, duration, display."),
        ("thru = true", "thru stands outside of a section"),
        (
            "[partner]\npause = 'soon'",
            'partner.pause must be a number from 0.05 to 60, not "soon".',
        ),
        ("[partner]\npause = nan", "partner.pause must be a number from 0.05 to 60, not nan."),
        ("[jam]\nduration = inf", "jam.duration must be a number of at least 0, not inf."),
        ("[midi]\nthru = 1", "midi.thru must be true or false, not 1."),
        ("[midi]\nchannel = 0", "midi.channel must be a whole number from 1 to 16, not 0."),
        ("[midi]\nchannel = true", "midi.channel must be a whole number from 1 to 16, not true."),
        (
            "[midi]\nhear_channel = 17",
            'midi.hear_channel must be "all" or a whole number from 1 to 16, not 17.',
        ),
        ("[synth]\nenabled = true", 'synth.enabled must be "auto" or "off" or "on", not true.'),
        ("[jam]\nplayer = 3", "jam.player must be a text, not 3."),
    ],
)
def test_what_is_wrong_in_a_file_is_named(file: Path, text: str, sentence: str) -> None:
    message = refused(file, text)
    assert message.startswith(f"{file}: ")
    assert sentence in message


def test_broken_toml_is_named_with_its_line(file: Path) -> None:
    assert refused(file, "[midi]\nthru = \n").startswith(f"{file}, line 2: this is no valid TOML (")
    assert refused(file, "[midi]\nthru").startswith(f"{file}, line 2: this is no valid TOML (")


def test_a_file_that_cannot_be_read_is_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"mine\.toml cannot be read: No such file"):
        load(Settings, file, environ={})
    with pytest.raises(SettingError, match=r"cannot be read: Is a directory"):
        load(Settings, tmp_path, environ={})
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match=r"mine\.toml is no text in UTF-8"):
        load(Settings, file, environ={})


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"ANTIPHON_PARTNER__PUASE": "1"}, "did you mean ANTIPHON_PARTNER__PAUSE?"),
        ({"ANTIPHON_PARTNER__PAUSE": "long"}, "ANTIPHON_PARTNER__PAUSE: partner.pause must be"),
        ({"ANTIPHON_PARTNER__PAUSE": "nan"}, "ANTIPHON_PARTNER__PAUSE: partner.pause must be"),
    ],
)
def test_what_is_wrong_in_a_variable_is_named(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        load(Settings, environ=environ)
    assert sentence in str(caught.value)


def test_a_range_that_ends_before_it_begins_names_both_ends() -> None:
    with pytest.raises(SettingError) as caught:
        load(Settings, environ={"ANTIPHON_PARTNER__LOW": "72", "ANTIPHON_PARTNER__HIGH": "60"})
    assert str(caught.value) == (
        "partner.low (72, from ANTIPHON_PARTNER__LOW) must not exceed "
        "partner.high (60, from ANTIPHON_PARTNER__HIGH)."
    )


def test_channels_and_programs_count_from_zero_on_the_wire() -> None:
    settings = load(Settings, environ={"ANTIPHON_MIDI__CHANNEL": "10"}).settings
    assert (settings.midi.wire_channel, settings.midi.wire_hear_channel) == (9, None)
    assert (settings.synth.wire_player_program, settings.synth.wire_partner_program) == (0, 0)
