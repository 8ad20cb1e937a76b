"""Play a recorded session into the same stage, and compare what comes of it bit for bit.

A session's log (`antiphon.stage.log`) begins with a header: the version of the
format, the seed, the partner's settings, and the instrument with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from antiphon import __version__
from antiphon.errors import AntiphonError, InstrumentError
from antiphon.partner.sections import PartnerSections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.stage.log import Entry

FORMAT = 1


class _Nowhere:
    """An outlet that leaves everything unheard."""

    def send(self, data: bytes) -> None:
        """Send nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay came to.

    Attributes
    ----------
    notes : int
        How many notes of the partner's were compared.
    difference : tuple or None
        Time, entry then and entry now of the first step that came out otherwise.
    """

    notes: int
    difference: tuple[float, Any, Any] | None


def log_header(sections: PartnerSections, seed: int, instrument: Path) -> dict[str, Any]:
    """Return what a session's log begins with; reads the instrument, which takes its time."""
    return {
        "antiphon_log": FORMAT,
        "version": __version__,
        "seed": seed,
        "settings": msgspec.to_builtins(sections),
        "instrument": str(instrument.absolute()),
        "sha256": _digest(instrument),
    }


def replay(session: Path, instrument: Path | None = None) -> Outcome:
    """Step a session once more.

    Parameters
    ----------
    session : Path
        Its MIDI file or its log.
    instrument : Path, optional
        The instrument, where it no longer lies where it did.

    Raises
    ------
    AntiphonError
        There is no log, it cannot be read, or the instrument is not the same.
    """
    from antiphon.instrument import Predictor
    from antiphon.partner.partner import Partner
    from antiphon.stage import Stage
    from antiphon.stage.log import GIVEN, SUFFIX, TICK, StageLog, input_of

    path = session.with_suffix(SUFFIX)
    header, steps = _read(path)

    file = _instrument(header, instrument)
    predictor = Predictor(file)
    try:
        sections = msgspec.convert(header["settings"], PartnerSections)
        partner = Partner(predictor, predictor.codec, sections, seed=int(header["seed"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(path) from error
    log, notes = StageLog(), 0
    stage = Stage(partner, _Nowhere(), observers=[log])
    for index, (given, then) in enumerate(steps):
        try:
            time = float(given[1])
            if given[0] == TICK:
                stage.tick(time)
            else:
                stage.take(input_of(given), time)
        except (IndexError, TypeError, ValueError) as error:
            raise _broken(path) from error
        now = [entry for entry in log.entries() if entry[0] not in GIVEN]
        if index == len(steps) - 1:
            now = now[: len(then)]  # a kill may have cut the last step short
        if now != then:
            pairs = zip([*then, None], [*now, None], strict=False)
            return Outcome(notes, (time, *next(pair for pair in pairs if pair[0] != pair[1])))
        notes += sum(entry[0] == "play" for entry in then)
    return Outcome(notes, None)


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[Entry, list[Entry]]]]:
    """Return a log's header, and its steps: what was given, and what came of it."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise AntiphonError(
            f"{path} cannot be read ({error.strerror or error}): a session can be replayed only "
            "with the log that was recorded beside it."
        ) from error
    entries = list(_entries(path, lines))
    header = entries[0] if entries else None
    if not isinstance(header, dict) or "antiphon_log" not in header:
        raise _broken(path)
    if header["antiphon_log"] != FORMAT:
        raise AntiphonError(
            f"{path} was written by another version of Antiphon ({header.get('version')}); "
            "replay it with that one."
        )
    from antiphon.stage.log import GIVEN

    steps: list[tuple[Entry, list[Entry]]] = []
    for entry in entries[1:]:
        if not isinstance(entry, list) or not entry:
            raise _broken(path)
        if entry[0] in GIVEN:
            steps.append((entry, []))
        elif steps:
            steps[-1][1].append(entry)
        else:
            raise _broken(path)
    return header, steps


def _entries(path: Path, lines: list[bytes]) -> Iterator[Any]:
    """Yield the values of a log's lines; the last may be torn by a kill."""
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError as error:
            if line is lines[-1] and len(lines) > 1 and not line.endswith(b"\n"):
                return
            raise _broken(path) from error


def _instrument(header: dict[str, Any], named: Path | None) -> Path:
    """Return the instrument that was played, which must be the same to the byte."""
    path = named or Path(str(header.get("instrument")))
    if not path.is_file():
        raise InstrumentError(
            f"The instrument {path} of this session is not there; name it with --instrument."
        )
    if _digest(path) != header.get("sha256"):
        raise InstrumentError(
            f"{path} is not the instrument that was played in this session; name that one with "
            "--instrument."
        )
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _broken(path: Path) -> AntiphonError:
    return AntiphonError(f"{path} is no log of a session, or it is damaged.")
