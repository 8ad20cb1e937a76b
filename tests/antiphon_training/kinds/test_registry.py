"""The kinds of network: what a recipe can name is what an instrument can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.music.codecs.registry import MAKERS
from antiphon_training.kinds.registry import CODECS, KINDS
from antiphon_training.kinds.window_fit import WindowFitSection, gentle

if TYPE_CHECKING:
    from antiphon_training.kinds.kind import Kind


def test_every_codec_of_the_stage_has_a_kind() -> None:
    assert next(iter(KINDS)) == "house", "the default of a recipe"
    assert set(CODECS) == set(MAKERS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_sections_of_a_kind_name_it(kind: Kind) -> None:
    assert kind.network_section().kind == kind.name
    assert KINDS[kind.name] is kind
    assert kind.codecs
    for codec in kind.codecs:
        assert codec.section().name == codec.name
        assert CODECS[codec.name] is codec


@pytest.mark.parametrize("name", ["performance", "triplet"])
def test_a_codec_without_a_vocabulary_needs_no_pieces(name: str) -> None:
    trained = CODECS[name]
    codec = trained.learn(trained.section(pedal="sustain"), ())
    assert (codec.name, codec.pedal) == (name, "sustain")
    assert (codec.fields, codec.time) == (trained.fields, trained.time)
    assert trained.count_unknown is None


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_training_further_is_shorter_than_training(kind: Kind) -> None:
    fit = kind.gentle({"epochs": 40, "learning_rate": 0.01})
    assert isinstance(fit, kind.fit_section)
    assert fit.epochs < kind.fit_section().epochs
    assert fit.patience == 3


def test_training_further_keeps_what_it_does_not_change() -> None:
    before = {"batch": 8, "watched": 99, "learning_rate": 0.01, "forgotten": 1}
    fit = gentle(before)
    assert (fit.batch, fit.validation_windows, fit.windows) == (8, 99, None)
    assert fit.learning_rate == pytest.approx(0.002)
    assert isinstance(fit, WindowFitSection)
