"""Names of composers: which folders bear one, and which names mean the same person.

Collections keep a folder a composer at any depth: `chopin/a.mid`,
`archive/classical-music-midi/chopin/a.mid`, or the composer's folder alone. So the
composers are on the level of folders that has the most well-known names. Where no folder
has such a name, they are the first folders that are not all one.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from antiphon.file_names import readable
from antiphon_training.corpora.folder import composed
from antiphon_training.corpora.piece import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from antiphon_training.corpora.folder import Listing

_SURNAMES = """
    albeniz alkan arensky babajanian bach balakirev barber bartok beethoven bellini berlioz
    bizet blake boccherini bolling borodin brahms bruckner burgmuller busoni buxtehude byrd
    chabrier chaminade chopin clementi confrey copland corelli couperin cramer czerny debussy
    delibes diabelli dohnanyi dukas dussek dvorak elgar faure franck frescobaldi gershwin
    ginastera glazunov glinka gluck godowsky gottschalk gounod granados grieg handel haydn
    hindemith hummel janacek joplin kabalevsky khachaturian kreisler kuhlau liadov liszt lully
    lyapunov macdowell mahler massenet medtner mendelssohn messiaen monteverdi moscheles
    moszkowski mozart mussorgsky nielsen offenbach pachelbel paderewski paganini palestrina
    pergolesi poulenc prokofiev puccini purcell rachmaninoff rameau ravel reger respighi rossini
    rubinstein saint-saens satie scarlatti schoenberg schubert schumann scriabin shostakovich
    sibelius sinding smetana soler stravinsky szymanowski taneyev tchaikovsky telemann
    thalberg verdi vivaldi wagner webern
"""
KNOWN = frozenset(_SURNAMES.split())
"""Surnames that a folder is taken for a composer's by, without accents."""

SPELLINGS: Mapping[str, str] = {
    "balak": "balakirev", "balakir": "balakirev", "beeth": "beethoven", "borod": "borodin",
    "burgm": "burgmuller", "burgmueller": "burgmuller", "haendel": "handel",
    "mendel": "mendelssohn", "mendelsonn": "mendelssohn", "mendelssohn-bartholdy": "mendelssohn",
    "moussorgsky": "mussorgsky", "muss": "mussorgsky", "mussorgskij": "mussorgsky",
    "prokofieff": "prokofiev", "rachmaninov": "rachmaninoff", "rachmaninow": "rachmaninoff",
    "rachmaninof": "rachmaninoff", "rach": "rachmaninoff", "schonberg": "schoenberg",
    "schub": "schubert", "schum": "schumann", "skrjabin": "scriabin", "skryabin": "scriabin",
    "scriabine": "scriabin", "strawinsky": "stravinsky", "tchai": "tchaikovsky",
    "tchaikowsky": "tchaikovsky", "tschai": "tchaikovsky", "tschaikovsky": "tchaikovsky",
    "tschaikowsky": "tchaikovsky", "tschaikowski": "tchaikovsky", "chaikovsky": "tchaikovsky",
}  # fmt: skip
"""Other spellings of a surname, and how collections shorten it."""


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name in one spelling: no case, no accents, no punctuation."""
    # Bytes that are not UTF-8 are spelt out in what is shown; most are of Latin-1.
    spelt = re.sub(r"\\x([89a-f][0-9a-f])", lambda byte: chr(int(byte[1], 16)), readable(name))
    plain = unicodedata.normalize("NFKD", spelt.casefold())
    letters = "".join(
        letter if letter.isalnum() or letter == "-" else " "
        for letter in plain
        if not unicodedata.combining(letter)
    )
    whole = [word.strip("-") for word in letters.split()]
    parts = [part for word in whole for part in (word, *word.split("-"))]
    return frozenset(SPELLINGS.get(word, word) for word in parts if word)


def is_by(composer: str | None, asked: Sequence[str] | None, *, unknown: bool = False) -> bool:
    """Return whether a composer's name has all words of one of the names asked for.

    `unknown` is the answer where the composer is not known.
    """
    if not asked:
        return True
    if composer is None:
        return unknown
    words = words_of(composer)
    return any(words_of(name) <= words for name in asked)


def chosen_composers(asked: Iterable[str] | None) -> list[str] | None:
    """Return the names asked for; None where these are all, as by the name `any`.

    Then pieces that name no composer are read too.
    """
    names = list(asked or ())
    return None if any(name.casefold() == ANY for name in names) else names or None


def composers_by_folder(listing: Listing, asked: Sequence[str] | None = None) -> dict[str, str]:
    """Return the composer of each file whose folders name one, by the file's composed name.

    Parameters
    ----------
    listing : Listing
        The files; the folder itself may be a composer's.
    asked : sequence of str, optional
        Names that are looked for in all folders, where no composer is called so.
    """
    above = _own_names(listing)
    folders = {file: PurePosixPath(file).parts[:-1] for file in listing.files}
    found = _by_level(above, folders)
    if asked and not any(is_by(composer, asked) for composer in found.values()):
        for file, parts in folders.items():
            named = [part for part in (*above, *parts) if is_by(part, asked)]
            if named:
                found[file] = named[0]
    return {composed(file): composed(readable(name)) for file, name in found.items()}


def _own_names(listing: Listing) -> list[str]:
    """Return the folder's own name, and the one that a link gives it."""
    names = [listing.folder.name, listing.folder.resolve().name]
    return list(dict.fromkeys(name for name in names if name))


def _by_level(above: Sequence[str], folders: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the composer of each file that has one, by the best level of folders."""
    known: dict[int, set[str]] = {}
    for parts in folders.values():
        for level, part in enumerate(parts):
            if words_of(part) & KNOWN:
                known.setdefault(level, set()).add(part)
    most = max(known, key=lambda level: (len(known[level]), -level), default=0)
    alone = len(known.get(most, ())) < 2
    own = [name for name in above if words_of(name) & KNOWN]
    if own and alone:
        return dict.fromkeys(folders, own[0])
    first = _first_level(folders.values())
    level = first if alone and (most not in known or most > first) else most
    return {
        file: parts[level]
        for file, parts in folders.items()
        if len(parts) > level and not parts[level].isdigit()
    }


def _first_level(folders: Iterable[tuple[str, ...]]) -> int:
    """Return the first level on which the files have several folders, or else the last."""
    paths = list(folders)
    shared = 0
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            return shared
        shared += 1
    return max(shared - 1, 0)
