"""Make the memory of an instrument that is exported, from the corpora that it learned from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon_export.memory.pieces import sample_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec
    from antiphon_export.memory.fitted import Memory

    Say = Callable[[str], None]
    Folders = Mapping[Path, Sequence[str] | None]


def can_remember(card: Card, codec: Codec) -> bool:
    """Tell whether an instrument can have a memory: fields, and a state that holds the past."""
    return card.context["kind"] == "stream" and codec.fields[0] == "pitch"


def memory_for(network: Any, codec: Codec, folders: Folders, card: Card, say: Say) -> Memory | None:
    """Return a memory that is fitted on pieces of corpora; None where there are none.

    Parameters
    ----------
    network : Keras model
        The network, not changed.
    codec : Codec
        Its codec.
    folders : mapping of Path to (sequence of str or None)
        The corpora, and the tracks that are read of each.
    card : Card
        Which of their pieces the network did not learn from.
    say : callable
        Shows a sentence.
    """
    if not folders:
        say("no memory is fitted: name the corpora that it learned from with --corpus")
        return None
    say("fitting a memory")
    pieces = sample_pieces(folders, codec, card, say)
    if not pieces:
        say("  the pieces are too short to remember anything")
        return None
    from antiphon_export.memory.fitting import fit_memory

    return fit_memory(network, codec, pieces, say)


def corpora_of(card: Card, now: Sequence[Path]) -> dict[Path, Sequence[str] | None]:
    """Return the folders of an instrument's corpora that are there, and their tracks."""
    known = {str(entry.get("name")): entry.get("tracks") for entry in card.corpus}
    return {path: known[path.resolve().name] for path in now if path.resolve().name in known}


def corpora_of_run(
    corpora: Sequence[Mapping[str, Any]], moved: Sequence[Path]
) -> dict[Path, Sequence[str] | None]:
    """Return the folders of a run's corpora that are there, and their tracks."""
    now = {path.resolve().name: path for path in moved}
    folders = {now.get(c["name"], Path(c["folder"])): c["tracks"] or None for c in corpora}
    return {folder: tracks for folder, tracks in folders.items() if folder.is_dir()}
