"""What is recorded is what was played, byte for byte."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import mido
from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages.spec import CHANNEL_LENGTHS
from antiphon.music.files import smf
from antiphon.music.files.clean import clean_midi
from antiphon.recorder import SessionRecorder
from antiphon.recorder.track import GrowingTrack

if TYPE_CHECKING:
    from pathlib import Path

PLAYED = [
    bytes.fromhex(message)
    for message in (
        "90 3c 40",  # struck
        "90 3e 01",
        "90 3c 00",  # ended by a note-on of velocity 0, and not by a note-off
        "80 3e 25",  # released slowly
        "80 3e 00",  # a note-off that ends nothing
        "9f 40 7f",
        "8f 40 7f",  # released fast
        "a0 3c 33",  # pressure on one key
        "d0 51",  # on the whole keyboard
        "e0 01 7f",
        "c0 05",
        "b0 40 33",  # a pedal half down
        "b0 40 00",
        "b0 7b 00",  # All Notes Off, as some keyboards send it
        "90 3c 40",  # the same status twice: no running status on the way in
        "90 3c 40",
        "80 3c 40",
        "80 3c 40",
    )
]


def in_file(content: bytes, track: int) -> list[bytes]:
    """Return the channel messages of a track, as another library reads them."""
    events = mido.MidiFile(file=io.BytesIO(content)).tracks[track]
    return [bytes(event.bytes()) for event in events if not event.is_meta]


def test_a_session_holds_the_bytes_of_both_sides(tmp_path: Path) -> None:
    recorder = SessionRecorder(tmp_path)
    recorder.start()
    for number, message in enumerate(PLAYED):
        recorder.player(message, 10.0 + number / 100)
        recorder.partner(message, 10.0 + number / 100)
    path = recorder.close()
    assert path is not None
    assert [in_file(path.read_bytes(), track) for track in (1, 2)] == [PLAYED, PLAYED]


messages = st.sampled_from(sorted(CHANNEL_LENGTHS)).flatmap(
    lambda kind: st.builds(
        lambda channel, data: bytes([kind | channel, *data]),
        st.integers(0, 15),
        st.tuples(*[st.integers(0, 127)] * (CHANNEL_LENGTHS[kind] - 1)),
    )
)


@given(played=st.lists(st.tuples(st.integers(0, 1 << 29), messages), max_size=30))
def test_any_messages_come_back_with_their_times(played: list[tuple[int, bytes]]) -> None:
    track, tick = GrowingTrack("Player"), 0
    for gap, message in played:
        tick += gap
        track.add(tick, message)
    content = smf.file_header(1) + smf.track_chunk(bytes(track.events))
    assert in_file(content, 0) == [message for _, message in played]
    times = [event.time for event in mido.MidiFile(file=io.BytesIO(content)).tracks[0]]
    assert sum(times) == tick  # also where a silence is too long for one delta time


def test_the_reader_leaves_the_bytes_as_they_are() -> None:
    track = GrowingTrack("Player")
    for tick, message in enumerate(PLAYED):
        track.add(tick, message)
    content = smf.file_header(1) + smf.track_chunk(bytes(track.events))
    assert in_file(clean_midi(content).to_bytes(), 0) == PLAYED
