"""The folder of a training run: `train` writes and resumes it, `export` reads it.

recipe.toml         the recipe, with its comments
codec.json          the codec's tables, with its vocabulary
origin.json         the instrument that the run continues, if it does
corpus.json         corpora: names, folders, licences, counts, held-out files
training.json       progress so far: epochs, notes, hours, losses
best.weights.h5     weights with the lowest validation loss
resume.npz          the state that a resumed run needs
log.csv             one line a checkpoint; tensorboard/ has the same as event files
tensorflow.log      messages of TensorFlow

Each file is written under another name first and then replaces the old one in one step,
so a kill or a full disk leaves either the old file or the new one.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from antiphon.errors import TrainingError
from antiphon.file_names import readable
from antiphon.whole_file import whole_file
from antiphon_training.corpora.licences import corpus_licence
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from antiphon.music.codecs.codec import Codec
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Split
    from antiphon_training.recipe import Recipe

RECIPE, CORPUS, TRAINING = "recipe.toml", "corpus.json", "training.json"
CODEC, ORIGIN = "codec.json", "origin.json"
BEST, RESUME, LOG = "best.weights.h5", "resume.npz", "log.csv"
TENSORBOARD, MESSAGES = "tensorboard", "tensorflow.log"

COMPARED = ("name", "tracks", "files", "notes", "valid", "heldout")
"""Keys of corpus.json that must be the same when a run is resumed."""


def make(run: Path) -> None:
    """Make the folder of a run where it is not there, and check that it can be written.

    Raises
    ------
    TrainingError
        It cannot be made or written.
    """
    if readable(str(run)) != str(run):
        raise TrainingError(
            f"TensorFlow cannot write to {run}, whose name is not UTF-8; name another --out folder."
        )
    try:
        run.mkdir(parents=True, exist_ok=True)
        probe = run / ".half-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise unwritable(run, error) from error


def prepare(
    run: Path,
    recipe: Recipe,
    corpora: Sequence[Corpus],
    splits: Sequence[Split],
    learned_share: float | None = None,
) -> None:
    """Write recipe and corpora of a run; check first that a resumed run has the same.

    Licences, folders, and the keys of a recipe that are not part of its essence
    (`Recipe.essence`) may change between resumptions. `learned_share` is the share of each
    piece that is trained on, where pieces are cut and not split.

    Raises
    ------
    TrainingError
        The folder holds a run of another recipe or other corpora, or cannot be written.
    """
    described = [
        _describe(corpus, split, recipe)
        | ({"learned_share": learned_share} if learned_share else {})
        for corpus, split in zip(corpora, splits, strict=True)
    ]
    if (run / RESUME).is_file():
        if read_recipe(run / RECIPE).essence() != recipe.essence():
            raise TrainingError(
                f"{run} holds a run with another recipe (its own is {run / RECIPE}); "
                "resume it with that one, or name another --out folder."
            )
        if _compared(read_json(run / CORPUS)) != _compared(described):
            raise TrainingError(
                f"{run} holds a run with other corpora ({run / CORPUS} lists them); "
                "resume it with the same ones in the same order, or name another --out folder."
            )
    try:
        text = recipe.as_toml()
        replace_by(run / RECIPE, lambda half: half.write_text(text, encoding="utf-8"))
        write_json(run / CORPUS, described)
    except OSError as error:
        raise unwritable(run, error) from error


def keep_codec(run: Path, codec: Codec) -> None:
    """Write the codec of a run.

    Raises
    ------
    TrainingError
        It cannot be written.
    """
    try:
        write_json(run / CODEC, codec.table())
    except OSError as error:
        raise unwritable(run, error) from error


def keep_origin(run: Path, summary: dict[str, Any]) -> None:
    """Write the summary of the instrument that a run continues.

    Raises
    ------
    TrainingError
        It cannot be written, or the run continues another instrument.
    """
    path = run / ORIGIN
    if path.is_file() and (run / RESUME).is_file() and read_json(path) != summary:
        raise TrainingError(
            f"{run} holds a run that continues another instrument; "
            "name that one, or another --out folder."
        )
    try:
        write_json(path, summary)
    except OSError as error:
        raise unwritable(run, error) from error


def _compared(described: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: corpus.get(key) for key in COMPARED} for corpus in described]


def _describe(corpus: Corpus, split: Split, recipe: Recipe) -> dict[str, Any]:
    source = recipe.corpus.sources.get(corpus.name)
    return {
        "name": corpus.name,
        "folder": str(corpus.folder.resolve()),
        **corpus_licence(corpus.folder),
        **(source.given() if source else {}),
        "tracks": recipe.corpus.tracks.get(corpus.name),
        "files": len(split.train),
        "notes": sum(len(corpus.piece(index)) for index in split.train),
        "valid": [corpus.files[index] for index in split.valid],
        "heldout": [corpus.files[index] for index in split.heldout],
    }


def unwritable(run: Path, error: OSError) -> TrainingError:
    """Return the error of a folder that cannot be written."""
    reason = error.strerror or "an error of the disk"
    reason = reason[:1].lower() + reason[1:]
    advice = (
        "what was kept before is whole: make room, and the same command resumes the run."
        if (run / RESUME).is_file()
        else "name another --out folder, or make room."
    )
    return TrainingError(f"{run} cannot be written ({reason}); {advice}")


def read_json(path: Path) -> Any:
    """Return the value of a JSON file of a run."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    # What is not UTF-8 in a file's name becomes an escape, which JSON reads back.
    replace_by(
        path, lambda half: half.write_text(text, encoding="utf-8", errors="backslashreplace")
    )


def replace_by(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write(half)` to write a file beside `path`, then replace `path` by it.

    Raises
    ------
    OSError
        It cannot be written; the old file stays, and no unfinished one is left.
    """
    # Keras wants its suffix .weights.h5: the unfinished file keeps the end of the name.
    with whole_file(path, sync=True) as half:
        write(half)


def trim_log(run: Path, parts_done: int) -> None:
    """Drop log lines of parts that no checkpoint has, so that a resumed log has no gap."""
    path = run / LOG
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    kept = [row for row in rows if row][: 1 + parts_done]  # a line of names, then one a part

    def write(half: Path) -> None:
        with half.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(kept if parts_done else [])

    replace_by(path, write)
