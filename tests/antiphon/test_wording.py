"""Numbers and nouns."""

from __future__ import annotations

from antiphon.wording import how_many


def test_a_noun_follows_its_number() -> None:
    assert how_many(1, "piece") == "1 piece"
    assert how_many(0, "piece") == "0 pieces"
    assert how_many(1541, "note") == "1,541 notes"
    assert how_many(1, "corpus", "corpora") == "1 corpus"
    assert how_many(2, "corpus", "corpora") == "2 corpora"
