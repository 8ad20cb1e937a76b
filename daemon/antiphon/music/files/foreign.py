"""Files that are called .mid and are something else: what they are, by their first bytes."""

from __future__ import annotations

PATTERNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\x00", "an xz file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"WAVE", "a WAV recording"),
    (8, b"AVI ", "an AVI film"),
    (8, b"sfbk", "a SoundFont"),
    (8, b"AIF", "an AIFF recording"),
    (0, b"fLaC", "a FLAC recording"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"ID3", "an MP3 recording"),
    (0, b"\xff\xfb", "an MP3 recording"),
    (0, b"\xff\xfa", "an MP3 recording"),
    (0, b"\xff\xf3", "an MP3 recording"),
    (0, b"\xff\xf2", "an MP3 recording"),
    (0, b"\xff\xf1", "an AAC recording"),
    (4, b"ftyp", "an MPEG-4 recording"),
    (0, b"\x1aE\xdf\xa3", "a Matroska film"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program for Windows"),
    (0, b"\x18FICHIER GUITAR PRO", "a Guitar Pro score"),
    (0, b"XMF_", "an XMF file"),
    (0, b"X:", "a tune in ABC"),
    (0, b"**kern", "a Humdrum score"),
    (0, b"version https://git-lfs", "a pointer of Git LFS to a file that was not fetched"),
)
"""Offset, bytes that stand there, and what the file is, as the rest of a sentence."""

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"<head", "a web page (HTML)"),
    (b"<body", "a web page (HTML)"),
    (b"<score-partwise", "a score in MusicXML"),
    (b"<svg", "an SVG picture"),
    (b"<?xml", "an XML document"),
    (b"<", "a page of HTML or XML"),
    (b"{", "a JSON document"),
    (b"[", "a JSON document"),
)
"""What text begins with, in lower case, behind blanks and byte-order marks."""

INSIDE_XML: tuple[tuple[bytes, str], ...] = (
    (b"<score-partwise", "a score in MusicXML"),
    (b"<score-timewise", "a score in MusicXML"),
    (b"<html", "a web page (HTML)"),
    (b"<svg", "an SVG picture"),
)
LOOKED_AT = 4096
BLANKS = b" \t\r\n\x0b\x0c"
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""Byte-order marks of UTF-8 and of UTF-16, both ways round."""


def what_it_is(content: bytes) -> str | None:
    """Return what a file is that is no MIDI file, in a few words; None where that is not known."""
    head = content[:LOOKED_AT]
    for offset, pattern, name in PATTERNS:
        if head.startswith(pattern, offset):
            return name
    if not head.strip(b"\x00"):
        return "nothing but zeros"
    return _what_text(head)


def without_mark(content: bytes) -> bytes:
    """Return the content behind a byte-order mark, where it has one."""
    for mark in MARKS:
        if content.startswith(mark):
            return content[len(mark) :]
    return content


def _what_text(head: bytes) -> str | None:
    """Return what kind of text a file is; None where it is none."""
    text = without_mark(head).replace(b"\x00", b"").strip(BLANKS).lower()
    for beginning, name in BEGINNINGS:
        if text.startswith(beginning):
            inside = (found for tag, found in INSIDE_XML if tag in text)
            return next(inside, name) if beginning == b"<?xml" else name
    printable = all(byte >= 0x20 or byte in BLANKS for byte in text)
    return "text" if text and printable and _is_utf_8(head) else None


def _is_utf_8(head: bytes) -> bool:
    """Return whether bytes are UTF-8, but for a character that the end cuts."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True
