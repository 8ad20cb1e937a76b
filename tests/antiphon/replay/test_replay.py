"""A session's log, played once more: the same to the bit, or the difference is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import AntiphonError
from antiphon.instrument import Predictor
from antiphon.messages import Heard, NoteOff, NoteOn, note_off, note_on
from antiphon.music.note import Note
from antiphon.partner import (
    MODES,
    Cancel,
    Change,
    End,
    Panic,
    Partner,
    PartnerSections,
    PartnerSettings,
    Play,
    Report,
    Silence,
    Stop,
)
from antiphon.recorder import LogFile
from antiphon.replay import log_header, replay
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import StageLog, entry_of, entry_of_output, input_of

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTRUMENTS = Path(__file__).parents[1] / "instrument"
TINY = ("tiny.onnx", "tiny_triplet.onnx", "tiny_symbols.onnx")

times = st.floats(0.0, 1e6, allow_nan=False)
inputs = st.one_of(
    st.builds(
        lambda time, channel, pitch, velocity: Heard(
            NoteOn(time, channel, pitch, velocity), note_on(channel, pitch, velocity)
        ),
        times, st.integers(0, 15), st.integers(0, 127), st.integers(1, 127),
    ),
    st.builds(Change, times, st.text(), st.one_of(st.text(), st.floats(allow_nan=False))),
    st.builds(Panic, times),
    st.builds(Stop, times),
)  # fmt: skip


class Nowhere:
    def send(self, data: bytes) -> None:
        pass


def phrase(start: float, pitches: Sequence[int] = (60, 62, 64, 65, 67, 65, 64, 62)) -> list[Any]:
    events: list[Any] = []
    for index, pitch in enumerate(pitches):
        onset = start + 0.21 * index
        events.append(Heard(NoteOn(onset, 0, pitch, 70 + index), note_on(0, pitch, 70 + index)))
        events.append(Heard(NoteOff(onset + 0.15, 0, pitch), note_off(0, pitch)))
    return events


def recorded(folder: Path, given: Sequence[Any], instrument: str = "tiny.onnx", **how: Any) -> Path:
    """Play inputs to an instrument, and write the log as the recorder does."""
    file = INSTRUMENTS / instrument
    predictor = Predictor(file)
    sections = PartnerSections(partner=PartnerSettings(**how))
    log = StageLog()
    partner = Partner(predictor, predictor.codec, sections, seed=5)
    simulation = Simulation(Stage(partner, Nowhere(), observers=[log]), cost=0.0007, lag=0.0003)
    session = folder / "session.mid"
    written = LogFile(log, lambda: log_header(sections, 5, file))
    for index, one in enumerate(given):
        simulation.run([one], until=one.time)
        if index % 3 == 0:
            written.save(session)
    simulation.run([], until=given[-1].time + 8.0)
    written.save(session)
    return session


@given(inputs)
def test_an_input_is_read_as_it_was_written(given: Any) -> None:
    assert input_of(json.loads(json.dumps(entry_of(given)))) == given


def test_a_clock_that_nothing_follows_is_not_logged() -> None:
    log = StageLog()
    for data in (b"\xf8", b"\xfa", b"\xfc", b"\xf2\x10\x00"):
        heard = Heard.parse(data, 1.0)
        assert heard is not None
        log.took(heard)
    log.took(Panic(2.0))
    assert list(log.lines()) == ['["panic",2.0]\n']


def test_every_output_that_sounds_has_an_entry() -> None:
    outputs = [Play(1, Note(60, 0.1, None, 9)), End(0.2, 1), Cancel(0.3), Silence(0.4)]
    entries = [entry_of_output(output) for output in outputs]
    assert len({json.dumps(entry) for entry in entries}) == 4
    assert entry_of_output(Report(0.0, "echo", playing=True)) is None


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
    assert difference[1] == entry
    assert difference[2][2] == entry[2] - 1


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
    ]


@pytest.mark.parametrize("kind", range(11))
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


def test_a_session_that_was_put_elsewhere_takes_its_log_along(tmp_path: Path) -> None:
    log = StageLog()
    file = LogFile(log, lambda: {"antiphon_log": 1})
    log.ticked(1.0)
    file.save(None)
    assert list(tmp_path.iterdir()) == []
    file.save(tmp_path / "one.mid")
    log.ticked(2.0)
    file.save(tmp_path / "two.mid")
    assert (tmp_path / "one.jsonl").read_text().count("\n") == 2
    lines = (tmp_path / "two.jsonl").read_text().splitlines()
    assert lines == ['{"antiphon_log": 1}', '["tick",1.0]', '["tick",2.0]']


@pytest.mark.parametrize("count", [900, 1_100, 2_000])
def test_a_full_disk_loses_nothing_of_the_log(full_disk: Path, count: int) -> None:
    log = StageLog()
    file = LogFile(log, lambda: {"antiphon_log": 1})
    for tick in range(count):
        log.ticked(float(tick))
    with pytest.raises(OSError, match="space"):
        file.save(full_disk / "session.mid")
    log.ticked(-1.0)
    (full_disk / "ballast").unlink()
    file.save(full_disk / "session.mid")
    lines = (full_disk / "session.jsonl").read_text().splitlines()
    assert len(lines) == count + 2
    assert json.loads(lines[-1]) == ["tick", -1.0]
    assert all(json.loads(line) for line in lines)
