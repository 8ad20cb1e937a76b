"""`antiphon info`: show the card of an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from antiphon.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.instrument import Card


TOLD_ELSEWHERE = "corpus.sources."
"""The beginning of keys of a recipe that are shown with each corpus."""


def info(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.onnx]", help="The instrument; by default the shipped one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole card as JSON.")] = False,
) -> None:
    """Show what an instrument is, and what it learned from."""
    from antiphon.instrument import load_card
    from antiphon.resources import find_instrument

    card = load_card(find_instrument(file or "house"))
    if as_json:
        import json

        typer.echo(json.dumps(card.to_dict(), indent=2, ensure_ascii=False))
    else:
        for line in _lines(card):
            typer.echo(line)


def _lines(card: Card) -> Iterator[str]:
    """Yield a card as text."""
    yield f"{card.name} ({card.precision}, made {card.created})"
    yield f"licence    {card.licence}"
    yield f"codec      {card.codec.get('name', '?')}, context: {card.context.get('kind', '?')}"
    state = ", ".join(f"{tensor.name} {list(tensor.shape)}" for tensor in card.state)
    yield f"state      {state or 'none'}"
    yield from _mapping("recipe", card.recipe)
    yield from _mapping("training", card.training)
    yield "learned from"
    for corpus in card.corpus:
        yield f"  {_corpus(corpus)}"
    yield from _heldout(card.heldout, (*card.codec.get("fields", ()), "total"))


def _mapping(name: str, mapping: Mapping[str, Any]) -> Iterator[str]:
    """Yield a mapping, a key a line; those of mappings in it by dotted keys."""
    flat = list(_flat(mapping))
    if flat:
        yield name
        width = max(len(key) for key, _ in flat)
        for key, value in flat:
            yield f"  {key:{width}}  {_plain(value)}"


def _flat(mapping: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested mappings by dotted keys, as a recipe names them."""
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif value is not None and not (prefix + key).startswith(TOLD_ELSEWHERE):
            yield prefix + key, value


def _plain(value: Any) -> str:
    """Return a value as text: a list as its parts, numbers in few digits."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _corpus(corpus: Mapping[str, Any]) -> str:
    """Return one line about a corpus."""
    parts = [str(corpus.get("name", "?"))]
    nouns = {"files": "file", "notes": "note"}
    parts += [how_many(corpus[key], noun) for key, noun in nouns.items() if key in corpus]
    parts += [str(corpus[key]) for key in ("licence", "attribution") if corpus.get(key)]
    return ", ".join(parts)


def _heldout(heldout: Mapping[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    """Yield the held-out figures as a table."""
    if not heldout:
        return
    yield "held out, nats a note"
    width = max(len("set"), *(len(name) for name in heldout))
    yield f"  {'set':{width}}" + "".join(f"{field:>10}" for field in fields) + "     notes"
    for name, figures in heldout.items():
        nats = figures.get("nats", {})
        cells = "".join(
            f"{nats[field]:10.3f}" if field in nats else f"{'-':>10}" for field in fields
        )
        yield f"  {name:{width}}{cells}{figures.get('notes', '-'):>10}"
