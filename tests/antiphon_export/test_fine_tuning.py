"""An instrument that is trained further: from its file alone, and what its card says then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import typer
from onnx import numpy_helper
from typer.testing import CliRunner

from antiphon.errors import TrainingError
from antiphon.instrument import load_card
from antiphon.instrument.metadata import read_metadata
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.files.writing import write_midi
from antiphon.music.note import NOTE_DTYPE, NoteArray
from antiphon.resources import find_instrument, house_instrument
from antiphon_training.corpora.corpus import Corpus, Reading, load_corpus
from antiphon_training.fitting.fine_tuning import Pretrained, read_pretrained
from antiphon_training.kinds.codecs import PerformanceSection
from antiphon_training.networks.weights import WEIGHTS_KEY
from antiphon_training.recipe import read_recipe

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

RECIPES = {
    "house": "[network]\nunits = 16\nembedding = 8\nhead = 8\n[corpus]\nvalid_share = 0.5\n"
    "[fit]\nbatch = 4\nsteps = 12\nbatches_a_round = 2\nrounds_an_epoch = 2\nepochs = 2\n",
    "house, averaged": "[network]\nunits = 16\nembedding = 8\nhead = 8\ndropout = 0.1\n"
    "attention = 6\n"
    "[corpus]\nvalid_share = 0.5\n[fit]\nbatch = 4\nsteps = 12\nbatches_a_round = 2\n"
    "rounds_an_epoch = 2\nepochs = 2\naverage = 0.5\n",
    "classic": '[codec]\nname = "symbols"\n[network]\nkind = "classic"\nlength = 6\n'
    "lstm = [8, 6]\ndense = [6]\n[corpus]\nvalid_share = 0.5\n"
    "[fit]\nbatch = 16\nepochs = 1\nwindows = 128\nwatched = 32\n",
    "triplet": '[codec]\nname = "triplet"\n[network]\nkind = "triplet"\nlength = 6\n'
    "lstm = [8]\n[corpus]\nvalid_share = 0.5\n"
    "[fit]\nbatch = 16\nepochs = 1\nwindows = 128\nwatched = 32\n",
}


def scales(seed: int, count: int = 200) -> NoteArray:
    rng = np.random.default_rng(seed)
    notes = np.zeros(count, NOTE_DTYPE)
    notes["pitch"] = 60 + np.cumsum(rng.integers(-2, 3, count)) % 12
    notes["onset"] = np.arange(count) * 0.25
    notes["duration"], notes["velocity"] = 0.2, 70
    return notes


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions, in which the partner plays other notes than the player."""
    folder = tmp_path_factory.mktemp("kept") / "sessions"
    folder.mkdir()
    for seed in range(2):
        partner = scales(seed)
        partner["pitch"] += 24
        parts = [("Player", 0, 0, scales(seed)), ("Antiphon", 4, 1, partner)]
        write_midi(folder / f"session-{seed}.mid", parts)
    return folder


@pytest.fixture(scope="module", params=sorted(RECIPES))
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A run of each kind of network on a few walks."""
    from antiphon_training.fitting.fit import train

    kind: str = request.param
    folder = tmp_path_factory.mktemp(kind)
    (folder / "walks").mkdir()
    for seed in range(12):
        write_midi(folder / "walks" / f"{seed}.mid", [("Piano", 0, 0, scales(seed))])
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPES[kind] + 'precision = "float32"\n')
    time = "beats" if kind == "classic" else "seconds"
    train(
        read_recipe(recipe),
        [load_corpus(folder / "walks", Reading(time=time), cache=folder)],
        folder / "run",
    )
    return kind, folder / "run"


def exported(run: Path, out: Path, precision: str) -> Path:
    from antiphon_export.build import Order, build

    build(
        Order(run, out, precision, "walks", "MIT", measure=False, steps=20),  # type: ignore[arg-type]
        lambda _: None,
    )
    return out


def command() -> Any:
    """Return the app of `train`."""
    from antiphon_training.commands.train import train

    app = typer.Typer()
    app.command()(train)
    return app


def heard(pretrained: Pretrained, sessions: Path, cache: Path) -> list[Corpus]:
    time = pretrained.codec.time
    return [load_corpus(sessions, Reading(["Player"], time=time), cache=cache)]


def step_of(path: Path, weight: str) -> float:
    """Return the largest step in which a file holds a weight, or 0 where it holds it whole.

    Weights that are multiplied together share a scale, so the step is not that of the
    weight's own values.
    """
    held = {item.name: numpy_helper.to_array(item) for item in onnx.load(path).graph.initializer}
    label = json.loads(read_metadata(path)[WEIGHTS_KEY])[weight]
    place = {"tensor": label} if isinstance(label, str) else label
    if isinstance(place, list) or f"{place['tensor']}_int8" not in held:
        return 0.0
    return float(held[f"{place['tensor']}_scale"].max() / place.get("step", 1.0))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_all_weights_come_back_from_the_file(
    trained: tuple[str, Path], tmp_path: Path, precision: str
) -> None:
    from antiphon_training.fitting import checkpoint

    network, details = checkpoint.load(trained[1])
    path = exported(trained[1], tmp_path / "walks.onnx", precision)
    pretrained = read_pretrained(path)
    again = details.recipe.kind.build(details.recipe.network, pretrained.codec)
    pretrained.assign_to(again)
    steps = {weight.path: step_of(path, weight.path) for weight in network.trainable_weights}
    assert (max(steps.values()) > 0.0) == (precision == "int8")
    for one, other in zip(network.trainable_weights, again.trainable_weights, strict=True):
        wanted, found = np.asarray(one), np.asarray(other)
        np.testing.assert_allclose(found, wanted, atol=steps[one.path] * 0.51)


def test_it_starts_from_the_old_weights_and_its_card_says_so(
    trained: tuple[str, Path], sessions: Path, tmp_path: Path
) -> None:
    from antiphon_training.fitting.fit import train

    first = exported(trained[1], tmp_path / "walks.onnx", "int8")
    pretrained = read_pretrained(first)
    run = tmp_path / "run"
    recipe = pretrained.recipe({sessions.name: ["Player"]})
    corpora = heard(pretrained, sessions, tmp_path)
    assert max(corpora[0].notes["pitch"]) < 80, "the partner's track is left out"
    done = train(recipe, corpora, run, pretrained=pretrained)
    assert done["best_valid_loss"] <= done["valid_loss_before"]
    assert train(read_recipe(run / "recipe.toml"), corpora, run, pretrained=pretrained) == done
    card = load_card(exported(run, tmp_path / "mine.onnx", "int8"))
    assert card.extra["continued_from"]["name"] == "walks"
    assert [corpus["name"] for corpus in card.corpus] == ["walks", "sessions"]
    assert card.codec == load_card(first).codec
    assert read_pretrained(tmp_path / "mine.onnx").weights.keys() == pretrained.weights.keys()


def test_a_recipe_trains_it_further_on_whole_corpora(
    trained: tuple[str, Path], tmp_path: Path
) -> None:
    kind, first = trained
    walks = first.parent / "walks"
    arguments = ["--recipe", str(first / "recipe.toml"), str(walks), "--cache", str(tmp_path)]
    instrument = exported(first, tmp_path / "walks.onnx", "fp32")
    run = tmp_path / "run"
    again = ["--continue-from", str(instrument), "--out", str(run)]
    result = CliRunner().invoke(command(), [*arguments, *again])
    assert result.exit_code == 0, result.output
    of_both = [json.loads((folder / "corpus.json").read_text()) for folder in (first, run)]
    assert of_both[0] == of_both[1], "the split is by pieces, as in the first training"
    assert len(of_both[1][0]["valid"]) > 0
    done = json.loads((run / "training.json").read_text())
    if kind.startswith("house"):  # the others measure windows that are chosen
        assert done["valid_loss_before"] == pytest.approx(
            json.loads((first / "training.json").read_text())["best_valid_loss"], rel=1e-3
        )
    assert done["best_valid_loss"] <= done["valid_loss_before"]
    card = load_card(exported(run, tmp_path / "again.onnx", "fp32"))
    assert [corpus["name"] for corpus in card.corpus] == ["walks"], "named once"
    seen = json.loads((first / "training.json").read_text())["notes_seen"]
    assert card.training["notes_seen"] == done["notes_seen"]
    assert card.training["all_notes_seen"] == seen + done["notes_seen"] > done["notes_seen"]
    third = read_pretrained(tmp_path / "again.onnx").summary()["training"]
    assert third["all_notes_seen"] == card.training["all_notes_seen"]


@pytest.mark.parametrize("trained", ["house"], indirect=True)
def test_the_instruments_own_weights_are_kept_with_their_share(
    trained: tuple[str, Path], tmp_path: Path
) -> None:
    from antiphon_training.fitting import checkpoint

    _, first = trained
    instrument = read_pretrained(exported(first, tmp_path / "walks.onnx", "fp32"))
    runs = {}
    for share in (0.0, 0.25):
        text = (first / "recipe.toml").read_text() + f"origin_share = {share}\n"
        (tmp_path / "shared.toml").write_text(text)
        run = runs[share] = tmp_path / f"run-{share}"
        walks = str(first.parent / "walks")
        arguments = ["--recipe", str(tmp_path / "shared.toml"), walks, "--out", str(run)]
        again = ["--continue-from", str(tmp_path / "walks.onnx"), "--cache", str(tmp_path)]
        assert CliRunner().invoke(command(), [*arguments, *again]).exit_code == 0
        done = json.loads((run / "training.json").read_text())
        assert done["best_epoch"] == done["epochs"] == 2
    mine, plain = (checkpoint.load(runs[share])[0] for share in (0.25, 0.0))
    assert len(mine.trainable_weights) == len(instrument.weights) > 20
    for one, other in zip(mine.trainable_weights, plain.trainable_weights, strict=True):
        mixed = 0.25 * instrument.weights[one.path].reshape(one.shape) + 0.75 * np.asarray(other)
        np.testing.assert_allclose(np.asarray(one), mixed, atol=1e-5)


def test_a_recipe_of_other_sizes_or_another_codec_is_a_sentence(
    trained: tuple[str, Path], tmp_path: Path
) -> None:
    kind, first = trained
    instrument = exported(first, tmp_path / "walks.onnx", "fp32")
    text = (first / "recipe.toml").read_text()
    wider, other = tmp_path / "wider.toml", tmp_path / "other.toml"
    wider.write_text(text.replace("units = 16", "units = 20").replace("lstm = [8", "lstm = [9"))
    other.write_text('[codec]\npedal = "sustain"\n' if kind.startswith("house") else "")
    walks, cache = str(first.parent / "walks"), ["--cache", str(tmp_path)]
    for recipe, sentence in ((wider, "of another shape"), (other, "another codec")):
        arguments = ["--recipe", str(recipe), walks, "--out", str(tmp_path / "run"), *cache]
        result = CliRunner().invoke(command(), [*arguments, "--continue-from", str(instrument)])
        assert isinstance(result.exception, TrainingError)
        assert sentence in str(result.exception)


def test_an_instrument_without_labels_is_a_sentence(tmp_path: Path) -> None:
    tiny = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"
    with pytest.raises(TrainingError, match="does not say where its weights are"):
        read_pretrained(tiny)


def test_the_shipped_instrument_can_be_trained_further() -> None:
    pretrained = read_pretrained(find_instrument("house"))
    sizes = json.loads(json.dumps(pretrained.card.recipe["network"]))
    recurrent = pretrained.weights["house/lstm_1/recurrent"]
    assert recurrent.size == 4 * sizes["units"] ** 2
    # Not still multiplied by the step of its activation, which is about a hundredth.
    assert 0.05 < recurrent.std() < 0.5


def test_only_the_order_of_chords_may_be_another_than_the_instruments() -> None:
    house = read_pretrained(house_instrument())
    other = PerformanceSection(chords="bass")
    house.check_codec(other)
    found = house.codec_for(other)
    assert isinstance(found, PerformanceCodec)
    assert found.chords == "bass"
    assert found.sizes == house.codec.sizes
    with pytest.raises(TrainingError, match="another codec"):
        house.check_codec(PerformanceSection(pedal="sustain"))
