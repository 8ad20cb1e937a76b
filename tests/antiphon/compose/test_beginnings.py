"""Beginnings from files: they begin with the music, and fit into what is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from antiphon.compose.beginning import find_beginning
from antiphon.compose.writers import check_length
from antiphon.errors import UsageError
from antiphon.instrument import Predictor
from antiphon.resources import house_instrument

ODD = Path(__file__).parents[2] / "data" / "odd"


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(house_instrument())


@pytest.mark.parametrize("name", ["late_start", "key_18flats"])
def test_it_begins_with_the_music(name: str, predictor: Predictor) -> None:
    found = find_beginning(
        str(ODD / f"{name}.mid"), predictor.card, predictor.codec, np.random.default_rng(1)
    )
    assert found.title == name
    assert found.notes["onset"][:2].tolist() == [0.0, 0.25]


@pytest.mark.parametrize(("name", "hours"), [("jump_30h", 30), ("jump_max", 78)])
def test_a_beginning_longer_than_a_wav_file_is_refused_by_its_name(
    name: str, hours: int, predictor: Predictor, tmp_path: Path
) -> None:
    source = str(ODD / f"{name}.mid")
    found = find_beginning(source, predictor.card, predictor.codec, np.random.default_rng(1))
    check_length([tmp_path / "out.mid"], source, found.notes)
    with pytest.raises(UsageError) as caught:
        check_length([tmp_path / "out.wav"], source, found.notes)
    assert str(caught.value).startswith(f"{source} lasts {hours} hours, which is too long for a ")
