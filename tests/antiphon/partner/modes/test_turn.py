"""The partner's turn: how much is done at once, when it reads, what breaks it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from antiphon.messages import NoteOff, NoteOn

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage


class Watch:
    """Counts what each tick asked of the instrument, and when."""

    def __init__(self, stage: Stage, predictor: Any) -> None:
        self.ticks: list[tuple[float, int, int]] = []
        tick = stage.partner.tick

        def counted(now: float) -> Any:
            calls, reads = predictor.calls, predictor.reads
            outputs = tick(now)
            self.ticks.append((now, predictor.calls - calls, predictor.reads - reads))
            return outputs

        stage.partner.tick = counted  # type: ignore[method-assign]


@pytest.mark.parametrize("calls", [1, 2, 5])
def test_no_tick_asks_more_of_the_instrument_than_it_may(kit: Kit, calls: int) -> None:
    predictor = kit.imitator(codec=kit.codec())
    stage = kit.stage(predictor=predictor, calls_per_tick=calls)
    watch = Watch(stage, predictor)
    stage.run(kit.phrase(pitches=range(50, 70)), until=30.0)
    assert len(stage.heard) >= 3
    assert max(drawn + read for _, drawn, read in watch.ticks) == calls
    assert predictor.reads >= 20


def test_little_is_left_to_read_at_the_end_of_the_phrase(kit: Kit) -> None:
    predictor = kit.imitator(codec=kit.codec())
    stage = kit.stage(predictor=predictor)
    watch = Watch(stage, predictor)
    events = kit.phrase(pitches=range(40, 80))
    stage.run(events, until=30.0)
    begins = events[-1].time + 0.05
    pause = [read for now, _, read in watch.ticks if begins < now < stage.onsets[0]]
    assert len(pause) >= 2
    assert sum(pause) <= 2


def test_nothing_is_drawn_before_it_is_time_to(kit: Kit) -> None:
    predictor = kit.imitator(codec=kit.codec())
    stage = kit.stage(predictor=predictor, read_ahead=0.3)
    watch = Watch(stage, predictor)
    events = kit.phrase()
    stage.run(events, until=20.0)
    end = events[-1].time + 0.6
    drawn = [now for now, calls, _ in watch.ticks if calls]
    assert end - 0.3 - 1e-9 <= drawn[0] <= end - 0.2
    assert len(stage.heard) >= 3


def test_a_key_in_the_pause_leaves_no_trace_of_what_was_prepared(kit: Kit) -> None:
    events = [*kit.phrase(), NoteOn(3.45, 0, 72, 80), NoteOff(3.6, 0, 72)]
    stage = kit.stage().run(events, until=20.0)
    assert stage.onsets[0] >= 3.6 + 0.6
    assert stage.silences == []


def test_an_answer_that_is_broken_off_at_once_was_no_answer(kit: Kit) -> None:
    """The player was not finished: they are given as much time as they took."""
    events = kit.phrase(gap=0.25)
    first = kit.stage().run(events, until=20.0).onsets[0]
    onset = first + 0.05
    after = [NoteOn(onset, 0, 60, 80), NoteOff(onset + 0.1, 0, 60)]
    stage = kit.stage().run([*events, *after], until=20.0)
    assert len(stage.silences) == 1
    again = [heard for heard in stage.onsets if heard > onset]
    assert len(again) >= 3
    assert again[0] >= onset + 0.1 + 0.6


def test_a_key_after_the_pause_and_before_the_first_note_goes_on_with_the_phrase(kit: Kit) -> None:
    """Nothing has sounded yet, so there was no answer."""
    events = kit.phrase(gap=0.25)
    first = kit.stage().run(events, until=20.0).onsets[0]
    end = events[-1].time + 0.6
    onset = (end + first) / 2
    assert end + 0.05 < onset < first - 0.05
    after = [NoteOn(onset, 0, 60, 80), NoteOff(onset + 0.1, 0, 60)]
    stage = kit.stage().run([*events, *after], until=onset + 0.2)
    assert stage.reports == []
    assert stage.partner.ensemble.listening.phrase.start == events[0].time
    answer = stage.run([], until=20.0).onsets
    assert len(answer) >= 3
    assert answer[0] >= onset + 0.1 + 0.6
    assert stage.silences == []


def test_how_soon_an_answer_is_broken_off_counts_from_its_first_note(kit: Kit) -> None:
    """It is 1.5 s long at least, and who goes on before these are over had not finished."""
    events = kit.phrase(gap=0.25)
    first = kit.stage().run(events, until=20.0).onsets[0]
    assert first > events[-1].time + 0.6 + 0.1, "it waits for a place in the groove"
    for onset, pause in ((first + 1.45, 1.2), (first + 1.55, 0.6)):
        stage = kit.stage().run([*events, NoteOn(onset, 0, 60, 80)], until=onset + 0.01)
        assert len(stage.silences) == 1
        assert stage.partner.ensemble.listening.phrase.pause == pytest.approx(pause)


@pytest.mark.parametrize("later", [0.0, 0.1, 0.2, 0.3, 0.4])
def test_an_answer_shorter_than_a_beat_has_notes(kit: Kit, later: float) -> None:
    """Its first note does not wait for a place in the groove that lies after its end."""
    events = kit.phrase(gap=0.5, pitches=range(50, 66))
    onset = kit.stage(shortest=0.1).run(events, until=60.0).onsets[-1] + 8.0 + later
    events += [NoteOn(onset, 0, 60, 80), NoteOff(onset + 0.05, 0, 60)]
    stage = kit.stage(shortest=0.1).run(events, until=onset + 12.0)
    assert [heard for heard in stage.onsets if heard > onset]


@pytest.mark.parametrize("does", ["stop", "finish", "ignore"])
def test_a_pedal_during_an_answer_does_what_is_set(kit: Kit, does: str) -> None:
    events = kit.phrase(gap=0.4, pitches=range(50, 66))
    plain = kit.stage().run(events, until=60.0)
    middle = plain.onsets[len(plain.onsets) // 2] + 0.01
    stage = kit.stage(pedal_does=does)
    stage.run([*events, kit.pedal(middle, down=True)], until=middle + 0.3)
    planned = [play for play in stage.pending if play.note.onset > middle]
    if does == "ignore":
        assert stage.silences == []
        assert planned
    else:
        assert len(stage.silences) == (does == "stop")
        assert planned == []
        if does == "stop":
            assert stage.sounding == []
    # No key follows, so the phrase is answered again.
    after = stage.run([], until=60.0).onsets
    again = [onset for onset in after if onset > middle + 0.5]
    assert len(again) >= 3


def test_at_the_last_moment_nothing_more_is_drawn_where_something_is_ready(kit: Kit) -> None:
    """An instrument that takes its time would miss the end of the pause."""
    early = 0
    for seed in range(8):
        predictor = kit.imitator(codec=kit.codec())
        stage = kit.stage(predictor=predictor, seed=seed, horizon=0.5, read_ahead=0.4)
        watch = Watch(stage, predictor)
        events = kit.phrase(gap=0.15)
        stage.run(events, until=20.0)
        end = events[-1].time + 0.6
        drawn = [now for now, calls, _ in watch.ticks if calls]
        early += sum(now < end - 0.1 for now in drawn)
        assert not [now for now in drawn if end - 0.1 + 1e-6 < now < end - 1e-6]
    assert early >= 16


@pytest.mark.parametrize(("lag", "begins"), [(0.0, 0.1), (0.004, 0.1), (0.5, 0.25)])
def test_the_first_note_comes_on_time_or_as_soon_as_it_can(
    kit: Kit, lag: float, begins: float
) -> None:
    """A tick that comes 0.2 s late leaves half the lead to send the first note."""
    events = kit.phrase()
    stage = kit.stage(lag=lag, lead=0.1, first_note_within=0.0, strength=0.0).run(
        events, until=20.0
    )
    assert len(stage.heard) >= 3
    assert stage.onsets[0] == pytest.approx(events[-1].time + 0.6 + begins, abs=0.002)


def test_nothing_is_drawn_twice_by_one_who_is_woken_in_time(kit: Kit) -> None:
    for seed in range(4):
        predictor = kit.imitator(codec=kit.codec())
        # Of several candidates a longer one may be drawn in vain.
        stage = kit.stage(predictor=predictor, seed=seed, form_candidates=1)
        stage.run(kit.phrase(gap=0.3, pitches=range(50, 70)), until=30.0)
        assert len(stage.heard) >= 5
        # One more is drawn that lies beyond the end; a flam is drawn once more.
        assert predictor.calls <= len(stage.heard) + 3


def test_an_answer_given_again_after_a_pedal_is_as_long_as_the_phrase(kit: Kit) -> None:
    events = kit.phrase(start=20.0, gap=0.3, pitches=range(50, 70))  # six seconds
    stage = kit.stage().run(events, until=events[-1].time + 2.0)
    assert stage.answering
    pressed = stage.now
    stage.run([kit.pedal(pressed, down=True)], until=pressed + 0.6)
    assert not stage.answering
    first = len(stage.heard)
    stage.run([], until=pressed + 40.0)
    again = stage.onsets[first:]
    assert len(again) >= 3
    # From the first key until the pause after the pedal; no longer, and hardly shorter.
    length = again[-1] - again[0]
    assert 5.94 - 2.0 <= length <= 5.94 + 0.1


def test_answers_are_drawn_with_numbers_of_their_own(kit: Kit) -> None:
    for mode in ("respond", "harmonise"):
        predictor = kit.imitator(codec=kit.codec())
        drawn, numbers = predictor._drawn, []

        def noted(ask: Any, drawn: Any = drawn, numbers: list[float] = numbers) -> Any:
            numbers.append(float(ask.uniforms[0]))
            return drawn(ask)

        predictor._drawn = noted  # type: ignore[method-assign]
        stage = kit.stage(predictor=predictor, mode=mode)
        for start in (1.0, 15.0, 30.0, 45.0):
            stage.run(kit.phrase(start=start), until=start + 13.0)
        assert len(numbers) >= 20
        assert len(set(numbers)) == len(numbers)
