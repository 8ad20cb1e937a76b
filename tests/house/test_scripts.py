"""The scripts that set up an environment: which Python, which packages, asked or not."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from runpy import run_path

import mido
import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
BARE = "/usr/bin:/bin"


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script where nobody can answer, with these variables alone."""
    environ = {"PATH": BARE, **variables}
    return subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def stub(folder: Path, name: str, text: str = "exit 0") -> None:
    """Put a command of this name into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def read_terminal(master: int) -> str:
    """Return what was written to a terminal and not read yet; nothing when all was."""
    try:
        return os.read(master, 10_000).decode()
    except OSError:  # Linux's way to say that nobody has the other end open
        return ""


class TestOneAnswer:
    """Everything that says which Pythons will do says the same."""

    def versions(self) -> list[str]:
        project = tomllib.loads(PYPROJECT)["project"]
        bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
        assert bounds is not None
        lowest, beyond = map(int, bounds.groups())
        return [f"3.{minor}" for minor in range(lowest, beyond)]

    def test_the_classifiers(self) -> None:
        classifiers = tomllib.loads(PYPROJECT)["project"]["classifiers"]
        named = [line.rpartition(" :: ")[2] for line in classifiers if re.search(r":: 3\.", line)]
        assert named == self.versions()

    def test_the_readme(self) -> None:
        first, *_, last = self.versions()
        assert f"Python {first} to {last} " in (ROOT / "README.md").read_text(encoding="utf-8")

    def test_find_python(self, tmp_path: Path) -> None:
        first, *_, last = self.versions()
        for name in ("python3", *(f"python{version}" for version in self.versions())):
            stub(tmp_path, name, "exit 1")
        done = run(SCRIPTS / "find-python", PATH=f"{tmp_path}:{BARE}")
        assert done.returncode == 1
        assert done.stdout == ""
        assert f"Antiphon needs Python {first} to {last} (" in done.stderr


class TestFindPython:
    def test_an_environment_is_built_on_its_base(self) -> None:
        done = run(SCRIPTS / "find-python", PYTHON=sys.executable)
        assert done.returncode == 0, done.stderr
        asked = [done.stdout.strip(), "-c", "import sys; print(sys.prefix == sys.base_prefix)"]
        assert subprocess.check_output(asked, text=True) == "True\n"

    def test_the_system_s_own_comes_first_unless_it_will_not_do(self, tmp_path: Path) -> None:
        for name in ("python3", "python3.12"):
            stub(tmp_path, name, f"echo {name}")
        path = f"{tmp_path}:{BARE}"
        assert run(SCRIPTS / "find-python", PATH=path).stdout == "python3\n"
        stub(tmp_path, "python3", "exit 1")
        assert run(SCRIPTS / "find-python", PATH=path).stdout == "python3.12\n"

    def test_the_one_that_was_asked_for_or_none(self) -> None:
        done = run(SCRIPTS / "find-python", PYTHON="no-such-python")
        assert done.returncode == 1
        assert done.stdout == ""
        assert "PYTHON=no-such-python is not one of them" in done.stderr


class TestAptInstall:
    """Stand-ins for apt-get, sudo and id tell what would have been done."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> str:
        """A search path on which somebody is no superuser, and outside of containers."""
        folder = tmp_path / "bin"
        stub(folder, "apt-get", f'echo "$@" >>{tmp_path}/installed')
        stub(folder, "sudo", f'echo sudo >>{tmp_path}/installed; [ "$1" != -n ] || shift; "$@"')
        stub(folder, "id", "echo 1000")
        stub(folder, "ischroot", "exit 1")
        stub(folder, "systemd-detect-virt", "exit 1")
        return f"{folder}:{BARE}"

    def installed(self, tmp_path: Path) -> str:
        log = tmp_path / "installed"
        return log.read_text() if log.exists() else ""

    def test_the_line_to_run_where_nobody_can_answer(self, tmp_path: Path, path: str) -> None:
        done = run(SCRIPTS / "apt-install", "one", "two", PATH=path)
        assert done.returncode == 1
        assert "    sudo apt-get update && sudo apt-get install -y one two\n" in done.stderr
        assert self.installed(tmp_path) == ""

    @pytest.mark.parametrize("reason", [{"YES": "1"}, {"CI": "true"}], ids=str)
    def test_without_asking(self, tmp_path: Path, path: str, reason: dict[str, str]) -> None:
        done = run(SCRIPTS / "apt-install", "one", "two", PATH=path, **reason)
        assert done.returncode == 0, done.stderr
        assert "install -y --no-install-recommends one two\n" in self.installed(tmp_path)
        assert "sudo\n" in self.installed(tmp_path)

    @pytest.mark.parametrize("reason", [{"YES": "0"}, {"CI": "false"}, {"CI": ""}], ids=str)
    def test_what_is_no_yes(self, tmp_path: Path, path: str, reason: dict[str, str]) -> None:
        assert run(SCRIPTS / "apt-install", "one", PATH=path, **reason).returncode == 1
        assert self.installed(tmp_path) == ""

    def test_root_in_a_container_is_not_asked(self, tmp_path: Path, path: str) -> None:
        stub(tmp_path / "bin", "id", "echo 0")
        stub(tmp_path / "bin", "ischroot", "exit 0")
        assert run(SCRIPTS / "apt-install", "one", PATH=path).returncode == 0
        assert "one\n" in self.installed(tmp_path)
        assert "sudo" not in self.installed(tmp_path)

    @pytest.mark.parametrize(
        ("answer", "agreed"), [("\n", True), ("y\n", True), ("n\n", False), ("\x04", False)]
    )
    def test_who_can_answer_is_asked(
        self, tmp_path: Path, path: str, answer: str, agreed: bool
    ) -> None:
        ours, theirs = pty.openpty()
        os.write(ours, answer.encode())
        done = subprocess.run(
            [SCRIPTS / "apt-install", "one"],
            env={"PATH": path},
            stdin=theirs,
            stderr=theirs,
            timeout=60,
            check=False,
        )
        os.close(theirs)
        said = ""
        while chunk := read_terminal(ours):
            said += chunk
        os.close(ours)
        assert "Antiphon can use one, which this system lacks." in said
        assert done.returncode == (0 if agreed else 1)
        assert ("one\n" in self.installed(tmp_path)) == agreed
        assert ("sudo apt-get install -y one" in said) != agreed

    def test_what_apt_says_of_a_failure(self, tmp_path: Path, path: str) -> None:
        stub(tmp_path / "bin", "apt-get", "echo 'E: Unable to locate package one' >&2; exit 100")
        done = run(SCRIPTS / "apt-install", "one", PATH=path, YES="1")
        assert done.returncode == 1
        assert "E: Unable to locate package one\n" in done.stderr
        assert "apt-get install -y one\n" in done.stderr


class TestSystemRtmidi:
    def test_what_a_python_has_becomes_a_wheel_that_pip_installs(self, tmp_path: Path) -> None:
        made = run(sys.executable, "-I", SCRIPTS / "system-rtmidi", tmp_path / "wheels")
        assert made.returncode == 0, made.stderr
        wheel = Path(made.stdout.strip())
        assert wheel.parent == tmp_path / "wheels"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
        subprocess.run([*pip, "--target", tmp_path / "there", wheel], check=True, timeout=120)
        program = "import rtmidi; print(rtmidi.__file__, rtmidi.get_compiled_api())"
        used = run(sys.executable, "-c", program, PYTHONPATH=str(tmp_path / "there"))
        assert used.stdout.startswith(str(tmp_path / "there/rtmidi/__init__.py")), used.stderr
        (info,) = (tmp_path / "there").glob("python_rtmidi-*.dist-info")
        record = (info / "RECORD").read_text()
        assert "rtmidi/__init__.py," in record

    def test_a_python_without_it_has_none(self, tmp_path: Path) -> None:
        bare = run(SCRIPTS / "find-python", PYTHON=sys.executable).stdout.strip()
        done = run(bare, "-I", "-S", SCRIPTS / "system-rtmidi", tmp_path / "wheels")
        assert done.returncode == 1
        assert done.stdout == done.stderr == ""
        assert not (tmp_path / "wheels").exists()


class TestEnvironment:
    digest = staticmethod(run_path(str(SCRIPTS / "requirements-digest"))["digest"])

    @pytest.mark.parametrize(
        ("line", "instead"),
        [
            ("line-length = 100", "line-length = 99"),
            ("timeout = 300", "timeout = 301"),
            ('"music21>=9.5"', '"music21>=9.6"'),
            ('description = "A musician', 'description = "The musician'),
        ],
    )
    def test_what_asks_for_nothing_else(self, line: str, instead: str) -> None:
        assert PYPROJECT.count(line) == 1
        changed = PYPROJECT.replace(line, instead)
        assert self.digest(changed, ["dev"]) == self.digest(PYPROJECT, ["dev"])

    @pytest.mark.parametrize(
        ("line", "instead"),
        [
            ('"mido>=1.3.3"', '"mido>=1.3.4"'),
            ('"ruff>=0.9"', '"ruff>=0.10"'),
            ('"antiphon.__main__:main"', '"antiphon.__main__:other"'),
            ('plot = "antiphon_training', 'draw = "antiphon_training'),
            ('"hatchling>=1.25"', '"hatchling>=1.26"'),
        ],
    )
    def test_what_asks_for_something_else(self, line: str, instead: str) -> None:
        assert PYPROJECT.count(line) == 1
        changed = PYPROJECT.replace(line, instead)
        assert self.digest(changed, ["dev"]) != self.digest(PYPROJECT, ["dev"])

    def test_extras_count_where_they_are_asked_for(self) -> None:
        changed = PYPROJECT.replace('"music21>=9.5"', '"music21>=9.6"')
        assert self.digest(changed, ["train"]) != self.digest(PYPROJECT, ["train"])
        assert self.digest(PYPROJECT, ["dev"]) != self.digest(PYPROJECT, [])

    def test_what_is_up_to_date_is_left_alone(self, tmp_path: Path) -> None:
        folder = tmp_path / "made"
        stub(tmp_path, "apt-get", "exit 1")
        folder.mkdir()
        stub(folder / "bin", "python")  # has no pip: any use of it would fail
        ready = folder / ".ready"
        ready.write_text(f"{self.digest(PYPROJECT, ['dev'])}\n")
        os.utime(ready, (0, 0))
        done = run(SCRIPTS / "environment", folder, "live", "dev", PYTHON=sys.executable)
        assert done.returncode == 0, done.stderr
        assert done.stdout == done.stderr == ""
        assert ready.stat().st_mtime > 0


class TestListNotes:
    @pytest.fixture
    def session(self, tmp_path: Path) -> Path:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name="Antiphon")])
        for pitch, time in ((60, 0), (60, 10)):
            track.append(mido.Message("note_on", note=pitch, velocity=70, time=time))
        track.append(mido.Message("note_off", note=60, time=20))
        track.append(mido.Message("note_on", note=60, velocity=0, time=5))
        empty = mido.MidiTrack([mido.MetaMessage("track_name", name="Player")])
        file = mido.MidiFile()
        file.tracks += [empty, track]
        file.save(tmp_path / "session.mid")
        return tmp_path / "session.mid"

    def test_a_line_a_note(self, session: Path) -> None:
        done = run(sys.executable, SCRIPTS / "list-notes", session, "Antiphon")
        assert done.stdout == "Antiphon 0 30 60 70\nAntiphon 10 25 60 70\n"
        assert done.returncode == 0
        assert run(sys.executable, SCRIPTS / "list-notes", session).stdout == done.stdout

    @pytest.mark.parametrize("track", ["Player", "Nobody"])
    def test_a_side_that_played_nothing_is_an_error(self, session: Path, track: str) -> None:
        done = run(sys.executable, SCRIPTS / "list-notes", session, track)
        assert done.returncode == 1
        assert done.stdout == ""
        assert f"has no note of {track}." in done.stderr


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ((), ""),
        (("SAMPLE=5", "SEED=3"), "--sample 5 --seed 3"),
        (("SEED=3", "ARGS=partner/line --jobs 4"), "--seed 3 partner/line --jobs 4"),
    ],
)
def test_make_mutants_hands_its_variables_on(given: tuple[str, ...], passed: str) -> None:
    done = run("make", "--dry-run", "--directory", ROOT, "mutants", *given)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if " scripts/mutants" in line]
    assert " ".join(line.split()) == f".venv-mutants/bin/python scripts/mutants {passed}".strip()


def test_every_script_says_what_it_does_and_can_be_run() -> None:
    scripts = sorted(path for path in SCRIPTS.iterdir() if path.is_file())
    assert len(scripts) >= 10
    for script in scripts:
        first, second, *_ = script.read_text(encoding="utf-8").splitlines()
        assert first in {"#!/bin/sh", "#!/usr/bin/env python3"}, script
        assert second.startswith(("# ", '"""')), script
        assert os.access(script, os.X_OK), script
