"""Title, composer, copyright and other texts of a file, as its first track has them.

The first track of a file of type 1 names the piece where it has no notes, and so does the
only track of another; else its name is that of a part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.music.files import smf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_TEXTS = 8
"""Texts of a track that are read; some files have hundreds."""

LONGEST = 100
"""Characters of a text that are read; mido refuses one of a million bytes."""

REMARK = "@"
"""Begins a text of a program's own, as on scanned piano rolls."""

_NO_TITLE = re.compile(
    r"(untitled|no ?name|unnamed|new (song|project)|player.*|antiphon"
    r"|(tempo|conductor|control|master|meta|click|midi|note|sequence)([ _-]?(track|map))?"
    r"|(track|spur|piste|pista|staff|channel|part|seq|sequence)[ ._-]*\d*"
    r"|((grand|acoustic|electric|solo|stage) )*(piano|klavier|keyboard|keys|organ|melody|voice)\b.*"
    r"|(right|left)( hand)?|[rl]\.?h\.?)",
    re.IGNORECASE,
)
"""Names that programs give to tracks."""

_BY = re.compile(r"(?:composer|composed by|music by|words and music by|c:)\s*:?\s*(.+)", re.I)
_NAMES = (
    "albéniz albeniz bach balakirev bartók bartok beethoven borodin brahms bruckner burgmüller "
    "burgmueller chaminade chopin clementi couperin czerny debussy diabelli dvořák dvorak "
    "elgar fauré faure franck gershwin godowsky gottschalk granados grieg händel haendel handel "
    "haydn hummel joplin kabalevsky kuhlau liszt mahler massenet mendelssohn moszkowski mozart "
    "mussorgsky mussorgski pachelbel prokofiev purcell rachmaninoff rachmaninov rameau ravel "
    "reger rossini satie scarlatti schubert schumann scriabin shostakovich sibelius sinding "
    "smetana sousa strauss stravinsky tchaikovsky telemann verdi vivaldi wagner weber wolf"
)
COMPOSERS = frozenset(_NAMES.split())
"""Family names after which a plain text is a composer's name."""

LONGEST_PERSON = 5
"""Words of a name."""


def read_text(content: bytes) -> str:
    """Return a text as it was meant: files hold UTF-8 or Latin-1 and do not say which."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.strip()[:LONGEST].rstrip()


def caption_text(kind: int, content: bytes) -> bytes | None:
    """Return a meta event if it is a name, a text or a copyright, else None."""
    text = read_text(content) if kind in (smf.NAME, smf.TEXT, smf.COPYRIGHT) else ""
    if not text or text.startswith(REMARK):
        return None
    return smf.meta(kind, text.encode("utf-8"))


@dataclass(frozen=True, slots=True)
class Caption:
    """What a file says of itself in words.

    Attributes
    ----------
    title : str
        The title of the piece; empty where none is told.
    composer : str
        Who wrote it; empty where nobody is named.
    rights : str
        The notice of copyright; empty where there is none.
    texts : tuple of str
        All texts but those, in order.
    """

    title: str = ""
    composer: str = ""
    rights: str = ""
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, track: Iterable[Any], *, alone: bool) -> Caption:
        """Return what the first track of a file says.

        Parameters
        ----------
        track : iterable of mido.Message
            Its events.
        alone : bool
            Whether it is the only track.
        """
        found: dict[str, list[str]] = {"track_name": [], "text": [], "copyright": []}
        plays = False
        for event in track:
            if event.type in found:
                said = " ".join((event.name if event.type == "track_name" else event.text).split())
                found[event.type] += [said] if said and said not in found[event.type] else []
            plays = plays or event.type == "note_on"
        names = [name for name in found["track_name"] if not _NO_TITLE.fullmatch(name)]
        composer, texts = _composer(found["text"])
        return cls(
            ", ".join(names) if alone or not plays else "",
            composer,
            "; ".join(found["copyright"]),
            tuple(texts),
        )

    def events(self) -> list[tuple[int, bytes]]:
        """Return its meta events but the title, each as its kind and content."""
        composer = self.composer
        if composer and not _is_person(composer):
            composer = f"Composer: {composer}"
        told = [(smf.COPYRIGHT, self.rights), (smf.TEXT, composer)]
        told += [(smf.TEXT, text) for text in self.texts]
        return [(kind, text.encode("utf-8")) for kind, text in told if text]


def _composer(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Return the composer whom some texts name, and the texts that do not."""
    for index, text in enumerate(texts):
        by = _BY.fullmatch(text)
        if by or _is_person(text):
            return by[1] if by else text, [*texts[:index], *texts[index + 1 :]]
    return "", list(texts)


def _is_person(text: str) -> bool:
    """Return whether a text is the name of a well-known composer."""
    words = text.split()
    return 0 < len(words) <= LONGEST_PERSON and words[-1].lower() in COMPOSERS
