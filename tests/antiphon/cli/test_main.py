"""The command line as a shell sees it: stdout, stderr and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def antiphon(
    home: Path, *args: str, check: int | None = 0, **environ: str
) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ANTIPHON_")}
    places = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "DATA", "STATE")}
    done = subprocess.run(
        [sys.executable, "-m", "antiphon", *args],
        capture_output=True,
        text=True,
        env=inherited | places | environ,
        timeout=60,
        check=False,
    )
    assert check is None or done.returncode == check, done.stderr
    return done


def test_help_lists_every_command_in_full_sentences(home: Path) -> None:
    listed = antiphon(home, "--help").stdout
    for command in (
        *("jam", "ports", "compose", "render", "replay", "info", "bench", "config"),
        *("corpus", "evaluate", "export", "plot", "train"),
    ):
        assert f"\n  {command} " in listed
    ours = listed.partition("Commands:")[2].partition("  config ")[0]
    assert "..." not in ours


def test_version(home: Path) -> None:
    from antiphon import __version__

    assert antiphon(home, "--version").stdout == f"antiphon {__version__}\n"


def test_an_unknown_command_or_option_is_a_usage_error(home: Path) -> None:
    assert "No such command" in antiphon(home, "jamm", check=2).stderr
    assert antiphon(home, "jam", "--loud", check=2).stdout == ""


def test_a_bad_setting_is_one_sentence_and_code_78(home: Path) -> None:
    done = antiphon(home, "config", check=78, ANTIPHON_MIDI__CHANNEL="17")
    assert done.stderr == (
        "antiphon: ANTIPHON_MIDI__CHANNEL: midi.channel must be a whole number "
        'from 1 to 16, not "17".\n'
    )
    assert done.stdout == ""


def test_verbose_shows_where_a_failure_came_from_wherever_it_stands(home: Path) -> None:
    for args in (("-v", "config"), ("config", "-v"), ("config", "--verbose")):
        assert "Traceback" in antiphon(home, *args, check=78, ANTIPHON_MIDI__CHANNEL="17").stderr


def test_config_says_each_value_and_its_origin_as_json(home: Path) -> None:
    shown = json.loads(antiphon(home, "config", "--json", ANTIPHON_MIDI__THRU="on").stdout)
    assert shown["midi"]["thru"] == {"value": True, "origin": "ANTIPHON_MIDI__THRU"}
    assert shown["partner"]["pause"] == {"value": 0.6, "origin": "as shipped"}


def test_config_is_a_table_for_people(home: Path) -> None:
    lines = antiphon(home, "config", ANTIPHON_MIDI__INPUT="A keyboard").stdout.splitlines()
    assert lines[0].split() == ["setting", "value", "from"]
    assert any("A keyboard" in line and "ANTIPHON_MIDI__INPUT" in line for line in lines)


def test_the_default_file_can_be_printed_edited_and_read(home: Path) -> None:
    printed = antiphon(home, "config", "--default").stdout
    assert "at least. From 0.05 to 60.\npause = 0.6\n" in printed
    (home / "mine.toml").write_text(printed.replace("\npause = 0.6\n", "\npause = 0.7\n"))
    shown = json.loads(
        antiphon(home, "config", "--json", "--config", str(home / "mine.toml")).stdout
    )
    pause = shown["partner"]["pause"]
    assert pause == {"value": 0.7, "origin": str(home / "mine.toml")}


def test_config_path_is_the_users_file(home: Path) -> None:
    shown = antiphon(home, "config", "--path").stdout
    assert shown == f"{home / 'CONFIG' / 'antiphon' / 'config.toml'}\n"


def test_an_instrument_that_is_none_is_refused_with_a_sentence(home: Path) -> None:
    stray = home / "stray.onnx"
    stray.write_bytes(b"not a graph")
    done = antiphon(home, "info", str(stray), check=1)
    assert len(done.stderr.splitlines()) == 1
    assert "stray.onnx" in done.stderr


def test_a_closed_pipe_ends_it_quietly(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "antiphon", "config"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=os.environ | {"XDG_CONFIG_HOME": str(home)},
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
