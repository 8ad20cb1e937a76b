"""Read an ONNX file's metadata without loading its graph.

A card is read in a millisecond, without onnxruntime, and a file that is no
instrument is refused before anything tries to run it. An ONNX file is a
protobuf message `ModelProto` (onnx.proto3): a row of fields, each a tag
(number << 3 | wire type), then a varint or a length and that many bytes. Of
these, `graph` (7) is skipped and `metadata_props` (14) are kept.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from antiphon.errors import InstrumentError
from antiphon.instrument.card import Card, read_card
from antiphon.instrument.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields

_IR_VERSION, _GRAPH, _METADATA = 1, 7, 14
_KEY, _VALUE = 1, 2


def load_card(path: str | os.PathLike[str]) -> Card:
    """Return the card of an instrument file.

    Raises
    ------
    InstrumentError
        The file is missing, is no ONNX file, or has no valid card.
    """
    return read_card(read_metadata(path))


def read_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the metadata of an ONNX file.

    Raises
    ------
    InstrumentError
        The file cannot be read, or is no ONNX file.
    """
    try:
        with Path(path).open("rb") as file:
            return _walk(file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise InstrumentError(
            f"The instrument {os.fspath(path)} cannot be read ({error.strerror}); "
            "check its path and permissions."
        ) from error
    except (ValueError, EOFError) as error:
        raise InstrumentError(
            f"The file {os.fspath(path)} is no ONNX file, or only a part of one; choose a file "
            "that `antiphon export` has written."
        ) from error


def _walk(file: BinaryIO, size: int) -> dict[str, str]:
    """Return the metadata, and check that the fields fill the file to its end."""
    metadata: dict[str, str] = {}
    seen = set()
    while file.tell() < size:
        number, kind = divmod(_varint(file), 8)
        seen.add(number)
        if number == _METADATA and kind == BYTES:
            key, value = _entry(_take(file, _varint(file)))
            metadata[key] = value
        else:
            _skip(file, kind, size)
    if not {_IR_VERSION, _GRAPH} <= seen:
        raise ValueError("no graph")
    return metadata


def _entry(data: bytes) -> tuple[str, str]:
    """Return key and value of one `StringStringEntryProto`."""
    texts = {_KEY: "", _VALUE: ""}
    texts |= {number: str(content, "utf-8") for number, _, content in fields(memoryview(data))}
    return texts[_KEY], texts[_VALUE]


def _skip(file: BinaryIO, kind: int, size: int) -> None:
    """Move past one field."""
    if kind == VARINT:
        _varint(file)
        return
    lengths = {FIXED64: 8, FIXED32: 4}
    length = _varint(file) if kind == BYTES else lengths.get(kind)
    if length is None or file.seek(length, os.SEEK_CUR) > size:
        raise ValueError(f"wire type {kind}")


def _varint(file: BinaryIO) -> int:
    """Return the base-128 number that comes next."""
    number = 0
    for shift in range(0, 64, 7):
        byte = _take(file, 1)[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number
    raise ValueError("a varint of more than 64 bits")


def _take(file: BinaryIO, length: int) -> bytes:
    """Return exactly `length` bytes."""
    data = file.read(length)
    if len(data) < length:
        raise EOFError
    return data
