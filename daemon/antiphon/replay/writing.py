"""What a replay played, as a MIDI file like the session's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import MidiFileError, UsageError
from antiphon.messages.spec import NOTE_ON
from antiphon.midi.settings import MidiSection
from antiphon.music.files import smf
from antiphon.music.files.ticks import ticks_per_second
from antiphon.recorder.track import PARTNER, PLAYER, TRACKS, GrowingTrack
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.replay.stepping import Messages, Outcome

TEMPO_BPM = 120.0


def check_out(path: Path) -> None:
    """Refuse a file that a replay cannot or must not be written to.

    Raises
    ------
    UsageError
        It is there already, its folder is not, or its name is not that of a MIDI file.
    """
    if path.suffix.lower() not in (".mid", ".midi"):
        raise UsageError(f"A replay is written as a MIDI file; end {path.name or path} in .mid.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} to.")
    if path.exists():
        raise UsageError(f"{path} is there already; name another file with --out.")


def write_replay(path: Path, outcome: Outcome) -> bool:
    """Write both sides of a replay; return False, and write nothing, where no note sounded.

    The file begins with the first note, and has the tracks of a session's file.

    Raises
    ------
    MidiFileError
        It cannot be written.
    """
    channel = MidiSection(channel=outcome.channel).written_channel
    partner = [
        (time, bytes((data[0] & 0xF0 | channel, *data[1:]))) for time, data in outcome.partner
    ]
    sides: dict[int, Messages] = {PLAYER: outcome.player, PARTNER: partner}
    starts = [
        time for side in sides.values() for time, data in side
        if data[0] & 0xF0 == NOTE_ON and data[2] > 0
    ]  # fmt: skip
    if not starts:
        return False
    origin, rate = min(starts), ticks_per_second(TEMPO_BPM)
    tracks = [GrowingTrack(name) for name in TRACKS]
    for side, messages in sides.items():
        for time, data in sorted(messages, key=lambda message: message[0]):
            tracks[side].add(round(max(time - origin, 0.0) * rate), data)
    last = max(track.tick for track in tracks)
    for track in tracks:
        track.release(last)
    chunks = b"".join(smf.track_chunk(bytes(track.events)) for track in tracks)
    content = smf.file_header(len(tracks) + 1) + smf.tempo_track(TEMPO_BPM) + chunks
    try:
        with whole_file(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise MidiFileError(f"{path} cannot be written: {error.strerror or error}.") from error
    return True
