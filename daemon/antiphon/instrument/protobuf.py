"""Protobuf messages as bytes, read and put together without a library.

A message is a row of fields, each a tag (number << 3 | wire type), then a varint or
a length and that many bytes (https://protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

_FIXED = {FIXED64: 8, FIXED32: 4}


def fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield the number of each field, the whole field, and the content of one of bytes.

    The content of any other field is empty.

    Raises
    ------
    ValueError
        It is no message.
    """
    at = 0
    while at < len(message):
        first = at
        tag, at = _varint(message, at)
        content = message[:0]
        kind = tag & 7
        if kind == VARINT:
            _, at = _varint(message, at)
        elif kind == BYTES:
            length, at = _varint(message, at)
            content, at = message[at : at + length], at + length
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            raise ValueError(f"wire type {kind}")
        if at > len(message):
            raise ValueError("the message ends within a field")
        yield tag >> 3, message[first:at], content


def field(number: int, content: bytes) -> bytes:
    """Return a field of bytes."""
    return _as_varint(number << 3 | BYTES) + _as_varint(len(content)) + content


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the base-128 number at a place, and the place after it."""
    number = 0
    for shift in range(0, 64, 7):
        if at >= len(message):
            raise ValueError("the message ends within a number")
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise ValueError("a varint of more than 64 bits")


def _as_varint(number: int) -> bytes:
    """Return a number in base 128, the lowest digits first."""
    digits = bytearray()
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)
