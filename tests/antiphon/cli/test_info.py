"""A card as text: everything a listener may ask, in a few lines."""

from __future__ import annotations

from dataclasses import replace

from antiphon.cli.info import _lines
from antiphon.instrument import Card, StateTensor

CARD = Card(
    name="house",
    codec={"name": "performance", "fields": ["pitch", "step", "duration", "velocity"]},
    state=(StateTensor("h1", (512,)), StateTensor("c1", (512,))),
    context={"kind": "stream"},
    inputs_required=("previous",),
    corpus=({"name": "etudes", "licence": "CC0", "files": 3, "notes": 900},),
    licence="MIT",
    recipe={"units": 512, "layers": 2},
    training={"wall_hours": 2.5},
    heldout={"etudes": {"nats": {"pitch": 2.5, "total": 8.25}, "notes": 90, "files": 1}},
    precision="int8",
    created="2026-11-21T08:00:00+00:00",
)


def test_it_says_what_the_instrument_is_and_learned_from() -> None:
    lines = list(_lines(CARD))
    assert lines[0] == "house (int8, made 2026-11-21T08:00:00+00:00)"
    assert "state      h1 [512], c1 [512]" in lines
    assert "  etudes, 3 files, 900 notes, CC0" in lines


def test_held_out_figures_are_a_table_with_gaps_shown() -> None:
    heading, figures = list(_lines(CARD))[-2:]
    assert heading.split() == ["set", "pitch", "step", "duration", "velocity", "total", "notes"]
    assert figures.split() == ["etudes", "2.500", "-", "-", "-", "8.250", "90"]


def test_an_instrument_of_words_has_columns_of_its_own() -> None:
    codec = {"name": "symbols", "fields": ["symbol"]}
    heldout = {"etudes": {"nats": {"symbol": 2.5, "total": 2.5}, "notes": 90}}
    heading, figures = list(_lines(replace(CARD, codec=codec, heldout=heldout)))[-2:]
    assert heading.split() == ["set", "symbol", "total", "notes"]
    assert figures.split() == ["etudes", "2.500", "2.500", "90"]
