"""`antiphon corpus`: what a folder of music holds, and what of it cannot be used.

Imported for `antiphon --help` too, so all that is heavy loads inside.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer


def corpus(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of MIDI files.")],
    track: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only tracks of this name.")
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where parsed corpora are kept; by default the user's cache."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a folder of MIDI files holds, and what of it cannot be used."""
    from antiphon_training.corpora.corpus import load_corpus
    from antiphon_training.corpora.licences import corpus_licence
    from antiphon_training.corpora.split import missing_heldout, split_corpora
    from antiphon_training.fitting.progress import parsing

    with parsing(folder.name, _quiet(ctx)) as progress:
        loaded = load_corpus(folder, track, cache=cache, progress=progress)
    told = {
        "name": loaded.name,
        "files": len(loaded.files),
        "notes": len(loaded.notes),
        "hours": round(loaded.seconds / 3600.0, 2),
        "heldout": len(split_corpora([loaded], 0.0)[0].heldout),
        "tracks": track or None,
        **corpus_licence(folder),
        "defects": [{"file": d.file, "reason": d.reason} for d in loaded.defects],
        "heldout_missing": missing_heldout(loaded),
    }
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for line in _lines(told):
        typer.echo(line)


def _lines(told: dict[str, Any]) -> list[str]:
    """Return a corpus as text, a fact or a defect a line."""
    facts = [
        ("files", f"{told['files']}, {told['heldout']} of them held out"),
        ("notes", f"{told['notes']:,}"),
        ("hours", f"{told['hours']:.1f}"),
        *((key, told[key] or "not told") for key in ("licence", "attribution", "source")),
    ]
    lines = [told["name"], *(f"  {key:12}{value}" for key, value in facts)]
    lines += [f"  left out: {d['file']} {d['reason']}" for d in told["defects"]]
    return lines + [f"  heldout.txt lists {file}, which is not there" for file in
                    told["heldout_missing"]]  # fmt: skip


def _quiet(ctx: typer.Context) -> bool:
    """Return whether to say nothing on the way; no context, no wish."""
    return bool(ctx.obj and ctx.obj.quiet)
