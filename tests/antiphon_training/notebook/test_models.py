"""Models in a notebook: summary, sequences, the next note, and what they generate."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.errors import CorpusError, TrainingError, UsageError
from antiphon_training import (
    Model,
    Reading,
    build_model,
    create_sequences,
    generate,
    history,
    load_corpus,
    load_model,
    midi_to_notes,
    pick_beginning,
    predict_next_note,
    train_model,
)

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SONGS = Path(__file__).parents[2] / "data" / "songs"
SONG = SONGS / "lc6019054.mid"
COLUMNS = ["pitch", "start", "end", "step", "duration", "velocity"]
WORDS = """
[codec]
name = "symbols"

[network]
kind = "classic"
length = 8
lstm = [12]
dense = []

[corpus]
valid_share = 0.4

[fit]
batch = 16
epochs = 1
part = 64
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A tiny network of words, trained for a few steps."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "words.toml").write_text(WORDS)
    return train_model(folder / "words.toml", SONGS, folder / "run", verbose=False)


@pytest.fixture(scope="module")
def triplets() -> Model:
    return build_model("maestro-triplets", SONGS, quick=True)


@pytest.fixture(scope="module")
def notes() -> Any:
    return midi_to_notes(SONG)


def test_a_built_model_is_compiled_and_has_a_summary(triplets: Model) -> None:
    lines: list[str] = []
    triplets.summary(print_fn=lines.append)
    assert "lstm_1 (WindowLSTM)" in "\n".join(lines)
    assert triplets.network.optimizer is not None
    assert set(triplets.network.loss) == {"pitch", "step", "duration"}


def test_other_composers_than_the_recipes_may_be_named(tmp_path: Path) -> None:
    recipe = tmp_path / "chopin.toml"
    recipe.write_text(WORDS.replace("valid_share", 'composers = ["Chopin"]\nvalid_share'))
    with pytest.raises(CorpusError, match="is by Chopin"):
        build_model(recipe, SONGS)
    assert build_model(recipe, SONGS, composers=["any"]).network.count_params() > 0


def test_sequences_of_triplets_are_what_the_network_is_fitted_to(
    triplets: Model, notes: Any
) -> None:
    windows, following = create_sequences(notes, triplets)
    assert windows.shape == (101, 16, 3)  # a quick network looks back less far
    assert not windows[0].any()  # nothing yet
    np.testing.assert_array_equal(windows[1:, -1, 0] - 1, notes["pitch"][:-1])
    assert following["pitch"].tolist() == notes["pitch"].tolist()
    assert following["step"].shape == following["duration"].shape == (101, 1)
    np.testing.assert_allclose(following["step"][:, 0], notes["step"], rtol=0.1, atol=0.02)
    told = triplets.network.evaluate(windows, following, verbose=0, return_dict=True)
    assert np.isfinite(told["loss"])
    assert told["pitch_loss"] == pytest.approx(np.log(128), rel=0.1)


def test_sequences_of_words_are_of_all_pieces_of_a_corpus(words: Model, cache: Path) -> None:
    corpus = load_corpus(SONGS, Reading(time="beats"), cache=cache)
    windows, following = create_sequences(corpus, words)
    size = len(words.codec.words)  # type: ignore[attr-defined]
    assert windows.shape == (len(windows), 8, 1)
    assert following["symbol"].shape == (len(windows), size)
    assert (following["symbol"].sum(axis=1) == 1.0).all()
    one, _ = create_sequences(SONG, words)  # a file is read in beats
    np.testing.assert_array_equal(one, windows[: len(one)])
    with pytest.raises(UsageError, match="corpus is in seconds, and the network reads beats"):
        create_sequences(load_corpus(SONGS, cache=cache), words)
    with pytest.raises(UsageError, match="in seconds, and beats are needed"):
        create_sequences(midi_to_notes(SONG), words)


def test_the_next_note_is_drawn_as_the_network_predicts(triplets: Model, notes: Any) -> None:
    read, _ = create_sequences(notes, triplets)
    following = np.concatenate([read[-1:, 1:], _last_row(triplets, notes)], axis=1)
    logits = np.asarray(triplets.network(following)["pitch"])[0]
    chance = np.exp(logits - np.logaddexp.reduce(logits))
    drawn = [predict_next_note(notes, triplets, seed=seed)["pitch"][0] for seed in range(100)]
    counted = Counter(drawn)
    assert len(counted) > 20
    assert np.mean(np.log(chance[drawn])) == pytest.approx((chance * np.log(chance)).sum(), abs=0.2)
    cold = predict_next_note(notes, triplets, {"pitch": 0.01}, seed=1)
    # One that is as likely may be drawn: at 0.01 a logit that is 0.1 less has a chance of e^-10.
    assert logits.max() - logits[cold["pitch"]].item() < 0.1


def _last_row(model: Model, notes: Any) -> Any:
    """Return the last note of a table as a window of one row, (1, 1, fields)."""
    from antiphon_training.notebook.music import notes_of

    return model.codec.encode(notes_of(notes))[None, -1:] + 1


def test_the_next_note_follows_the_last(triplets: Model, notes: Any) -> None:
    table = predict_next_note(notes, triplets, 0.8, seed=3)
    assert list(table.columns) == COLUMNS
    assert len(table) == 1
    assert table["start"][0] == pytest.approx(notes["start"].iloc[-1] + table["step"][0])
    assert len(predict_next_note(notes.head(0), triplets, seed=3)) == 1
    with pytest.raises(UsageError, match="no field 'velocity' to have a temperature; it has pitch"):
        predict_next_note(notes, triplets, {"velocity": 1.0})
    with pytest.raises(UsageError, match="temperature is out of range"):
        predict_next_note(notes, triplets, 0.0)


def test_the_next_word_may_be_a_chord(words: Model, notes: Any) -> None:
    tables = [predict_next_note(notes, words, seed=seed) for seed in range(40)]
    assert {len(table) for table in tables} > {1}
    for table in tables:
        assert table["start"].nunique() == 1
        assert table["step"].iloc[0] == pytest.approx(
            table["start"].iloc[0] - notes["start"].iloc[-1]
        )
        assert not table["step"].iloc[1:].any()
        assert table["step"].iloc[0] > 0.1  # a word of half a beat


def test_what_is_generated_goes_on_and_is_the_same_again(words: Model, notes: Any) -> None:
    added = generate(12, words, notes, temperature=0.9, seed=2)
    assert list(added.columns) == COLUMNS
    assert added["start"].nunique() == 12  # words, each of one or more notes
    assert added["start"].iloc[0] > notes["start"].iloc[-1]
    assert added.equals(generate(12, words, notes, temperature=0.9, seed=2))
    assert not added.equals(generate(12, words, notes, temperature=0.9, seed=3))


def test_a_run_gives_a_beginning_of_its_validation_pieces(words: Model) -> None:
    begun = pick_beginning(words, seed=4)
    assert begun["start"].iloc[0] == 0.0
    assert begun["start"].nunique() == 8
    assert len(generate(3, words, seed=4))
    with pytest.raises(UsageError, match="of no run"):
        pick_beginning(Model(words.network, words.codec))
    with pytest.raises(UsageError, match="no notes to continue"):
        generate(3, words, begun.head(0))


def test_the_same_call_goes_on_and_says_so_on_stdout(
    words: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words.run is not None
    again = train_model(words.run.parent / "words.toml", SONGS, words.run)
    out, err = capsys.readouterr()
    assert out.startswith("songs: 3 files, 312 notes")
    assert not err
    assert len(again.network.get_weights()) == len(words.network.get_weights()) > 3
    for new, old in zip(again.network.get_weights(), words.network.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_the_history_has_a_row_an_epoch(words: Model) -> None:
    assert words.run is not None
    table = history(words.run)
    steps = np.diff(table.index, prepend=0.0)
    assert len(steps) >= 2
    assert np.allclose(steps, steps[0], atol=2e-3), "the parts of an epoch are equally long"
    assert float(table.index[-1]).is_integer()
    assert {"loss", "val_loss", "accuracy"} <= set(table.columns)


def test_the_shipped_instrument_is_a_keras_model_too(notes: Any) -> None:
    house = load_model("house")
    assert house.codec.fields == ("pitch", "step", "duration", "velocity")
    with pytest.raises(UsageError, match="reads no windows"):
        create_sequences(notes, house)
    table = predict_next_note(notes.head(10), house, seed=1)
    inside = Model(house.network, house.codec)  # by Keras, not by ONNX Runtime
    same = predict_next_note(notes.head(10), inside, seed=1)
    assert same["pitch"].tolist() == table["pitch"].tolist()
    np.testing.assert_allclose(same["start"], table["start"], atol=0.05)
    assert len(generate(2, house, notes.head(10))) == 2


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is no training run"):
        load_model(tmp_path)
