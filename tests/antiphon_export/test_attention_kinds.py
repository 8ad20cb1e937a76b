"""Attention and Transformers: trained, exported with proof, read back, and trained further."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest

from antiphon.instrument import Predictor, load_card
from antiphon.instrument.ask import Ask
from antiphon.instrument.weighing import LONGEST
from antiphon.instrument.word_weighing import USUAL, WORD_WEIGHING_KEY, WordWeighing
from antiphon.music.files.writing import write_midi
from antiphon.music.note import NOTE_DTYPE, NoteArray
from antiphon_training.corpora.corpus import Corpus, Reading, load_corpus
from antiphon_training.fitting.fine_tuning import read_pretrained
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

REACH = 8
STREAM_FIT = (
    "[fit]\nbatch = 4\nsteps = 12\nbatches_a_round = 2\nrounds_an_epoch = 4\nepochs = 2\n"
    "warmup_steps = 2\nlearning_rate = 0.01\n"
)
TRANSFORMER = (
    f'[network]\nkind = "transformer"\nblocks = 2\nheads = 2\nhead_units = 6\nreach = {REACH}\n'
    "head = 8\n[corpus]\nvalid_share = 0.5\n" + STREAM_FIT
)
RECIPES = {
    "attention": '[codec]\nname = "symbols"\n[network]\nkind = "attention"\nlength = 6\n'
    "lstm = [8]\nattention = 4\ndense = [6]\n[corpus]\nvalid_share = 0.5\n"
    "[fit]\nbatch = 16\nepochs = 2\nwindows = 128\nvalidation_windows = 32\n",
    "transformer of words": '[codec]\nname = "symbols"\n' + TRANSFORMER,
    "transformer of notes": '[codec]\nname = "performance"\n' + TRANSFORMER,
}
Trained = tuple["Path", "Path", Corpus]
"""The folder of a run, its instrument, and what it learned from."""


def walk(seed: int, count: int = 120) -> NoteArray:
    rng = np.random.default_rng(seed)
    notes = np.zeros(count, NOTE_DTYPE)
    notes["pitch"] = 60 + np.cumsum(rng.integers(-2, 3, count)) % 12
    notes["onset"] = np.arange(count) * 0.25
    notes["duration"], notes["velocity"] = 0.2, 70
    return notes


@pytest.fixture(scope="module", params=RECIPES)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    from antiphon_export.build import Order, build
    from antiphon_training.fitting.fit import train

    folder = tmp_path_factory.mktemp("kind")
    (folder / "walks").mkdir()
    for seed in range(8):
        write_midi(folder / "walks" / f"{seed}.mid", [("Piano", 0, 0, walk(seed))])
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPES[request.param] + 'precision = "float32"\n')
    time = read_recipe(recipe).trained_codec.time
    walks = load_corpus(folder / "walks", Reading(time=time), cache=folder)
    done = train(read_recipe(recipe), [walks], folder / "run")
    assert done["finished"]
    out = folder / "walks.onnx"
    order = Order(folder / "run", out, "int8", "walks", "MIT", measure=False, steps=60)
    build(order, lambda _: None)
    return folder / "run", out, walks


def test_the_file_is_proven_and_plays_past_the_end_of_its_cache(trained: Trained) -> None:
    card = load_card(trained[1])
    assert card.extra["parity"]["largest_logit_difference"] < 1e-4
    assert card.extra["parity"]["steps"] == 60 > REACH
    player, rng = Predictor(trained[1]), np.random.default_rng(1)
    assert (player.window is None) == (card.context["kind"] == "stream")
    state, row = player.initial_state(), np.array(player.codec.start)
    drawn = set()
    for _ in range(3 * REACH):
        found = player.step(Ask(state, row, rng.random(len(row))))
        state, row = found.state, found.classes
        drawn.add(tuple(row.tolist()))
    assert [part.shape[1:] for part in state] == [tensor.shape for tensor in card.state]
    assert len(drawn) > 3


def test_the_weights_come_back_from_the_file(trained: Trained) -> None:
    from antiphon_training.fitting import checkpoint

    network, details = checkpoint.load(trained[0])
    pretrained = read_pretrained(trained[1])
    again = details.recipe.kind.build(details.recipe.network, pretrained.codec)
    pretrained.assign_to(again)
    assert len(network.trainable_weights) == len(pretrained.weights) > 5
    for one, other in zip(network.trainable_weights, again.trainable_weights, strict=True):
        wanted = np.asarray(one)
        step = np.abs(wanted).max() / 127.0  # of a whole column, at most
        np.testing.assert_allclose(np.asarray(other), wanted, atol=3.0 * step)


@pytest.mark.parametrize("trained", ["transformer of words"], indirect=True)
def test_it_is_trained_further_and_goes_on_where_it_was_stopped(
    trained: Trained, tmp_path: Path
) -> None:
    from antiphon_training.fitting.fit import train

    pretrained = read_pretrained(trained[1])
    recipe = pretrained.recipe()
    done = train(recipe, [trained[2]], tmp_path / "run", pretrained=pretrained)
    assert done["best_valid_loss"] <= done["valid_loss_before"]
    again = read_recipe(tmp_path / "run" / "recipe.toml")
    assert again.essence() == recipe.essence()
    assert train(again, [trained[2]], tmp_path / "run", pretrained=pretrained) == done


@pytest.mark.parametrize("trained", ["transformer of words"], indirect=True)
def test_words_that_are_written_anew_keep_their_memory_unless_they_are_to_have_none(
    trained: Trained, tmp_path: Path
) -> None:
    from antiphon_export.build import Order, build

    assert Predictor(trained[1]).word_weighing == USUAL
    model = onnx.load(trained[1])
    held = {one.key: one.value for one in model.metadata_props}
    shares = WordWeighing((0.0, *(0.3,) * LONGEST), (0.0, *(0.2,) * LONGEST), {"pieces": 3})
    onnx.helper.set_model_props(model, {**held, WORD_WEIGHING_KEY: shares.to_json()})
    own, kept, none, still = (
        tmp_path / f"{name}.onnx" for name in ("own", "kept", "none", "still")
    )
    onnx.save(model, own)
    said: list[str] = []
    order = Order(own, kept, "fp32", measure=False, steps=20, remembers=True)
    build(order, said.append)
    assert Predictor(kept).word_weighing == shares
    assert any("--corpus" in line and "stay as they are" in line for line in said)
    build(replace(order, run=kept, out=none, remembers=False), said.append)
    assert Predictor(none).word_weighing is None
    build(replace(order, run=none, out=still), said.append)
    assert Predictor(still).word_weighing is None
