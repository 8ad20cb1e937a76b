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


def test_a_recipe_is_told_as_it_is_written() -> None:
    recipe = {
        "network": {"lstm": [512, 256], "dropout": 0.2, "attention": None},
        "corpus": {
            "composers": [],
            "tracks": {"pop909": ["PIANO", "MELODY"]},
            "sources": {"pop909": {"licence": "MIT"}},
        },
    }
    training = {"notes_seen": 61931520, "wall_hours": 1.1241657535050003, "finished": True}
    told = list(_lines(replace(CARD, recipe=recipe, training=training)))
    first = told.index("recipe")
    assert [line.split(maxsplit=1) for line in told[first + 1 : first + 5]] == [
        ["network.lstm", "512, 256"],
        ["network.dropout", "0.2"],
        ["corpus.composers", "none"],
        ["corpus.tracks.pop909", "PIANO, MELODY"],
    ]
    assert [line.split() for line in told[first + 6 : first + 9]] == [
        ["notes_seen", "61,931,520"],
        ["wall_hours", "1.124"],
        ["finished", "yes"],
    ]
    assert not [line for line in told if "{" in line or "sources" in line]


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
