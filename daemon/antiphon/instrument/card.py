"""The card inside an instrument file: what it is, what it learned from, what it needs.

A card is JSON under the metadata key `CARD_KEY`. A schema of a higher number
than `SCHEMA` is refused; within a schema, cards may gain keys (kept in
`Card.extra`) and graphs may gain inputs, as long as the card declares a neutral
value to feed where the host does not know them (`Card.inputs_neutral`).
Shapes never count the batch axis, which comes first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.errors import InstrumentError

CARD_KEY = "antiphon_card"
SCHEMA = 1

_DTYPES = ("float32", "int32", "int64", "bool")
_AGAIN = "export it again with `antiphon export`, or choose another instrument"

# Every key that a card must have, and the JSON type of its value.
_PARTS: dict[str, type] = {
    "schema": int,
    "name": str,
    "codec": dict,
    "state": list,
    "context": dict,
    "inputs_required": list,
    "corpus": list,
    "licence": str,
    "recipe": dict,
    "training": dict,
    "heldout": dict,
    "precision": str,
    "created": str,
}


@dataclass(frozen=True, slots=True)
class StateTensor:
    """One tensor that a step reads as `name` and returns as `name`_next."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NeutralInput:
    """An input that this version need not know.

    Attributes
    ----------
    name : str
        Its name in the graph.
    shape : tuple of int
        Its shape without the batch axis.
    dtype : str
        A NumPy dtype: float32, int32, int64 or bool.
    neutral : float
        The value that fills it and leaves the music unchanged.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    neutral: float


@dataclass(frozen=True)
class Card:
    """What an instrument says about itself.

    Attributes
    ----------
    name : str
        What to call the instrument.
    codec : mapping
        The codec's tables (`antiphon.music.codecs.registry.codec_from_table`).
    state : tuple of StateTensor
        What a step carries over to the next.
    context : mapping
        `kind` is "stream" (the state holds the past) or "window".
    inputs_required : tuple of str
        Inputs that a host must feed.
    corpus : tuple of mapping
        What it learned from: name, licence, attribution, files, notes.
    licence : str
        The licence of the instrument itself.
    recipe, training : mapping
        How it was trained, and what that took.
    heldout : mapping
        For each held-out set: `nats` by field and total, `notes`, `files`.
    precision : str
        "int8" or "fp32".
    created : str
        When it was exported, ISO 8601.
    inputs_neutral : tuple of NeutralInput
        Further inputs, with what to feed a graph whose host does not know them.
    extra : mapping
        Keys that this version does not know, kept as they are.
    """

    name: str
    codec: Mapping[str, Any]
    state: tuple[StateTensor, ...]
    context: Mapping[str, Any]
    inputs_required: tuple[str, ...]
    corpus: tuple[Mapping[str, Any], ...]
    licence: str
    recipe: Mapping[str, Any]
    training: Mapping[str, Any]
    heldout: Mapping[str, Any]
    precision: str
    created: str
    inputs_neutral: tuple[NeutralInput, ...] = ()
    schema: int = SCHEMA
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the card as JSON values."""
        card: dict[str, Any] = {key: getattr(self, key) for key in _PARTS}
        card["state"] = [{"name": s.name, "shape": list(s.shape)} for s in self.state]
        card["inputs_required"] = list(self.inputs_required)
        card["corpus"] = [dict(c) for c in self.corpus]
        card["inputs_neutral"] = [
            {"name": i.name, "shape": list(i.shape), "dtype": i.dtype, "neutral": i.neutral}
            for i in self.inputs_neutral
        ]
        return {**card, **self.extra}

    def to_json(self) -> str:
        """Return the card as the text to keep under `CARD_KEY`."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def read_card(metadata: Mapping[str, str]) -> Card:
    """Return the card that a file's metadata holds.

    Raises
    ------
    InstrumentError
        There is no card, it is no JSON object, it is of a newer schema, or a
        part is missing or of the wrong kind; the sentence says which.
    """
    text = metadata.get(CARD_KEY)
    if text is None:
        raise InstrumentError(
            "This ONNX file is no Antiphon instrument, for it carries no card; "
            "choose a file that `antiphon export` has written."
        )
    try:
        card = json.loads(text)
    except ValueError as error:
        raise InstrumentError(
            f"The instrument's card is not readable ({error}); {_AGAIN}."
        ) from error
    if not isinstance(card, dict):
        raise InstrumentError(f"The instrument's card is not a JSON object; {_AGAIN}.")
    _check_schema(card)
    _check_parts(card)
    known = {*_PARTS, "inputs_neutral"}
    return Card(
        **{
            **{key: card[key] for key in _PARTS},
            "state": tuple(_state_tensor(item) for item in card["state"]),
            "inputs_required": tuple(_text(item) for item in card["inputs_required"]),
            "corpus": tuple(_mapping(item) for item in card["corpus"]),
            "inputs_neutral": tuple(_neutral(i) for i in _list(card.get("inputs_neutral", []))),
            "extra": {key: value for key, value in card.items() if key not in known},
        }
    )


def _check_schema(card: Mapping[str, Any]) -> None:
    """Refuse a card that a later Antiphon wrote."""
    schema = card.get("schema")
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise InstrumentError(
            f"The instrument's card is of schema {schema}, and this version of Antiphon reads "
            f"schemas up to {SCHEMA}; update Antiphon."
        )


def _check_parts(card: Mapping[str, Any]) -> None:
    """Refuse a card that lacks a part, or holds one of the wrong kind."""
    missing = [key for key in _PARTS if key not in card]
    if missing:
        raise InstrumentError(f"The instrument's card lacks {', '.join(missing)}; {_AGAIN}.")
    wrong = [key for key, kind in _PARTS.items() if not isinstance(card[key], kind)]
    if not wrong and "kind" not in card["context"]:
        wrong.append("context")
    if card["schema"] is True or (isinstance(card["schema"], int) and card["schema"] < 1):
        wrong.append("schema")
    if wrong:
        raise InstrumentError(
            f"The instrument's card holds the wrong kind of value for {', '.join(wrong)}; {_AGAIN}."
        )


def _state_tensor(item: object) -> StateTensor:
    """Return one entry of the card's `state`."""
    entry = _mapping(item)
    return StateTensor(_text(entry.get("name")), _shape(entry.get("shape")))


def _neutral(item: object) -> NeutralInput:
    """Return one entry of the card's `inputs_neutral`."""
    entry = _mapping(item)
    dtype, neutral = _text(entry.get("dtype")), entry.get("neutral")
    if dtype not in _DTYPES or not isinstance(neutral, (int, float)):
        raise InstrumentError(
            f"The instrument's card gives no neutral value for its input {entry.get('name')!r}, "
            f"or an unknown dtype; {_AGAIN}."
        )
    return NeutralInput(_text(entry.get("name")), _shape(entry.get("shape")), dtype, float(neutral))


def _shape(value: object) -> tuple[int, ...]:
    """Return a shape without free axes."""
    axes = _list(value)
    if not all(isinstance(a, int) and not isinstance(a, bool) and a >= 0 for a in axes):
        raise InstrumentError(f"The instrument's card holds a shape {value!r}; {_AGAIN}.")
    return tuple(axes)


def _mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or refuse the card."""
    if not isinstance(value, dict):
        raise InstrumentError(
            f"The instrument's card holds {value!r} where an object should be; {_AGAIN}."
        )
    return value


def _list(value: object) -> list[Any]:
    """Return a JSON array, or refuse the card."""
    if not isinstance(value, list):
        raise InstrumentError(
            f"The instrument's card holds {value!r} where a list should be; {_AGAIN}."
        )
    return value


def _text(value: object) -> str:
    """Return a JSON string, or refuse the card."""
    if not isinstance(value, str):
        raise InstrumentError(
            f"The instrument's card holds {value!r} where a name should be; {_AGAIN}."
        )
    return value
