"""The card: there and back, and refused with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from antiphon.errors import InstrumentError
from antiphon.instrument.card import CARD_KEY, SCHEMA, Card, NeutralInput, StateTensor, read_card

CARD = Card(
    name="Prélude",
    codec={"name": "performance"},
    state=(StateTensor("h1", (512,)),),
    context={"kind": "stream"},
    inputs_required=("previous", "h1"),
    corpus=({"name": "rolls", "licence": "MIT", "files": 3, "notes": 1200},),
    licence="MIT",
    recipe={"units": 512},
    training={"wall_hours": 2.0},
    heldout={"rolls": {"nats": {"total": 8.5}, "notes": 100, "files": 1}},
    precision="int8",
    created="2026-01-01T00:00:00+00:00",
    inputs_neutral=(NeutralInput("memory", (16, 4), "int32", 0.0),),
)


def written(**changes: Any) -> dict[str, str]:
    return {CARD_KEY: json.dumps({**CARD.to_dict(), **changes})}


def test_a_card_comes_back_as_it_was_written() -> None:
    assert read_card({CARD_KEY: CARD.to_json()}) == CARD


def test_keys_of_a_later_version_are_kept() -> None:
    card = read_card(written(mood="blue"))
    assert card.extra == {"mood": "blue"}
    assert json.loads(card.to_json())["mood"] == "blue"


def test_a_file_without_a_card_is_no_instrument() -> None:
    with pytest.raises(InstrumentError, match="carries no card"):
        read_card({"other": "metadata"})


@pytest.mark.parametrize("text", ["{", "[1, 2]", "null"])
def test_a_card_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(InstrumentError, match="card is not"):
        read_card({CARD_KEY: text})


@pytest.mark.parametrize("part", [k for k in CARD.to_dict() if k != "inputs_neutral"])
def test_each_missing_part_is_named(part: str) -> None:
    card = CARD.to_dict()
    del card[part]
    with pytest.raises(InstrumentError, match=f"lacks {part}; export it again"):
        read_card({CARD_KEY: json.dumps(card)})


def test_a_newer_schema_asks_for_an_update() -> None:
    with pytest.raises(InstrumentError, match="update Antiphon"):
        read_card({CARD_KEY: json.dumps({"schema": SCHEMA + 1})})


@pytest.mark.parametrize(
    "change",
    [
        {"state": "h1"},
        {"state": [{"name": "h1"}]},
        {"state": [{"name": "h1", "shape": ["wide"]}]},
        {"codec": []},
        {"name": None},
        {"schema": "1"},
        {"schema": 0},
        {"schema": True},
        {"context": {}},
        {"inputs_required": [1]},
        {"inputs_neutral": {}},
        {"inputs_neutral": [{"name": "x", "shape": [], "dtype": "float32"}]},
        {"inputs_neutral": [{"name": "x", "shape": [], "dtype": "text", "neutral": 0}]},
    ],
)
def test_parts_of_the_wrong_kind_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InstrumentError, match="card"):
        read_card(written(**change))


def test_reading_a_card_does_not_load_onnxruntime() -> None:
    program = "import antiphon.instrument.card, sys; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
