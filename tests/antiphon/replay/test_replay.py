"""A session's log, played once more: the same to the bit, or the difference is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon import __version__
from antiphon.errors import AntiphonError, InstrumentError, UsageError
from antiphon.instrument import Predictor
from antiphon.instrument.weighing import LONGEST, WEIGHING_KEY, Weighing
from antiphon.messages import Clock, Heard, NoteOff, NoteOn, Transport, note_off, note_on
from antiphon.music.files.reading import read_performance
from antiphon.partner import (
    MODES,
    Change,
    Forget,
    Panic,
    Partner,
    PartnerSections,
    PartnerSettings,
    Stop,
)
from antiphon.partner.memory.remembered import Remembered
from antiphon.recorder import LogFile
from antiphon.recorder.memory_file import KeptMemory
from antiphon.replay import log_header, replay, write_replay
from antiphon.replay.writing import check_out
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import StageLog, entry_of_output

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTRUMENTS = Path(__file__).parents[1] / "instrument"
TINY = ("tiny.onnx", "tiny_memory.onnx", "tiny_triplet.onnx", "tiny_symbols.onnx")


class Ears:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)


def phrase(start: float, pitches: Sequence[int] = (60, 62, 64, 65, 67, 65, 64, 62)) -> list[Any]:
    events: list[Any] = []
    for index, pitch in enumerate(pitches):
        onset = start + 0.21 * index
        events.append(Heard(NoteOn(onset, 0, pitch, 70 + index), note_on(0, pitch, 70 + index)))
        events.append(Heard(NoteOff(onset + 0.15, 0, pitch), note_off(0, pitch)))
    return events


def recorded(
    folder: Path,
    given: Sequence[Any],
    instrument: str = "tiny.onnx",
    ears: Ears | None = None,
    kept: Remembered | None = None,
    **how: Any,
) -> Path:
    """Play inputs to an instrument, and write the log as the recorder does."""
    file = INSTRUMENTS / instrument
    predictor = Predictor(file)
    sections = PartnerSections(partner=PartnerSettings(**how))
    log = StageLog()
    partner = Partner(predictor, predictor.codec, sections, seed=5)
    memory, loaded = partner.ensemble.memory, b""
    if kept is not None:
        assert memory is not None
        memory.load(kept)
        loaded = KeptMemory(memory.notes, memory.identity, "tiny").to_bytes()
    stage = Stage(partner, ears or Ears(), 2, observers=[log])
    simulation = Simulation(stage, cost=0.0007, lag=0.0003)
    session = folder / "session.mid"
    written = LogFile(
        log, lambda: log_header(sections, 5, file, name="tiny", channel=3, memory=loaded)
    )
    for index, one in enumerate(given):
        simulation.run([one], until=one.time)
        if index % 3 == 0:
            written.save(session)
    simulation.run([], until=given[-1].time + 8.0)
    written.save(session)
    written.close()
    return session


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("instrument", TINY)
def test_a_session_is_the_same_bit_for_bit(tmp_path: Path, mode: str, instrument: str) -> None:
    given = [
        *phrase(1.0),
        *phrase(8.0),
        Change(15.0, "partner.temperature", "1.7"),
        *phrase(16.0),
        Panic(19.0),
        Change(20.0, "partner.mode", "respond"),
        *phrase(21.0),
        Stop(30.0),
    ]
    outcome = replay(recorded(tmp_path, given, instrument, mode=mode))
    assert outcome.difference is None
    assert outcome.notes > 3


def test_a_session_with_a_clock_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    ticks: list[Any] = [Heard(Clock(0.5 + 0.0175 * n), b"\xf8") for n in range(1200)]
    given = [Heard(Transport(0.49, "start"), b"\xfa"), *ticks, *phrase(1.0), *phrase(8.0)]
    given.sort(key=lambda one: one.time)
    session = recorded(tmp_path, given)
    outcome = replay(session)
    assert outcome.difference is None
    assert outcome.notes > 3
    log = session.with_suffix(".jsonl")
    lines = log.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.endswith('"f8"]\n')]
    assert len(lines) - len(kept) == len(ticks)
    log.write_text("".join(kept))
    assert replay(log).difference is not None  # the clock mattered


def remembering(folder: Path) -> tuple[Path, int]:
    """Return a tiny instrument that says how places are weighed, and the width of its keys."""
    plain = INSTRUMENTS / "tiny_memory.onnx"
    predictor = Predictor(plain)
    state, row = predictor.initial_state(), np.array(predictor.codec.start, dtype=np.int32)
    width = len(predictor.read_with_keys(state, row[None])[0][1])
    table = tuple(0.7 * n for n in range(LONGEST + 1))
    weighing = Weighing("tiny", width, 5.0, table, table, 0.1)
    entry = b"".join(
        bytes([10 + 8 * i]) + varint(len(text)) + text
        for i, text in enumerate((WEIGHING_KEY.encode(), weighing.to_json().encode()))
    )
    path = folder / "remembering.onnx"
    # One more entry of the metadata, which is field 14 of the model.
    path.write_bytes(plain.read_bytes() + bytes([14 * 8 + 2]) + varint(len(entry)) + entry)
    return path, width


def varint(number: int) -> bytes:
    """Return a number as protobuf writes it."""
    parts = []
    while number > 127:
        parts.append(number % 128 + 128)
        number //= 128
    return bytes([*parts, number])


def what_was_kept(width: int, count: int = 300) -> Remembered:
    """Notes of a session before, whose keys a file can hold to the bit."""
    rng = np.random.default_rng(3)
    rows = np.stack([rng.integers(0, size, count) for size in (128, 97, 97, 32)], axis=1)
    rows[:, 0] = 60 + rng.integers(0, 9, count)
    keys = rng.normal(size=(count, width)).astype(np.float16).astype(np.float32)
    yes = np.ones(count, dtype=np.bool_)
    return Remembered(rows.astype(np.int16), keys, ~yes, yes, ~yes)


def test_a_session_with_what_was_kept_before_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    given = [*phrase(1.0), Forget(7.0, "phrase"), *phrase(8.0), Stop(16.0)]
    instrument, width = remembering(tmp_path)
    log = recorded(tmp_path, given, str(instrument), kept=what_was_kept(width))
    outcome = replay(log)
    assert outcome.difference is None
    assert outcome.notes > 3
    # Without it the session would have been another.
    path = log.with_suffix(".jsonl")
    header, *lines = path.read_text().splitlines(keepends=True)
    without = {**json.loads(header), "memory": None}
    path.write_text("".join([json.dumps(without) + "\n", *lines]))
    assert replay(log).difference is not None
    path.write_text("".join([json.dumps({**without, "memory": "?"}) + "\n", *lines]))
    with pytest.raises(AntiphonError):
        replay(log)


def test_a_note_that_comes_out_otherwise_is_told(tmp_path: Path) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    lines = log.read_text().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith('["play"'))
    entry = json.loads(lines[place])
    entry[2] += 1
    lines[place] = json.dumps(entry) + "\n"
    log.write_text("".join(lines))
    difference = replay(log).difference
    assert difference is not None
    then, now = (entry_of_output(output) for output in difference[1:] if output is not None)
    assert then == entry
    assert now is not None
    assert now[2] == entry[2] - 1


def test_another_seed_is_another_session(tmp_path: Path) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    first, rest = log.read_text().split("\n", 1)
    log.write_text(json.dumps({**json.loads(first), "seed": 6}) + "\n" + rest)
    assert replay(log).difference is not None


def test_a_log_that_a_kill_cut_short_is_replayed_as_far_as_it_goes(tmp_path: Path) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    whole = log.read_bytes()
    notes = replay(log).notes
    for length in range(len(whole) // 2, len(whole), 97):
        log.write_bytes(whole[:length])
        outcome = replay(log)
        assert outcome.difference is None
        assert outcome.notes <= notes


def damaged(text: str) -> list[str]:
    first, rest = text.split("\n", 1)
    header = json.loads(first)
    return [
        "",
        "hello\n",
        "[1, 2]\n",
        json.dumps({**header, "antiphon_log": 99}) + "\n" + rest,
        json.dumps({**header, "sha256": "0"}) + "\n" + rest,
        json.dumps({**header, "instrument": "/nowhere/at/all.onnx"}) + "\n" + rest,
        json.dumps({**header, "settings": {"partner": {"pause": "long"}}}) + "\n" + rest,
        first + '\n["heard", 1.0, "zz"]\n' + rest,
        first + '\n["dance", 1.0]\n' + rest,
        first + "\n{}\n" + rest,
        first + "\nnot JSON\n" + rest,
        "[" * 200_000 + "\n" + rest,
        first + "\n" + "[" * 200_000 + "\n" + rest,
        first + '\n["tick", NaN]\n' + rest,
        first + '\n["tick", 1.0]\n["play", 1, 60, 1.0, 0.5, 200]\n' + rest,
        json.dumps({**header, "seed": -1}) + "\n" + rest,
    ]


@pytest.mark.parametrize("kind", range(16))
def test_what_cannot_be_replayed_is_refused_in_a_sentence(tmp_path: Path, kind: int) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    log.write_text(damaged(log.read_text())[kind])
    with pytest.raises(AntiphonError) as refused:
        replay(log)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_session_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AntiphonError, match="only with the log"):
        replay(tmp_path / "old.mid")


def header_changed(log: Path, **values: Any) -> None:
    """Write other values into the header of a log."""
    first, rest = log.read_text().split("\n", 1)
    log.write_text(json.dumps({**json.loads(first), **values}) + "\n" + rest)


@pytest.mark.parametrize(
    "settings", [{"partner": {"mode": "dance"}}, {"partner": {"no": 1}}, {"partner": 7}]
)
def test_settings_that_this_version_does_not_know_are_told_as_such(
    tmp_path: Path, settings: Any
) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    header_changed(log, settings=settings, version="9.9")
    with pytest.raises(AntiphonError, match="settings that this version") as refused:
        replay(log)
    assert "recorded it (9.9)" in str(refused.value)
    assert "damaged" not in str(refused.value)


def test_a_fault_of_the_partners_is_not_a_damaged_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = recorded(tmp_path, phrase(1.0))

    def fails(self: Partner, now: float) -> Any:
        raise ValueError("a bad number")

    monkeypatch.setattr(Partner, "tick", fails)
    with pytest.raises(AntiphonError, match=r"The partner fails at .*ValueError: a bad") as failed:
        replay(session)
    assert "the log is not damaged" in str(failed.value)
    assert isinstance(failed.value.__cause__, ValueError)


def test_the_header_names_the_instrument_the_channel_and_the_version(tmp_path: Path) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    header = json.loads(log.read_text().split("\n", 1)[0])
    assert header["instrument"] == str(INSTRUMENTS / "tiny.onnx")
    assert header["instrument_name"] == "tiny"
    assert len(header["sha256"]) == 64
    assert header["channel"] == 3
    assert header["version"] == __version__


def test_an_instrument_that_has_gone_leaves_a_header_that_says_so(tmp_path: Path) -> None:
    gone = tmp_path / "gone.onnx"
    header = log_header(PartnerSections(), 5, gone)
    assert header["sha256"] is None
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    header_changed(log, sha256=None, instrument=str(gone))
    with pytest.raises(InstrumentError, match=r"gone\.onnx \(tiny\) .* --instrument"):
        replay(log)
    outcome = replay(log, INSTRUMENTS / "tiny.onnx")
    assert outcome.difference is None
    assert outcome.notes > 3


def test_a_log_without_its_beginning_is_refused(tmp_path: Path) -> None:
    log = recorded(tmp_path, phrase(1.0)).with_suffix(".jsonl")
    header_changed(log, complete=False)
    with pytest.raises(AntiphonError, match=r"The beginning of .* was lost"):
        replay(log)


def test_a_folder_is_no_session() -> None:
    with pytest.raises(UsageError, match="is a folder"):
        replay(Path())


@pytest.mark.parametrize(
    ("mode", "answers"), [("respond", 2), ("echo", 2), ("continue", 2), ("harmonise", 16)]
)
def test_answers_are_counted(tmp_path: Path, mode: str, answers: int) -> None:
    outcome = replay(recorded(tmp_path, [*phrase(1.0), *phrase(12.0)], mode=mode))
    assert outcome.difference is None
    assert outcome.answers == answers
    assert outcome.notes >= answers


def test_what_was_played_is_written_as_it_sounded(tmp_path: Path) -> None:
    ears = Ears()
    given = [*phrase(1.0), *phrase(12.0), Stop(25.0)]
    outcome = replay(recorded(tmp_path, given, ears=ears))
    assert len(ears.sent) > 6
    assert [data for _, data in outcome.partner] == ears.sent
    out = tmp_path / "out.mid"
    assert write_replay(out, outcome)
    player, partner = read_performance(out).tracks
    assert (player.name, partner.name) == ("Player", "Antiphon")
    assert len(player.notes) == 16
    assert player.notes["onset"][:2].tolist() == pytest.approx([0.0, 0.21], abs=0.001)
    assert len(partner.notes) == len(ears.sent) / 2
    # Notes of a chord that begin at one time are written in the order of their pitches.
    struck = sorted((time, data[1]) for time, data in outcome.partner if data[0] == 0x92)
    assert partner.notes["pitch"].tolist() == [pitch for _, pitch in struck]
    assert list(tmp_path.glob(".*")) == []


def test_without_a_note_no_file_is_written(tmp_path: Path) -> None:
    outcome = replay(recorded(tmp_path, [Panic(1.0)]))
    assert not write_replay(tmp_path / "out.mid", outcome)
    assert not (tmp_path / "out.mid").exists()


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    there = tmp_path / "there.mid"
    there.write_bytes(b"mine")
    for path, sentence in (
        (there, "is there already"),
        (tmp_path / "out.wav", r"end out\.wav in \.mid"),
        (tmp_path / "no" / "out.mid", "There is no folder"),
    ):
        with pytest.raises(UsageError, match=sentence):
            check_out(path)
    check_out(tmp_path / "out.mid")
    assert there.read_bytes() == b"mine"
