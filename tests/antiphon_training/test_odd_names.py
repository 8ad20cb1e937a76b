"""Names that are not UTF-8, and folders behind links, through the command line.

Standard output is strict about UTF-8 here, as it is on most desktops.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.music.files.reading import read_performance

SONGS = Path(__file__).parents[1] / "data" / "songs"
LATIN = "Schr\udcf6ter"
"""A name in Latin-1, as Python spells what it finds on the disk."""

pytestmark = pytest.mark.train  # its commands are those of antiphon[train]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "M\udcfcsik"
    for number, song in enumerate(sorted(SONGS.glob("*.mid"))):
        there = made / LATIN
        there.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(song, there / f"L\udce4ndler {number}.mid")
    return made


def antiphon(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(home), "OMP_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8:strict",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "antiphon", *map(str, words)],
        capture_output=True, text=True, env=environment, timeout=240, check=False,
    )  # fmt: skip


def test_corpus(folder: Path, tmp_path: Path) -> None:
    (folder / LATIN / "br\udcf6ken.mid").write_bytes(b"")
    lines = antiphon(tmp_path, "corpus", folder)
    assert (lines.returncode, lines.stderr) == (0, "")
    assert lines.stdout.splitlines()[0] == "M\\xfcsik"
    assert "  left out: Schr\\udcf6ter/br\\udcf6ken.mid is empty" in lines.stdout.splitlines()
    values = json.loads(antiphon(tmp_path, "corpus", "--json", folder).stdout)
    assert values["files"] == 3
    assert values["composers"] == {"Schr\\xf6ter": 3}
    # What JSON tells leads to the file.
    assert (folder / values["defects"][0]["file"]).is_file()


def test_plot(folder: Path, tmp_path: Path) -> None:
    file = next((folder / LATIN).glob("*.mid"))
    for what, picture in ((file, "r\udcf6ll.png"), (file, "roll.svg"), (folder, "composers.svg")):
        show = ["--show", "composers"] if what == folder else []
        done = antiphon(tmp_path, "plot", what, "--out", tmp_path / picture, *show)
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / picture).stat().st_size > 1000


def test_compose(folder: Path, tmp_path: Path) -> None:
    file = next((folder / LATIN).glob("*.mid"))
    outs = [tmp_path / f"st\udcfcck.{kind}" for kind in ("mid", "musicxml")]
    options = [word for out in outs for word in ("--out", out)]
    done = antiphon(tmp_path, "compose", file, *options, "--notes", 5, "--seed", 1)
    assert (done.returncode, done.stderr) == (0, "")
    given = len(read_performance(file).notes())
    assert len(read_performance(outs[0]).notes()) == given + 5
    assert "L\\xe4ndler" in outs[1].read_text(encoding="utf-8")
    gone = antiphon(tmp_path, "compose", folder / "gone.mid", "--out", outs[0])
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)
    assert gone.stderr.endswith("M\\udcfcsik/gone.mid cannot be read: No such file or directory.\n")


@pytest.mark.train
def test_train(folder: Path, tmp_path: Path, recipe: Path) -> None:
    text = recipe.read_text().replace("epochs = 4", "epochs = 1")
    plain = text.replace('[corpus.sources.songs]\nlicence = "CC0-1.0"\n', "")
    (tmp_path / "once.toml").write_text(plain)
    run = tmp_path / "run"
    for _ in range(2):  # the second time it goes on
        done = antiphon(tmp_path, "train", "--recipe", tmp_path / "once.toml", "--out", run, folder)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    kept = json.loads((run / "corpus.json").read_text(encoding="utf-8"))
    assert "M\\\\xfcsik" in json.dumps(kept)
    refused = antiphon(
        tmp_path, "train", "--recipe", tmp_path / "once.toml", "--out", tmp_path / "l\udce4uft",
        folder,
    )  # fmt: skip
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "whose name is not UTF-8; name another --out folder." in refused.stderr


def test_folders_behind_links_are_read_once(folder: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "linked").symlink_to(folder)
    (corpus / "twice").symlink_to(folder / LATIN)
    (folder / "back").symlink_to(corpus)
    values = json.loads(antiphon(tmp_path, "corpus", "--json", corpus).stdout)
    assert values["files"] == 3
    assert values["same_as_heldout"] == 0
    assert [(defect["file"], defect["reason"]) for defect in values["defects"]] == [
        ("linked/back", "is a link to a folder that is read already"),
        ("twice", "is a link to a folder that is read already"),
    ]
