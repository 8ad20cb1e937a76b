"""The files of a corpus: of a folder, or of the corpus that comes with music21.

Names are relative to the folder, with slashes, and sorted as text in Unicode's
composed form, so that the same files have the same names in the same order on
every system.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon.file_names import readable
from antiphon_training.corpora.reading import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MUSIC21 = "music21:"
BESIDE = (".tsv", ".csv", ".toml", ".txt", ".md", ".json", "")
"""Suffixes of files about music: they are not reported as other files."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a file that was read: the rest of a sentence that begins with its name."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Defect:
    """A file that was left out, and the reason in a few words."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a corpus.

    Attributes
    ----------
    name : str
        The folder's name, or `music21:NAME`.
    folder : Path
        Its path.
    files : tuple of str
        Names of the files with music.
    unreadable : tuple of Defect
        Folders and links that could not be followed.
    other : dict of str to int
        The number of files of other kinds, by suffix.
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    unreadable: tuple[Defect, ...]
    other: dict[str, int]

    @property
    def paths(self) -> list[Path]:
        """Paths of the files."""
        return [self.folder / file for file in self.files]


def list_files(corpus: Path | str) -> Listing:
    """Return the files of a folder and of all folders within it.

    Parameters
    ----------
    corpus : Path or str
        A folder, or `music21:NAME` for a folder of the corpus that comes with
        music21, like `music21:bach`.

    Raises
    ------
    CorpusError
        There is no such folder, or no file with music in it.
    """
    name = str(corpus)
    if name.startswith(MUSIC21):
        folder = _music21_folder(name.removeprefix(MUSIC21))
    else:
        folder = Path(corpus)
        if not folder.is_dir():
            there = f"{folder} is no folder" if folder.exists() else f"There is no folder {folder}"
            raise CorpusError(f"{there}; name a folder of music.")
        name = readable(folder.resolve().name)
    files, unreadable, other = _walk(folder)
    if not files and not unreadable:
        raise CorpusError(
            f"{folder} holds no .mid file and no score ({', '.join(SUFFIXES[1:])}); "
            "name a folder of music."
        )
    return Listing(name, folder, tuple(files), tuple(unreadable), dict(other.most_common()))


def composed(name: str) -> str:
    """Return a name in Unicode's composed form; some systems decompose accents."""
    return unicodedata.normalize("NFC", name)


def _walk(folder: Path) -> tuple[list[str], list[Defect], Counter[str]]:
    files: list[str] = []
    unreadable: list[Defect] = []
    other: Counter[str] = Counter()

    def name(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    def repeated(link: Path) -> None:
        unreadable.append(Defect(name(link), "is a link to a folder that is read already"))

    def refused(error: OSError) -> None:
        reason = (error.strerror or "unreadable").lower()
        unreadable.append(Defect(name(Path(error.filename)), f"cannot be opened: {reason}"))

    for place, names in _folders(folder, refused, repeated):
        for path in (Path(place, each) for each in names):
            suffix = path.suffix.lower()
            if suffix not in SUFFIXES:
                other[suffix] += suffix not in BESIDE
            elif not path.exists():
                unreadable.append(Defect(name(path), "is a broken link"))
            elif not path.is_file():
                unreadable.append(Defect(name(path), "is no file"))
            else:
                files.append(name(path))
    return sorted(files, key=composed), unreadable, +other


def _folders(
    folder: Path, refused: Callable[[OSError], None], repeated: Callable[[Path], None]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder within a folder and the names of its files, links followed.

    A folder is read once, by its own name where it has one within `folder`. A link to
    a folder that is read already, which may be one around it, is given to `repeated`.
    """
    waiting, known = [folder], set()
    while waiting:
        start = waiting.pop(0)
        try:
            identity = _identity(start)
        except OSError as error:
            refused(error)
            continue
        if identity in known:
            repeated(start)
            continue
        links = []
        for place, folders, names in os.walk(start, onerror=refused):
            known.add(_identity(Path(place)))
            inner = [Path(place, each) for each in folders]
            links += [path for path in inner if path.is_symlink()]
            yield place, names
        waiting += sorted(links)


def _identity(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from all others, whatever it is called."""
    there = folder.stat()
    return there.st_dev, there.st_ino


def _music21_folder(name: str) -> Path:
    """Return a folder of the corpus that comes with music21."""
    found = importlib.util.find_spec("music21")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'music21'", name="music21")
    root = Path(found.origin).parent / "corpus"
    names = sorted(p.name for p in root.iterdir() if p.is_dir() and p.name[0] not in "_.")
    if name in names:
        return root / name
    near = difflib.get_close_matches(name, names, 1, 0.6)
    hint = f"did you mean {MUSIC21}{near[0]}?" if near else f"there are {', '.join(names)}."
    raise CorpusError(f"music21 has no corpus {name or 'without a name'}; {hint}")
