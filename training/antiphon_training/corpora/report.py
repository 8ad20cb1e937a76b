"""The report on a corpus, as values for JSON and as lines of text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from antiphon.wording import how_many
from antiphon_training.corpora.licences import corpus_licence, licence_file
from antiphon_training.corpora.piece import COUNTED, in_words
from antiphon_training.corpora.split import missing_heldout, split_corpora

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antiphon_training.corpora.corpus import Corpus

MOST_NAMES, MOST_TRACKS = 10, 6
"""Most composers and keys, and most tracks, in a line; `--json` has them all."""


def report(corpus: Corpus, tracks: Sequence[str] | None, *, keys: bool = False) -> dict[str, Any]:
    """Return the report on a corpus, as values for JSON.

    Parameters
    ----------
    corpus : Corpus
        It may have defects alone.
    tracks : sequence of str or None
        The tracks that the user named.
    keys : bool
        Whether to estimate the key of each piece.
    """
    split = split_corpora([corpus], 0.0)[0]
    placed = sum(len(side) for side in (split.train, split.valid, split.heldout))
    sides = Counter(side for side in corpus.own_split if side)
    text = licence_file(corpus.folder)
    values = {
        "name": corpus.name,
        "layout": corpus.layout,
        "files": len(corpus.files),
        "notes": len(corpus.notes),
        "hours": round(corpus.seconds / 3600.0, 2),
        "heldout": len(split.heldout),
        "same_as_heldout": len(corpus.files) - placed,
        "own_split": dict(sides) if sides.keys() - {"heldout"} else None,
        "composers": _common(Counter(name for name in corpus.composers if name)),
        "tracks": tracks or None,
        "tracks_there": corpus.tracks,
        **corpus_licence(corpus.folder),
        "licence_file": text.name if text else None,
        "counts": corpus.counts,
        "other_files": corpus.other,
        "listed_but_missing": corpus.missing,
        "remarks": [{"file": remark.file, "text": remark.text} for remark in corpus.remarks],
        "defects": [{"file": defect.file, "reason": defect.reason} for defect in corpus.defects],
        "heldout_missing": missing_heldout(corpus),
    }
    if keys:
        values["keys"] = _common(Counter(_keys(corpus)))
    return values


def report_lines(values: Mapping[str, Any]) -> list[str]:
    """Return the lines of a report: a fact, a remark or a defect each."""
    facts = [
        ("layout", values["layout"]),
        ("files", f"{values['files']:,}, {values['heldout']:,} of them held out"),
        ("notes", f"{values['notes']:,}"),
        ("hours", f"{values['hours']:.1f}"),
        ("split", _own_split(values["own_split"])),
        ("composers", _names(values["composers"])),
        ("tracks", _names(values["tracks_there"], MOST_TRACKS)),
        ("keys", _names(values.get("keys", {}))),
        *((key, values[key] or "unknown") for key in ("licence", "attribution", "source")),
        ("in full", values["licence_file"]),
    ]
    lines = [values["name"], *(f"  {key:12}{value}" for key, value in facts if value)]
    lines += [f"  drawn: {path}" for path in values.get("plots", ())]
    lines += [f"  {count:,} {COUNTED[kind]}" for kind, count in values["counts"].items()]
    if values["same_as_heldout"]:
        lines.append(
            f"  {how_many(values['same_as_heldout'], 'file is', 'files are')} of pieces that are "
            "held out, and not trained on"
        )
    if values["other_files"]:
        kinds = ", ".join(f"{n:,} {suffix}" for suffix, n in values["other_files"].items())
        lines.append(f"  other files, which are no music that can be read: {kinds}")
    if values["listed_but_missing"]:
        missing = how_many(values["listed_but_missing"], "file that is", "files that are")
        lines.append(f"  its table lists {missing} not there")
    lines += [f"  {remark['file']} {remark['text']}" for remark in values["remarks"]]
    lines += [f"  left out: {defect['file']} {defect['reason']}" for defect in values["defects"]]
    missing = values["heldout_missing"]
    return lines + [f"  heldout.txt lists {file}, which is not there" for file in missing]


def _keys(corpus: Corpus) -> list[str]:
    from antiphon_training.harmony.keys import estimate_key

    found = (estimate_key(corpus.piece(index)) for index in range(len(corpus.files)))
    return [key.name if key else "none" for key in found]


def _common(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())


def _own_split(sides: Mapping[str, int] | None) -> str:
    """Return the corpus' own split in words; an empty text where it has none."""
    named = {"train": "training", "valid": "validation", "heldout": "held out"}
    if not sides:
        return ""
    return "its own: " + ", ".join(f"{sides.get(side, 0):,} {word}" for side, word in named.items())


def _names(counts: Mapping[str, int], most: int = MOST_NAMES) -> str:
    """Return names and their counts, the most common first; an empty text without a name."""
    if not any(counts):
        return ""
    first = list(counts.items())[:most]
    text = ", ".join(f"{in_words(name)} ({count:,})" for name, count in first)
    more = len(counts) - len(first)
    return f"{text} and {more:,} more" if more else text
