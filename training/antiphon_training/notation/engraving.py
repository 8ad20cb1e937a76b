"""Sheet music as PDF or PNG, by MuseScore or LilyPond, where one of them is installed.

MuseScore reads MusicXML, LilyPond its own language. MuseScore is preferred, because more
people know its pages.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

MUSESCORE = ("mscore", "musescore", "mscore4portable", "mscore4", "musescore4", "mscore3",
             "musescore3", "/Applications/MuseScore 4.app/Contents/MacOS/mscore")  # fmt: skip
LILYPOND = ("lilypond", "/opt/homebrew/bin/lilypond")
DOTS_AN_INCH = 160
LONGEST = 600.0
"""Seconds that an engraver may take; LilyPond needs a minute for a long piece."""

LAST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Engraver:
    """A program that engraves.

    Attributes
    ----------
    program : str
        Its path.
    reads : {"musicxml", "ly"}
        The format that it reads.
    """

    program: str
    reads: str


def find_engraver(path: Path) -> Engraver:
    """Return the program that can write `path`.

    Raises
    ------
    AntiphonError
        None is installed.
    """
    for names, reads in ((MUSESCORE, "musicxml"), (LILYPOND, "ly")):
        for name in names:
            found = shutil.which(name)
            if found:
                return Engraver(found, reads)
    raise AntiphonError(
        f"There is neither MuseScore nor LilyPond to engrave {path.name}; install one "
        f"(apt install lilypond), or write {path.with_suffix('.musicxml').name} and open it "
        "on a machine that has one."
    )


def engrave(engraver: Engraver, source: str | bytes, path: Path) -> list[Path]:
    """Write sheet music; several pages as PNG go to `-1`, `-2` ... before the suffix.

    Parameters
    ----------
    engraver : Engraver
        The program.
    source : str or bytes
        The score in the format that it reads.
    path : Path
        The file, .pdf or .png.

    Returns
    -------
    list of Path
        The files, page by page.

    Raises
    ------
    AntiphonError
        The program failed, or the files cannot be written.
    """
    kind = path.suffix.lower()
    with tempfile.TemporaryDirectory(prefix="antiphon-") as name:
        folder = Path(name)
        text = folder / f"page.{engraver.reads}"
        text.write_bytes(source.encode() if isinstance(source, str) else source)
        run(_command(engraver, text, kind), folder, path)
        pages = sorted(folder.glob(f"*{kind}"), key=lambda page: (len(page.name), page.name))
        if not pages:
            raise AntiphonError(f"{engraver.program} made no page of {path.name}.")
        if kind == ".png":
            for page in pages:
                _on_paper(page)
        return _put(pages, path)


def _on_paper(page: Path) -> None:
    """Give a picture a white background; MuseScore's is transparent."""
    from matplotlib import image

    dots = image.imread(page)
    if dots.ndim == 3 and dots.shape[2] == 4:
        ink = dots[..., 3:]
        image.imsave(page, dots[..., :3] * ink + (1.0 - ink), dpi=DOTS_AN_INCH)


def _command(engraver: Engraver, text: Path, kind: str) -> list[str]:
    if engraver.reads == "ly":
        form = [f"--{kind[1:]}", f"-dresolution={DOTS_AN_INCH}"]
        return [engraver.program, *form, "--silent", "-o", str(text.with_suffix("")), str(text)]
    out = ["-o", str(text.with_suffix(kind))]
    return [engraver.program, *out, "-r", str(DOTS_AN_INCH), str(text)]


def run(command: Sequence[str], folder: Path, path: Path) -> str:
    """Run an engraver without a screen, and return its messages.

    Raises
    ------
    AntiphonError
        It failed, or took too long.
    """
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST,
            errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise AntiphonError(
            f"{command[0]} did not engrave {path.name} within {LONGEST / 60:.0f} minutes; "
            "write fewer notes."
        ) from error
    except OSError as error:
        raise AntiphonError(f"{command[0]} cannot be run: {error.strerror or error}.") from error
    if done.returncode:
        words = " ".join(done.stderr.split())[-LAST_WORDS:] or "it does not say why"
        raise AntiphonError(f"{command[0]} could not engrave {path.name}: {words}")
    return done.stderr


def pages_at(path: Path) -> list[Path]:
    """Return the files that are there of what was written to a path: it alone, or its pages."""
    if path.exists():
        return [path]
    pages = (_page_at(path, number) for number in itertools.count(1))
    return list(itertools.takewhile(Path.exists, pages))


def _page_at(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _put(pages: Sequence[Path], path: Path) -> list[Path]:
    """Move pages to their places beside `path`."""
    out = []
    for number, page in enumerate(pages, start=1):
        place = path if len(pages) == 1 else _page_at(path, number)
        try:
            with whole_file(place) as unfinished:
                shutil.copyfile(page, unfinished)
        except OSError as error:
            raise AntiphonError(f"{place} cannot be written: {error.strerror or error}.") from error
        out.append(place)
    return out
