"""What a session's log begins with: all that a replay needs besides the inputs."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from antiphon import __version__
from antiphon.errors import AntiphonError, InstrumentError
from antiphon.partner.sections import PartnerSections

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.recorder.memory_file import KeptMemory

FORMAT = 1


class LogHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a log.

    Attributes
    ----------
    antiphon_log : int
        The version of the format.
    version : str
        The Antiphon that recorded it.
    seed : int
        Of all choices of the partner.
    channel : int
        The partner's, 1 to 16.
    instrument, instrument_name : str
        The instrument's file, and what its card calls it.
    sha256 : str or None
        The digest of that file; None where it could not be read.
    complete : bool
        False where the log's beginning was lost with the disk that held it.
    memory : str or None
        What was remembered when the session began, as `antiphon.recorder.memory_file`
        writes it, in base64; None where nothing was.
    settings : dict
        The partner's settings when the session began.
    """

    antiphon_log: int = FORMAT
    version: str
    seed: Annotated[int, Meta(ge=0)]
    channel: Annotated[int, Meta(ge=1, le=16)] = 1
    instrument: str
    instrument_name: str = ""
    sha256: str | None
    complete: bool = True
    memory: str | None = None
    settings: dict[str, Any]


def log_header(
    sections: PartnerSections,
    seed: int,
    instrument: Path,
    *,
    name: str = "",
    channel: int = 1,
    memory: bytes = b"",
) -> dict[str, Any]:
    """Return what a session's log begins with; reads the instrument, which takes its time.

    Parameters
    ----------
    sections, seed
        The partner's settings, and the seed of its choices.
    instrument : Path
        Its file. Where that has gone, the header has no digest.
    name : str
        What the instrument's card calls it.
    channel : int
        The partner's, 1 to 16.
    memory : bytes
        What was remembered when the session began; see `LogHeader`.
    """
    try:
        sha256 = digest(instrument)
    except OSError:
        sha256 = None
    header = LogHeader(
        version=__version__,
        seed=seed,
        channel=channel,
        instrument=str(instrument.absolute()),
        instrument_name=name,
        sha256=sha256,
        memory=base64.b64encode(memory).decode() if memory else None,
        settings=msgspec.to_builtins(sections),
    )
    return {name: getattr(header, name) for name in header.__struct_fields__}


def read_header(value: object, path: Path) -> LogHeader:
    """Return the header that the first line of a log holds.

    Raises
    ------
    AntiphonError
        It is none, of another format, or of a log without its beginning.
    """
    if not isinstance(value, dict) or "antiphon_log" not in value:
        raise damaged(path)
    if value["antiphon_log"] != FORMAT:
        raise AntiphonError(
            f"{path} was written by another version of Antiphon ({value.get('version')}); "
            "replay it with that one."
        )
    try:
        header = msgspec.convert(value, LogHeader)
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged(path) from error
    if not header.complete:
        raise AntiphonError(
            f"The beginning of {path} was lost with the disk that held it, so the session cannot "
            "be replayed; its .mid file holds what was played."
        )
    return header


def sections_of_log(header: LogHeader, path: Path) -> PartnerSections:
    """Return the settings of a log.

    Raises
    ------
    AntiphonError
        This version does not know them.
    """
    try:
        return msgspec.convert(header.settings, PartnerSections)
    except (AntiphonError, ValueError, TypeError, RecursionError) as error:
        reason = str(error).rstrip(".")
        raise AntiphonError(
            f"{path} has settings that this version of Antiphon ({__version__}) does not know "
            f"({reason}); replay it with the version that recorded it ({header.version})."
        ) from error


def memory_of_log(header: LogHeader, path: Path) -> KeptMemory | None:
    """Return what was remembered when a session began.

    Raises
    ------
    AntiphonError
        It is damaged.
    """
    if header.memory is None:
        return None
    from antiphon.recorder.memory_file import kept_memory

    try:
        content = base64.b64decode(header.memory, validate=True)
    except binascii.Error as error:
        raise damaged(path) from error
    return kept_memory(content, str(path))


def instrument_file(header: LogHeader, named: Path | None, default: Path) -> Path:
    """Return the instrument that was played, which must be the same to the byte.

    Parameters
    ----------
    header : LogHeader
        Of the log.
    named : Path or None
        The file that the user names.
    default : Path
        The file that the header names.

    Raises
    ------
    InstrumentError
        It is not there, or another one.
    """
    path = named or default
    known = f" ({header.instrument_name})" if header.instrument_name else ""
    if not path.is_file():
        raise InstrumentError(
            f"The instrument {path}{known} of this session is not there; name it with --instrument."
        )
    try:
        same = header.sha256 is None or digest(path) == header.sha256
    except OSError as error:
        raise InstrumentError(
            f"The instrument {path} cannot be read ({error.strerror or error}); check its "
            "permissions, or name another copy with --instrument."
        ) from error
    if not same:
        raise InstrumentError(
            f"{path} is not the instrument{known} that was played in this session; name that one "
            "with --instrument."
        )
    return path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(path: Path, line: int = 1) -> AntiphonError:
    """Return the error of a line that no log of a session has."""
    return AntiphonError(
        f"{path} is no log of a session, or it is damaged (line {line}); name the .jsonl file that "
        "lies beside the session."
    )
