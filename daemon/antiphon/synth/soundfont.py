"""Find a SoundFont."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import SynthError

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFERRED = ("timgm6mb", "generaluser", "default-gm", "fluidr3_gm", "musescore_general")
"""Beginnings of the names of General MIDI fonts, the small and quick ones first."""

SYSTEM_FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/sounds/sf2",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/sounds/sf2",
    "/opt/homebrew/share/soundfonts",
    "/opt/homebrew/opt/fluid-synth/share/fluid-synth/sf2",
    "/usr/local/opt/fluid-synth/share/fluid-synth/sf2",
)


def soundfont_folders() -> list[Path]:
    """Return the usual folders, the user's own first."""
    own = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    users = [own / "sounds" / "sf2", own / "sounds" / "sf3", own / "soundfonts"]
    return [*users, *(Path(folder) for folder in SYSTEM_FOLDERS)]


def find_soundfont(wanted: str | Path | None, folders: Sequence[Path] | None = None) -> Path:
    """Return the SoundFont to use.

    Parameters
    ----------
    wanted : str or Path or None
        A file; None or "auto" looks into the folders, and prefers small General MIDI
        fonts, then small fonts of other names.
    folders : sequence of Path, optional
        Where to look; the usual places by default.

    Raises
    ------
    SynthError
        The file is no SoundFont, or there is none in the usual places.
    """
    if wanted is not None and str(wanted) != "auto":
        path = Path(wanted)
        if not is_soundfont(path):
            reason = "" if path.exists() else ": there is no such file"
            raise SynthError(
                f"{path} is no SoundFont{reason}; choose a file that ends in .sf2 or .sf3."
            )
        return path
    found = [
        path
        for folder in (soundfont_folders() if folders is None else folders)
        for path in sorted(folder.glob("*.[sS][fF][23]"))
        if is_soundfont(path)
    ]
    if not found:
        raise SynthError(
            "There is no SoundFont in the usual places; install one "
            "(apt install timgm6mb-soundfont) or name a file with --soundfont."
        )
    return min(found, key=_preference)


def is_soundfont(path: Path) -> bool:
    """Return whether a file begins as a SoundFont does: RIFF, four bytes of size, sfbk."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError:
        return False
    return start[:4] == b"RIFF" and start[8:] == b"sfbk"


def _preference(path: Path) -> tuple[int, int]:
    name = path.name.lower()
    rank = next((i for i, known in enumerate(PREFERRED) if name.startswith(known)), len(PREFERRED))
    return rank, path.stat().st_size
