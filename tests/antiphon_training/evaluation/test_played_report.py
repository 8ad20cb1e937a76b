"""The parts of a report about what was played, as JSON and as tables."""

from __future__ import annotations

import pytest

from antiphon_training.evaluation.affinity import AFFINITIES
from antiphon_training.evaluation.answers import Answers
from antiphon_training.evaluation.estimates import Estimate
from antiphon_training.evaluation.excerpts import Lengths
from antiphon_training.evaluation.pauses import Interruptions
from antiphon_training.evaluation.played_report import ContinuationReport, PhraseReport, Played
from antiphon_training.evaluation.table import WIDTH, row


@pytest.fixture
def played() -> Played:
    half, known = Estimate(0.5, 0.01), Estimate(0.9, None)
    players = {
        "instrument": {"key": half, "on_beat": half},
        "repeat": {"key": known, "copied": known},
        "piece": {"on_beat": known},
    }
    answers = Answers({"on_beat": half}, {"waltz": {"on_beat": half}, "rubato": {}}, 0.75, 1)
    again = Answers({"on_beat": known}, {"waltz": {"on_beat": known}, "rubato": {}}, 1.5, 0)
    return Played(
        ContinuationReport(Lengths(30.0, 10.0), 2, 12, 11, ("short.mid",), players),
        PhraseReport(3, 1, {"instrument": answers, "repeat": again}),
        Interruptions(5, 20.0, 10, 4),
    )


def test_a_table_has_a_column_for_each_player_and_a_row_for_each_figure(played: Played) -> None:
    lines = list(played.lines("house"))
    assert lines.count("") == 3
    assert "12 continuations of 10 s after 30 s of the piece (mean ± standard error)" in lines
    assert "shares; on the beat and in tempo of 11 pieces with beats" in lines
    assert [line.split() for line in lines if line.startswith("  on the beat ")] == [
        ["on", "the", "beat", "0.50", "±", "0.01", "0.90"],
        ["on", "the", "beat", "0.50", "±", "0.01", "0.90"],
    ]
    assert [line.split() for line in lines if "waltz" in line] == [
        ["waltz", "0.50", "±", "0.01", "0.90"]
    ]
    assert not any("rubato" in line for line in lines)  # it has no beat
    assert [line.split() for line in lines if "median" in line] == [["median", "0.75"]]
    assert "  a minute                          0.500" in lines


def test_a_long_name_of_an_instrument_is_cut_where_it_shows() -> None:
    cut, whole = row("", ["transformer-notes", "n-gram"]).split()
    assert cut == f"{'transformer-notes'[: WIDTH - 2]}\N{HORIZONTAL ELLIPSIS}"
    assert whole == "n-gram"
    assert row("", ["a" * (WIDTH - 1)]).split() == ["a" * (WIDTH - 1)]


def test_the_same_as_json(played: Played) -> None:
    told = played.as_dict()
    assert list(told) == ["continuations", "phrases", "pauses"]
    found = told["continuations"]
    assert (found["seconds_given"], found["seconds_continued"]) == (30.0, 10.0)
    assert (found["takes"], found["excerpts"], found["excerpts_with_beat"]) == (2, 12, 11)
    assert set(found["players"]["repeat"]) == {"key", "copied", *AFFINITIES}
    assert found["players"]["repeat"]["on_beat"] is None
    assert found["players"]["instrument"]["on_beat"] == {"mean": 0.5, "error": 0.01}
    answered = told["phrases"]
    assert answered["answered_after"] == {"instrument": 0.75}  # what repeats does not wait
    assert answered["unanswered"] == {"instrument": 1}
    assert answered["players"]["instrument"]["kinds"]["rubato"]["on_beat"] is None
    assert told["pauses"]["per_minute"] == 0.5


def test_what_was_not_requested_is_null_and_has_no_table() -> None:
    assert set(Played().as_dict().values()) == {None}
    assert list(Played().lines("house")) == []
