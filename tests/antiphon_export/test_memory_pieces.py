"""Which pieces a memory is fitted on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from antiphon.instrument import Predictor
from antiphon.music.files.writing import write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon_export.memory.pieces import sample_pieces
from antiphon_training.corpora.split import name_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.train

TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six pieces of 400 to 405 notes by two composers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(6):
        notes = [Note(48 + k * (number + 1) % 24, 0.25 * k, 0.2, 70) for k in range(400 + number)]
        path = tmp_path / "music" / ("Anna" if number < 3 else "Berta") / f"{number}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_midi(path, [("Piano", 0, 0, notes_to_array(notes))])
    return tmp_path / "music"


def lengths(folder: Path, entry: dict[str, Any], **card: Any) -> list[int]:
    """Return the lengths of the pieces that are sampled."""
    tiny = Predictor(TINY)
    own = replace(tiny.card, corpus=({"name": "music", **entry},), **card)
    said: list[str] = []
    found: Sequence[NDArray[np.int32]] = sample_pieces({folder: None}, tiny.codec, own, said.append)
    assert said == [f"  {len(found)} piece{'' if len(found) == 1 else 's'} of music"]
    return sorted(map(len, found))


def test_neither_validation_pieces_nor_those_held_out(folder: Path) -> None:
    assert lengths(folder, {}) == [400, 401, 402, 403, 404, 405]
    not_learned = {"not_learned": [name_hash("1.mid"), name_hash("5.mid")]}
    assert lengths(folder, not_learned) == [400, 402, 403, 404]
    (folder / "heldout.txt").write_text("Anna/0.mid\n")
    assert lengths(folder, not_learned) == [402, 403, 404]


def test_only_the_composers_that_were_learned_from(folder: Path) -> None:
    recipe = {"corpus": {"composers": ["Berta"], "valid_share": 0.0}}
    assert lengths(folder, {"not_learned": []}, recipe=recipe) == [403, 404, 405]


def test_not_the_ends_that_were_for_validation(folder: Path) -> None:
    assert lengths(folder, {"not_learned": [], "learned_share": 0.8}) == [
        320, 320, 321, 322, 323, 324,
    ]  # fmt: skip
