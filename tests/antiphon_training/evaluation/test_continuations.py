"""Continuations: how pieces are cut, who plays on, and how that is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon_training.evaluation.continuations import (
    AGREEMENTS,
    AMOUNTS,
    Excerpt,
    compare,
    estimates,
    excerpt,
    imitator,
    player,
    repeated,
    seed_of,
)
from antiphon_training.evaluation.ngram_instrument import NGramInstrument

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


@pytest.fixture(scope="module")
def piece(tune: Make) -> Excerpt:
    """Forty seconds and a little more, four notes a second."""
    found = excerpt("tune.mid", tune(170))
    assert found is not None
    return found


def test_a_piece_is_cut_after_twenty_seconds(make: Make) -> None:
    notes = make([60] * 43, 1.0, 1.5)
    notes["onset"] += 3.0
    found = excerpt("a.mid", notes)
    assert found is not None
    assert found.cut == 23.0
    assert found.heard["onset"].tolist() == list(range(3, 23))
    assert found.truth["onset"].tolist() == list(range(23, 43))
    # what still sounds at the cut is held, and nobody is told for how long
    assert np.isnan(found.given["duration"]).tolist() == [False] * 19 + [True]
    assert not np.isnan(found.heard["duration"]).any()


def test_what_is_too_short_or_too_empty_is_not_cut(make: Make) -> None:
    assert excerpt("a.mid", make([])) is None
    assert excerpt("a.mid", make([60] * 38, 1.0, 1.0)) is None  # ends after 38 s
    assert excerpt("a.mid", make([60] * 12, 4.0, 1.0)) is None  # 5 notes on each side
    assert excerpt("a.mid", make([60] * 40, 1.0, 1.0)) is not None


@pytest.mark.train
def test_to_repeat_the_prompt_is_to_copy_it(piece: Excerpt) -> None:
    measured = compare({"repeat": repeated}, [piece])["repeat"]
    assert measured["copied"].mean == 1.0
    assert measured["density"].mean == len(piece.heard) / 20.0
    again = repeated(piece)
    assert again["onset"][0] == piece.cut
    np.testing.assert_array_equal(again["pitch"], piece.heard["pitch"])


@pytest.mark.train
def test_the_piece_itself_is_no_distance_away(piece: Excerpt) -> None:
    measured = compare({"cheat": lambda piece: piece.truth}, [piece])
    for name in AGREEMENTS:
        assert measured["cheat"][name].mean == pytest.approx(1.0)
    for name in AMOUNTS:
        assert measured["cheat"][f"{name}_off"].mean == 0.0
        assert measured["cheat"][name] == measured["piece"][name]
    assert set(measured["piece"]) == set(AMOUNTS)


@pytest.mark.train
def test_silence_is_far_away(piece: Excerpt) -> None:
    measured = compare({"mute": lambda piece: piece.truth[:0]}, [piece])
    assert [measured["mute"][name].mean for name in (*AGREEMENTS, *AMOUNTS)] == [0.0] * 8
    assert measured["mute"]["density_off"].mean == measured["piece"]["density"].mean


def test_means_and_their_errors() -> None:
    found = estimates([{"x": 1.0}, {"x": 2.0}, {"x": 6.0}])["x"]
    assert found.mean == 3.0
    assert found.error == pytest.approx(np.sqrt(7.0) / np.sqrt(3.0))  # 4 + 1 + 9, over 2
    assert estimates([{"x": 1.0}])["x"].error is None


@pytest.mark.parametrize("name", ["tiny", "tiny_triplet", "tiny_symbols"])
def test_every_codec_plays_on_from_the_cut(tiny_path: Path, piece: Excerpt, name: str) -> None:
    predictor = Predictor(tiny_path.with_stem(name))
    play = player(predictor, predictor.codec)
    notes = play(piece)
    assert len(notes) > 4
    assert notes["onset"][0] >= piece.cut
    assert piece.cut + 15.0 < notes["onset"][-1] <= piece.cut + 20.0
    assert not np.isnan(notes["duration"]).any()
    np.testing.assert_array_equal(notes, play(piece))


@pytest.mark.train
@pytest.mark.parametrize("name", ["tiny", "tiny_triplet", "tiny_symbols"])
def test_the_n_gram_plays_on_by_the_same_rules(
    tiny_path: Path, tune: Make, piece: Excerpt, name: str
) -> None:
    codec = Predictor(tiny_path.with_stem(name)).codec
    fitted = codec.tuned(piece.heard)
    ngram = NGramInstrument.learn(codec, [fitted.encode(tune(170, seed)) for seed in range(1, 6)])
    notes = player(ngram, codec)(piece)
    assert notes["onset"][0] >= piece.cut
    assert piece.cut + 15.0 < notes["onset"][-1] <= piece.cut + 20.0
    heard = compare({"ngram": player(ngram, codec)}, [piece])["ngram"]
    assert heard["pitch_classes"].mean > 0.5


@pytest.mark.train
@pytest.mark.parametrize("name", ["tiny", "tiny_triplet", "tiny_symbols"])
def test_an_imitator_knows_nothing_but_the_prompt(tiny_path: Path, make: Make, name: str) -> None:
    codec = Predictor(tiny_path.with_stem(name)).codec
    bar = excerpt("bar.mid", make([60, 64, 67, 72] * 42, 0.25, 0.25))
    assert bar is not None
    measured = compare({"imitator": imitator(codec)}, [bar])["imitator"]
    assert measured["pitch_classes"].mean > 0.6
    if name != "tiny_symbols":  # whose vocabulary lacks these notes
        assert measured["copied"].mean > 0.8


def test_random_numbers_depend_on_the_file_alone(tiny: Predictor, piece: Excerpt) -> None:
    play = player(tiny, tiny.codec)
    other = Excerpt("other.mid", piece.given, piece.heard, piece.truth, piece.cut)
    assert play(other).tobytes() != play(piece).tobytes()
    assert seed_of("tune.mid") == 15559962408477069274
