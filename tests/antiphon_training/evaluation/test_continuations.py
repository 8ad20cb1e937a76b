"""Continuations: how pieces are cut, who plays on, and how that is compared."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.partner import PartnerSections
from antiphon.partner.listening.pulse import pulse_of
from antiphon_training.evaluation.affinity import AFFINITIES
from antiphon_training.evaluation.beat_grid import BeatGrid
from antiphon_training.evaluation.continuations import AGREEMENTS, AMOUNTS, compare
from antiphon_training.evaluation.excerpts import Excerpt, Lengths, excerpt, seed_of
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.players import imitator, left_alone, player, repeated

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
    assert found.heard["duration"].tolist() == [1.5] * 20


def test_lengths_are_options(make: Make) -> None:
    found = excerpt("a.mid", make([60] * 43, 1.0, 1.5), Lengths(30.0, 10.0))
    assert found is not None
    assert (found.cut, found.continued, len(found.truth)) == (30.0, 10.0, 10)
    assert found.recent["onset"].tolist() == list(range(20, 30))
    played = make([60] * 43, 1.0)
    assert found.within(played)["onset"].tolist() == list(range(30, 40))


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
    beatless = set(AFFINITIES) - {"on_beat", "in_tempo"}
    assert set(measured["piece"]) == {*AMOUNTS, *beatless}
    for name in beatless:
        assert measured["cheat"][name] == measured["piece"][name]


@pytest.mark.train
def test_silence_is_far_away(piece: Excerpt) -> None:
    measured = compare({"mute": lambda piece: piece.truth[:0]}, [piece])
    assert [measured["mute"][name].mean for name in (*AGREEMENTS, *AMOUNTS)] == [0.0] * 8
    assert measured["mute"]["density_off"].mean == measured["piece"]["density"].mean


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


def test_the_partner_s_settings_hold(tiny: Predictor, piece: Excerpt) -> None:
    free = player(tiny, tiny.codec)(piece)
    low = player(tiny, tiny.codec, PartnerSections().changed("partner.high", 60))(piece)
    assert len(low) > 4
    assert low["pitch"].max() <= 60 < free["pitch"].max()


def test_the_partner_hears_the_notes_before_the_cut_and_no_others(
    tiny: Predictor, piece: Excerpt
) -> None:
    play = player(tiny, tiny.codec)
    beyond = dataclasses.replace(piece, truth=piece.truth[:0])
    assert play(beyond).tobytes() == play(piece).tobytes()
    # A note that is held at the cut is not over, whenever it will end.
    sooner, later = (dataclasses.replace(piece, heard=piece.heard.copy()) for _ in range(2))
    sooner.heard["duration"][-1], later.heard["duration"][-1] = 1.0, 5.0
    assert play(sooner).tobytes() == play(later).tobytes()
    assert play(sooner).tobytes() != play(piece).tobytes()


@pytest.mark.train
@pytest.mark.parametrize("name", ["tiny", "tiny_triplet", "tiny_symbols"])
def test_the_n_gram_plays_on_by_the_same_rules(
    tiny_path: Path, tune: Make, piece: Excerpt, name: str
) -> None:
    codec = Predictor(tiny_path.with_stem(name)).codec
    beats = pulse_of(piece.heard).beats()
    fitted = codec.tuned(piece.heard, None if beats is None else beats.period)  # as it is played
    ngram = NGramInstrument.learn(codec, [fitted.encode(tune(170, seed)) for seed in range(1, 6)])
    notes = player(ngram, codec)(piece)
    assert notes["onset"][0] >= piece.cut
    assert piece.cut + 15.0 < notes["onset"][-1] <= piece.cut + 20.0
    alone = player(ngram, codec, left_alone(PartnerSections()))  # as `evaluate` compares it
    heard = compare({"ngram": alone}, [piece])["ngram"]
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
    assert play(dataclasses.replace(piece, file="other.mid")).tobytes() != play(piece).tobytes()
    assert play(piece.take(1)).tobytes() != play(piece).tobytes()
    assert piece.take(0) is piece
    assert seed_of("tune.mid") == 15559962408477069274


@pytest.mark.train
def test_the_beat_is_the_piece_s_own(tune: Make) -> None:
    notes = tune(170)  # four notes a second: sixteenths of a beat of a second
    grid = BeatGrid.fitted(notes, notes)
    piece = excerpt("tune.mid", notes, grid=grid)
    assert piece is not None

    def late(piece: Excerpt) -> NoteArray:
        moved = piece.truth.copy()
        moved["onset"] += 0.1
        return moved

    measured = compare({"late": late, "repeat": repeated}, [piece])
    assert measured["piece"]["on_beat"].mean == measured["repeat"]["on_beat"].mean == 1.0
    assert measured["late"]["on_beat"].mean == 0.0
    assert measured["late"]["in_tempo"].mean == 1.0
    assert measured["late"]["register_drift"].mean == pytest.approx(
        measured["piece"]["register_drift"].mean, abs=0.2
    )


@pytest.mark.train
def test_takes_are_averaged(tiny: Predictor, piece: Excerpt) -> None:
    play = player(tiny, tiny.codec)
    both = compare({"tiny": play}, [piece], takes=2)["tiny"]["density"]
    apart = [compare({"tiny": play}, [piece.take(take)])["tiny"]["density"] for take in (0, 1)]
    assert both.mean == pytest.approx((apart[0].mean + apart[1].mean) / 2)
    assert both.error is None  # one excerpt
