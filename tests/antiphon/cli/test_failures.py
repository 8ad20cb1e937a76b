"""How each kind of failure ends a command."""

from __future__ import annotations

import io
import logging
import os
from pathlib import Path

import pytest
import typer

from antiphon.cli import failures
from antiphon.cli.verbosity import Verbosity
from antiphon.errors import AntiphonError, NoMidiSystemError, SettingError


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AntiphonError("It rains."), 1),
        (NoMidiSystemError("It rains."), 69),
        (SettingError("It rains."), 78),
    ],
)
def test_an_error_of_ours_is_one_sentence(
    error: AntiphonError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failures.report(error, Verbosity()) == code
    assert capsys.readouterr().err == "antiphon: It rains.\n"


def test_an_interrupt_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.report(KeyboardInterrupt(), Verbosity()) == 130
    assert capsys.readouterr().err == ""


def test_the_unexpected_is_one_sentence_and_kept_in_full(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        raise ZeroDivisionError("of all things")
    assert failures.report(caught.value, Verbosity()) == 1
    said = capsys.readouterr().err
    log = state / "antiphon" / "antiphon.log"
    assert said == (
        "antiphon: something unexpected went wrong (ZeroDivisionError: of all things); "
        f"the details are in {log}.\n"
    )
    assert "Traceback" in log.read_text()


def test_the_unexpected_is_said_where_no_log_can_be_kept(
    monkeypatch: pytest.MonkeyPatch, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(state / "file"))
    assert failures.report(RuntimeError("no"), Verbosity()) == 1
    assert "-v shows the details" in capsys.readouterr().err


def test_the_command_lines_own_exceptions_are_known() -> None:
    assert issubclass(typer.BadParameter, failures.OWN)
    assert not issubclass(AntiphonError, failures.OWN)
    assert not issubclass(RuntimeError, failures.OWN)


@pytest.mark.parametrize(
    ("options", "level"),
    [([], 0), (["-v"], 1), (["-vv"], 2), (["-v", "--verbose", "-v"], 2), (["-v", "-q"], -1)],
)
def test_a_voice_is_as_loud_as_asked(options: list[str], level: int) -> None:
    assert Verbosity.of(options).level == level


def test_messages_that_nobody_reads_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr("sys.stderr", stream)
        stream.write("to nobody")
        with pytest.raises(BrokenPipeError):
            stream.flush()
        failures.flush_messages()
        assert os.path.samestat(os.fstat(stream.fileno()), Path(os.devnull).stat())
        assert stream.write("no more") == len("no more")
        stream.flush()


def test_a_warning_is_a_sentence_and_goes_where_stderr_is_now(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("antiphon.test")
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    Verbosity().set_up()
    seen = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", seen)
        log.warning("It rains.")
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", None)
        log.warning("Nobody hears.")
    assert seen.getvalue() == "antiphon: It rains.\n"
    assert capsys.readouterr().err == ""
