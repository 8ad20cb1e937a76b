"""Which MIDI files of a folder a benchmark reads: always the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


def some_files(
    folder: Path, count: int, *, listed: str | None = None, without: str | None = None
) -> list[Path]:
    """Return so many MIDI files at any depth, drawn with a fixed seed.

    Parameters
    ----------
    folder : Path
        Where they lie.
    count : int
        How many, at most.
    listed, without : str, optional
        The name of a list in the folder: only the files that it names, or none of them.
    """
    paths = sorted(folder.rglob("*.mid"))
    for name, wanted in ((listed, True), (without, False)):
        if name:
            named = set((folder / name).read_text().split("\n"))
            paths = [path for path in paths if (str(path.relative_to(folder)) in named) is wanted]
    order = np.random.default_rng(1).permutation(len(paths))[:count]
    return [paths[index] for index in order.tolist()]
