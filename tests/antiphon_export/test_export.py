"""From a run's folder to a file that plays, and no file where anything is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from antiphon.errors import TrainingError, UsageError
from antiphon.instrument import Predictor, load_card
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.files.writing import write_midi
from antiphon.music.note import NOTE_DTYPE, NoteArray
from antiphon_training.corpora.split import name_hash

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.train,
    # Keras 3.15 reads its variables in a way that NumPy 2 discourages.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

HELDOUT = ["a.mid", "b.mid"]


def melody(seed: int, count: int) -> NoteArray:
    """Return a walk up and down the keyboard."""
    rng = np.random.default_rng(seed)
    notes = np.zeros(count, NOTE_DTYPE)
    notes["pitch"] = 60 + np.cumsum(rng.integers(-2, 3, count)) % 24
    notes["onset"] = np.cumsum(rng.uniform(0.05, 0.5, count))
    notes["duration"] = rng.uniform(0.05, 0.4, count)
    notes["velocity"] = rng.integers(40, 100, count)
    return notes


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora") / "walks"
    folder.mkdir()
    for seed, name in enumerate([*HELDOUT, "c.mid"]):
        write_midi(folder / name, [("Right hand", 0, 0, melody(seed, 60 + 20 * seed))])
    (folder / "heldout.txt").write_text("\n".join(HELDOUT))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """A run's folder with a network of 2 x 32 units that has learned nothing."""
    from antiphon_training.recipe import read_recipe

    folder = tmp_path_factory.mktemp("run")
    (folder / "recipe.toml").write_text("[network]\nunits = 32\nembedding = 16\nhead = 16\n")
    told = {
        "name": "walks",
        "folder": str(corpus),
        "licence": "CC0-1.0",
        "attribution": "nobody",
        "tracks": None,
        "files": 1,
        "notes": 100,
        "valid": [],
        "heldout": HELDOUT,
    }
    (folder / "corpus.json").write_text(json.dumps([told]))
    (folder / "training.json").write_text(json.dumps({"epochs": 3, "wall_hours": 0.1}))
    recipe = read_recipe(folder / "recipe.toml")
    network = recipe.kind.build(recipe.network, PerformanceCodec())
    rng = np.random.default_rng(9)
    for weight in network.trainable_variables:  # nothing left of Keras' own, unseeded draws
        weight.assign(rng.normal(0.0, 0.4, weight.shape))
    network.save_weights(folder / "best.weights.h5")
    return folder


@pytest.fixture(scope="module")
def made(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that returns the run's instrument in a precision."""
    from antiphon_export.build import Order, build

    folder = tmp_path_factory.mktemp("made")
    said: list[str] = []

    def export(precision: Any) -> Path:
        out = folder / f"{precision}.onnx"
        if not out.exists():
            build(Order(run, out, precision, "walker", "MIT", steps=200), said.append)
            assert said
        return out

    return export


def command(name: str) -> Any:
    """Return the app of one command."""
    from antiphon_export.cli import export
    from antiphon_training.commands.evaluate import evaluate

    app = typer.Typer()
    app.command()({"export": export, "evaluate": evaluate}[name])
    return app


def test_a_card_tells_where_an_instrument_comes_from(made: Callable[[str], Path]) -> None:
    card = load_card(made("int8"))
    assert (card.name, card.licence, card.precision) == ("walker", "MIT", "int8")
    assert card.corpus == (
        {
            "name": "walks", "licence": "CC0-1.0", "attribution": "nobody", "tracks": None,
            "files": 1, "notes": 100, "not_learned": sorted(map(name_hash, HELDOUT)),
        },
    )  # fmt: skip
    assert card.training["wall_hours"] == 0.1
    assert card.recipe["network"]["units"] == 32
    assert [tensor.shape for tensor in card.state] == [(32,)] * 4
    assert card.heldout["walks"]["files"] == 2
    assert card.extra["parity"]["largest_logit_difference"] < 1e-4
    assert str(Path.home()) not in card.to_json()
    assert load_card(made("fp32")).precision == "fp32"


def test_the_licence_follows_from_the_corpora() -> None:
    from antiphon_export.lineage import licence_of

    mine = {"name": "mine", "licence": None}
    rolls, songs = ({"name": name, "licence": "MIT"} for name in ("rolls", "songs"))
    maestro = {"name": "maestro", "licence": "CC BY-NC-SA 4.0"}
    assert licence_of([rolls, songs]) == "MIT"
    assert licence_of([rolls, maestro]) == "CC BY-NC-SA 4.0, MIT"
    assert licence_of([mine]) == "not told"
    assert licence_of([maestro, mine]) == "CC BY-NC-SA 4.0, not told of mine"


def test_a_name_that_cannot_be_written_is_refused_before_any_work(
    run: Path, tmp_path: Path
) -> None:
    from antiphon_export.build import Order, build

    (tmp_path / "file").write_text("")
    for out, sentence in (
        (tmp_path, "is a folder; name a file in it: .*onnx"),
        (tmp_path / "file" / "mine.onnx", "file is no folder; name another --out file"),
    ):
        said: list[str] = []
        with pytest.raises(UsageError, match=sentence):
            build(Order(run, out, "fp32"), said.append)
        assert said == []


def test_int8_is_a_good_likeness_and_smaller(made: Callable[[str], Path]) -> None:
    whole, small = made("fp32"), made("int8")
    assert small.stat().st_size < whole.stat().st_size
    proof = load_card(small).extra["parity"]
    assert proof["int8_same_notes"] > 0.6
    assert proof["int8_same_notes"] < proof["int8_alike"] < 1.0
    assert proof["int8_alike"] > 0.95
    assert abs(proof["int8_nats_lost"]) < 0.05
    nats = [load_card(path).heldout["walks"]["nats"]["total"] for path in (whole, small)]
    assert nats[0] == pytest.approx(nats[1], abs=0.05)


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_evaluate_finds_what_the_card_says(
    made: Callable[[str], Path], corpus: Path, precision: str
) -> None:
    path = made(precision)
    listed = ["--heldout", str(corpus / "heldout.txt"), "--json"]
    result = CliRunner().invoke(command("evaluate"), [str(path), str(corpus), *listed])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {key: told[key] for key in ("nats", "notes", "files")} == load_card(path).heldout[
        "walks"
    ]
    assert told["notes"] == 60 + 80 - 2 * 16
    fields = [told["nats"][field] for field in PerformanceCodec.fields]
    assert told["nats"]["total"] == pytest.approx(sum(fields), abs=2e-4)


def test_a_file_equals_keras_over_its_held_out_pieces(
    made: Callable[[str], Path], run: Path, corpus: Path
) -> None:
    from antiphon_training.corpora.corpus import read_notes
    from antiphon_training.fitting import checkpoint

    network, details = checkpoint.load(run)
    piece = details.codec.encode(read_notes(corpus / "b.mid"))
    read = np.concatenate([[details.codec.start], piece[:-1]]).astype(np.int32)[None]
    logits = network({"previous": read, "target": piece[None]})
    nats = Predictor(made("fp32")).score([piece])[0].nats
    for i, field in enumerate(details.codec.fields):
        z = np.asarray(logits[field])[0].astype(float)
        wanted = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(piece)), piece[:, i]]
        np.testing.assert_allclose(nats[:, i], wanted, atol=1e-4)


def test_parity_holds_for_the_network_and_breaks_for_another(
    made: Callable[[str], Path], run: Path
) -> None:
    from antiphon_export.parity import ParityError, free_difference, prove
    from antiphon_training.fitting import checkpoint

    network, _ = checkpoint.load(run)
    path = made("fp32")
    assert prove(network, path, steps=200).logits < 1e-4
    weight = network.lstms[1].recurrent
    changed = np.array(weight)
    changed[3] += 0.05
    weight.assign(changed)
    with pytest.raises(ParityError, match="a logit differs"):
        prove(network, path, steps=200)
    weight.assign(weight + 0.2)
    with pytest.raises(ParityError, match=r"note \d+ is"):
        free_difference(network, Predictor(path), 200)


def test_a_broken_parity_fails_the_command_and_leaves_no_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from antiphon_export import build
    from antiphon_export.parity import ParityError

    def broken(network: Any, codec: Any, gate: Any) -> Any:
        network.heads[0].logits.bias.assign_add(np.full(128, 0.01, np.float32) * np.arange(128))
        model = convert(network, codec, gate)
        network.heads[0].logits.bias.assign_sub(np.full(128, 0.01, np.float32) * np.arange(128))
        return model

    convert = build.to_onnx
    monkeypatch.setattr(build, "to_onnx", broken)
    out = tmp_path / "x.onnx"
    result = CliRunner().invoke(command("export"), [str(run), "--out", str(out)])
    assert result.exit_code == 1
    assert isinstance(result.exception, ParityError)
    assert result.exception.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_an_instrument(run: Path, tmp_path: Path, corpus: Path) -> None:
    out = tmp_path / "folder" / "walker.onnx"
    arguments = [str(run), "--out", str(out), "--corpus", str(corpus), "--json"]
    result = CliRunner().invoke(command("export"), arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == load_card(out).to_dict()
    assert load_card(out).precision == "fp32"  # a small network is not worth int8
    assert [path.name for path in out.parent.iterdir()] == ["walker.onnx"]


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_an_instrument_is_written_anew_from_its_own_weights(
    made: Callable[[str], Path], tmp_path: Path, precision: str
) -> None:
    first, again = made(precision), tmp_path / "again.onnx"
    options = ["--out", str(again), "--precision", precision]
    result = CliRunner().invoke(command("export"), [str(first), *options])
    assert result.exit_code == 0, result.output
    cards = [load_card(path).to_dict() for path in (first, again)]
    proofs = [card.pop("parity") for card in cards]
    assert cards[0] == cards[1]
    assert proofs[1]["largest_logit_difference"] < 1e-4
    ours, theirs = Predictor(first), Predictor(again)
    rng = np.random.default_rng(8)
    pieces = [rng.integers(0, ours.codec.sizes, (40, 4)).astype(np.int32)]
    nats = [player.score(pieces)[0].nats.sum(axis=1).mean() for player in (ours, theirs)]
    assert nats[0] == pytest.approx(nats[1], abs=1e-5 if precision == "fp32" else 0.2)


@pytest.fixture(scope="module")
def remembering(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's instrument with a random memory."""
    from tests.antiphon_export.tiny_gate import tiny_gate

    from antiphon.instrument.weighing import LONGEST, Weighing
    from antiphon_export.build import Order, build
    from antiphon_export.memory.fitted import Memory

    out = tmp_path_factory.mktemp("remembering") / "walker.onnx"
    weighing = Weighing("walks", 6, 2.0, (0.5,) * (LONGEST + 1), (0.2,) * (LONGEST + 1), 0.1)
    memory = Memory(tiny_gate(PerformanceCodec(), units=32), weighing)
    build(Order(run, out, "int8", measure=False, steps=200, memory=memory), lambda _: None)
    return out


def test_a_memory_goes_into_the_graph_the_card_and_the_metadata(remembering: Path) -> None:
    card = load_card(remembering)
    assert [(one.name, one.shape, one.neutral) for one in card.inputs_neutral] == [
        ("memory_row", (32, 4), 0.0),
        ("memory_weight", (32,), 0.0),
        ("memory_length", (32,), 0.0),
        ("memory_gain", (1,), 0.0),
    ]
    assert card.extra["parity"]["int8_same_notes"] > 0.6
    player = Predictor(remembering)
    assert player.remembers
    assert player.weighing is not None
    assert (player.weighing.identity, player.weighing.theta) == ("walks", 2.0)


def test_a_broken_memory_breaks_parity(run: Path, remembering: Path) -> None:
    from tests.antiphon_export.tiny_gate import tiny_gate

    from antiphon_export.build import Order, build
    from antiphon_export.memory.fitted import Memory
    from antiphon_export.parity import ParityError, free_difference
    from antiphon_training.fitting import checkpoint

    network, _ = checkpoint.load(run)
    plain = remembering.with_name("plain.onnx")
    gate = tiny_gate(PerformanceCodec(), units=32)
    memory = Memory(gate, Predictor(remembering).weighing)  # type: ignore[arg-type]
    build(Order(run, plain, "fp32", measure=False, steps=100, memory=memory), lambda _: None)
    within, chance = free_difference(network, Predictor(plain), 100, gate)
    assert max(within, chance) < 0.01
    other = replace(gate, gate_b2=gate.gate_b2 + 2.0)
    with pytest.raises(ParityError, match=r"note \d+ is"):
        free_difference(network, Predictor(plain), 300, other)


def test_an_instrument_with_a_memory_that_is_written_anew_without_one_has_none(
    remembering: Path, tmp_path: Path
) -> None:
    from antiphon_export.build import Order, build

    again = tmp_path / "again.onnx"
    card = build(Order(remembering, again, "int8", steps=100), lambda _: None)
    assert card.inputs_neutral == ()
    assert not Predictor(again).remembers
    assert Predictor(again).weighing is None


def test_a_corpus_that_has_moved_is_asked_for(run: Path, tmp_path: Path, corpus: Path) -> None:
    from antiphon_export.build import Order, build

    moved = tmp_path / "run"
    moved.mkdir()
    for path in run.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    told = json.loads((moved / "corpus.json").read_text())
    told[0]["folder"] = str(tmp_path / "nowhere" / "walks")
    (moved / "corpus.json").write_text(json.dumps(told))
    order = Order(moved, tmp_path / "x.onnx", "int8", "x", "MIT", steps=50)
    with pytest.raises(TrainingError, match="--corpus"):
        build(order, lambda _: None)
    assert build(replace(order, corpora=(corpus,)), lambda _: None).heldout["walks"]["files"] == 2
    assert build(replace(order, measure=False), lambda _: None).heldout == {}


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    from antiphon_export.build import Order, build

    with pytest.raises(TrainingError, match=r"it has no recipe\.toml"):
        build(Order(tmp_path, tmp_path / "x.onnx", "int8", "x", "MIT", steps=50), lambda _: None)
