"""The symbols codec: what is written reads the same, and any playing can be read."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import CorpusError
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.words import FIRST_CHORD, SOUNDS, Metre, sound_name
from antiphon.music.files.reading import read_performance
from antiphon.music.note import Note, NoteArray, empty_notes, notes_to_array, sort_notes
from antiphon.music.swing import Swing

ROLLS = Path(__file__).parents[3] / "data" / "rolls"
LENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
PLAIN = SymbolsCodec(["0", "0.4.7", "C4", "E4", "G4"])
TIMED = SymbolsCodec(["0.4.7:0.5", "0.4.7:2", "C4:0.5", "C4:1", "E4:1"], lengths=LENGTHS)


def played(*notes: tuple[int, float, float | None]) -> NoteArray:
    return notes_to_array(Note(pitch, onset, length, 64) for pitch, onset, length in notes)


def words_of(codec: SymbolsCodec, rows: np.ndarray) -> list[str]:
    return [codec.words[row] for row in rows[:, 0]]


TUNE = played(
    *((pitch, 0.0, 0.5) for pitch in (60, 64, 67)),
    (60, 0.5, 0.25),
    (61, 1.5, 0.25),
    (64, 2.5, 1.0),
)
"""A chord, C, C sharp (which is in neither vocabulary), E; in beats."""


class TestShape:
    def test_fields_and_their_classes(self) -> None:
        assert PLAIN.name == "symbols"
        assert PLAIN.time == "beats"
        assert PLAIN.fields == ("symbol",)
        assert PLAIN.sizes == (5,)
        assert PLAIN.input_sizes == (6,)
        assert PLAIN.start == (PLAIN.nothing,) == (5,)

    def test_two_dictionaries(self) -> None:
        assert [PLAIN.index[word] for word in PLAIN.words] == list(range(5))


class TestEncoding:
    def test_golden_words(self) -> None:
        rows = PLAIN.encode(TUNE)
        assert rows.dtype == np.int32
        assert rows.shape == (3, 1)
        assert words_of(PLAIN, rows) == ["0.4.7", "C4", "E4"]
        assert words_of(TIMED, TIMED.encode(TUNE)) == ["0.4.7:0.5", "C4:1", "E4:1"]

    def test_nothing(self) -> None:
        for codec in (PLAIN, TIMED, PLAIN.tuned(empty_notes()), TIMED.tuned(TUNE)):
            assert codec.encode(empty_notes()).shape == (0, 1)
            assert len(codec.decode(np.empty((0, 1), np.int32), np.empty((0, 1)), 1.0)) == 0

    def test_the_time_grows_with_the_notes_and_no_faster(self) -> None:
        def seconds(count: int) -> float:
            generator = np.random.default_rng(1)
            notes = empty_notes(count)
            notes["pitch"] = generator.integers(36, 96, count)
            notes["onset"] = generator.integers(0, count, count) / 4
            notes = sort_notes(notes)
            begun = time.process_time()
            codec = SymbolsCodec.learn([notes], lengths=LENGTHS, min_count=2)
            assert len(codec.encode(notes)) > count / 2
            return time.process_time() - begun

        seconds(10_000)
        assert seconds(400_000) < 60.0 * seconds(20_000)  # twenty times, if it is linear


class TestSwing:
    STRAIGHT = played(*((60 + n % 5, n / 2, 0.4) for n in range(32)), (60, 16.0, 1.0))

    def swung(self, ratio: float) -> NoteArray:
        notes = self.STRAIGHT.copy()
        notes["onset"] = Swing(ratio).played(notes["onset"])
        return notes

    @pytest.mark.parametrize("ratio", [1.3, 1.7, 2.0, 2.5])
    def test_swung_eighths_are_plain_ones(self, ratio: float) -> None:
        lengths = (0.25, 1 / 3, 0.5, 2 / 3, 1.0)
        codec = SymbolsCodec.learn([self.STRAIGHT], lengths=lengths)
        assert SymbolsCodec.learn([self.swung(ratio)], lengths=lengths).words == codec.words
        assert codec.counts([self.swung(ratio)]) == codec.counts([self.STRAIGHT])
        rows = codec.encode(self.STRAIGHT)
        assert len(rows) == 33
        assert np.array_equal(codec.encode(self.swung(ratio)), rows)
        onstage = codec.tuned(self.STRAIGHT, 1.0, Swing(ratio))
        assert np.array_equal(onstage.encode(self.swung(ratio)), rows)
        assert onstage.decode(rows, np.zeros(rows.shape), 0.0)["onset"] == pytest.approx(
            self.swung(ratio)["onset"]
        )

    def test_triplets_stay_triplets(self) -> None:
        notes = played(*((60, n / 3, 0.3) for n in range(48)))
        codec = SymbolsCodec.learn([notes], lengths=(0.25, 1 / 3, 0.5, 1.0))
        assert codec.words == ("C4:0.333333",)


class TestDecoding:
    def test_words_follow_one_another(self) -> None:
        rows = np.array([[TIMED.index[word]] for word in ("0.4.7:0.5", "E4:1", "C4:0.5")])
        notes = TIMED.decode(rows, np.zeros((3, 1)), 10.0, first_step=2.0)
        assert notes["pitch"].tolist() == [48, 52, 55, 64, 60]
        assert notes["onset"].tolist() == [12.0, 12.0, 12.0, 12.5, 13.5]
        assert notes["duration"].tolist() == [0.5, 0.5, 0.5, 1.0, 0.5]
        assert set(notes["velocity"]) == {80}

    def test_nothing_yet_sounds_as_nothing_and_takes_no_time(self) -> None:
        rows = np.array([[5], [2], [5], [3]])
        notes = PLAIN.decode(rows, np.zeros((4, 1)), 0.0)
        assert list(zip(notes["pitch"], notes["onset"], strict=True)) == [(60, 0.0), (64, 0.5)]
        assert PLAIN.pitches(PLAIN.nothing) == ()
        assert PLAIN.length_seconds(PLAIN.nothing) == 0.0
        assert len(PLAIN.word_notes(PLAIN.nothing, 3.0)) == 0

    def test_one_word(self) -> None:
        codec = TIMED.tuned(played(*((60, 0.6 * beat, 0.1) for beat in range(16))))
        chord = codec.index["0.4.7:2"]
        assert codec.pitches(chord) == (48, 52, 55)
        assert codec.length_seconds(chord) == pytest.approx(2 * codec.beat)
        notes = codec.word_notes(chord, 7.0)
        assert notes["pitch"].tolist() == [48, 52, 55]
        assert set(notes["onset"]) == {7.0}
        assert notes["duration"] == pytest.approx(2 * codec.beat)


class TestLearning:
    def test_a_sorted_vocabulary(self) -> None:
        codec = SymbolsCodec.learn([TUNE, TUNE[:4]], lengths=LENGTHS)
        assert codec.words == ("0.4.7:0.5", "C#4:1", "C4:0.25", "C4:1", "E4:1")
        assert codec.counts([TUNE, TUNE[:4]]) == Counter(
            {"0.4.7:0.5": 2, "C#4:1": 1, "C4:0.25": 1, "C4:1": 1, "E4:1": 1}
        )

    def test_the_highest_classes_of_a_chord_are_counted_with_the_longest_word(self) -> None:
        low = played((36, 0.0, 0.25), (36, 0.5, 0.25))
        high = played((70, 0.0, 4.0), (71, 0.0, 4.0))
        codec = SymbolsCodec.learn([low, high, low], lengths=LENGTHS)
        assert codec.words == ("10.11:4", "C2:0.25", "C2:0.5")

    def test_rare_words_are_dropped(self) -> None:
        pieces = [TUNE, TUNE, TUNE[:4]]
        assert SymbolsCodec.learn(pieces, min_count=2).words == ("0.4.7", "C#4", "C4", "E4")
        codec = SymbolsCodec.learn(pieces, min_count=3)
        assert codec.words == ("0.4.7", "C4")
        assert codec.counts(pieces)["E4"] == 2

    def test_only_the_most_frequent_are_kept(self) -> None:
        codec = SymbolsCodec.learn([TUNE, TUNE[:4]], most=3, step=0.25, pedal="sustain")
        assert codec.words == ("0.4.7", "C#4", "C4")
        assert (codec.metre.step, codec.pedal) == (0.25, "sustain")

    @pytest.mark.parametrize("pieces", [[], [empty_notes()], [TUNE]])
    def test_no_word_is_left(self, pieces: list[NoteArray]) -> None:
        with pytest.raises(CorpusError, match="heard 9 times; lower min_count"):
            SymbolsCodec.learn(pieces, min_count=9)


class TestTuning:
    def test_the_grid_follows_the_player(self) -> None:
        for beat in (0.45, 0.6, 0.75):
            onsets = beat * np.array([0, 0.5, 1, 2, 2.5, 3, 4, 4.5, 5, 5.25, 5.5, 6, 7])
            notes = played(*((60, 100 + onset, 0.2) for onset in onsets))
            notes["velocity"] = 33
            codec = TIMED.tuned(notes)
            assert codec.beat == pytest.approx(beat, rel=0.02)
            assert codec.velocity == 33
            assert TIMED.beat == 1.0
            assert codec.table() == TIMED.table()

    def test_it_can_be_tuned_again(self) -> None:
        slow = played(*((60, 0.8 * beat, 0.1) for beat in range(20)))
        fast = played(*((60, 0.7 * beat, 0.1) for beat in range(20)))
        again = PLAIN.tuned(slow).tuned(fast)
        assert again.beat == PLAIN.tuned(fast).beat != PLAIN.tuned(slow).beat

    def test_what_is_not_known_is_read_as_the_nearest(self) -> None:
        heard = played((72, 0.0, 0.1), (61, 0.5, 0.1), *((p, 1.0, None) for p in (60, 64, 67, 70)))
        assert words_of(PLAIN, PLAIN.encode(heard)) == []
        assert words_of(PLAIN, PLAIN.tuned(heard).encode(heard)) == ["C4", "C4", "0.4.7"]

    def test_hands_are_not_exact(self) -> None:
        chord = [
            (pitch, 0.5 * i + 0.012 * j, 0.3)
            for i in range(8)
            for j, pitch in enumerate((60, 64, 67))
        ]
        notes = played(*chord)
        assert words_of(PLAIN, PLAIN.tuned(notes).encode(notes)) == ["0.4.7"] * 8

    def test_real_performances_are_read_whole(self) -> None:
        for path in sorted(ROLLS.glob("*.mid")):
            notes = read_performance(path).notes()
            codec = TIMED.tuned(notes[-64:])
            rows = codec.encode(notes)
            assert len(notes) / 4 < len(rows) <= len(notes)
            assert rows.min() >= 0
            assert rows.max() < len(TIMED.words)


sounding = st.one_of(st.integers(0, 127), st.integers(FIRST_CHORD + 1, SOUNDS - 1))
vocabularies = st.lists(sounding, min_size=1, max_size=20, unique=True)
metres = st.sampled_from([Metre(), Metre(0.25), Metre(lengths=LENGTHS), Metre(1.0, (1 / 3, 1.0))])


def codec_of(heard: list[int], metre: Metre) -> SymbolsCodec:
    lengths = len(metre.beats)
    words = [metre.word(sound * lengths + i % lengths) for i, sound in enumerate(heard)]
    return SymbolsCodec(words, step=metre.step, lengths=metre.lengths)


live = st.lists(
    st.builds(
        Note,
        st.integers(0, 127),
        st.one_of(st.floats(0.0, 60.0), st.integers(0, 40).map(lambda i: i / 4)),
        st.one_of(st.none(), st.floats(0.0, 60.0)),
        st.integers(1, 127),
    ),
    max_size=70,
)


@settings(deadline=None)
@given(heard=vocabularies, metre=metres, drawn=st.lists(st.integers(0, 999), max_size=40))
@pytest.mark.parametrize("before", [0.0, 1234.5, 1e8])
def test_words_that_are_written_read_the_same(
    before: float, heard: list[int], metre: Metre, drawn: list[int]
) -> None:
    codec = codec_of(heard, metre)
    rows = np.array([[index % len(codec.words)] for index in drawn], np.int32).reshape(-1, 1)
    assert np.array_equal(codec.encode(codec.decode(rows, np.zeros(rows.shape), before)), rows)


@settings(deadline=None)
@given(heard=vocabularies, metre=metres, notes=live)
def test_any_playing_can_be_read_and_answered(
    heard: list[int], metre: Metre, notes: list[Note]
) -> None:
    array = notes_to_array(notes)
    codec = codec_of(heard, metre).tuned(array)
    rows = codec.encode(array)
    assert bool(len(rows)) == bool(notes)
    assert np.all((rows >= 0) & (rows < len(codec.words)))
    written = codec.decode(rows, np.zeros(rows.shape), 100.0, first_step=0.2)
    assert np.array_equal(codec.encode(written), rows)
    assert np.all(written["duration"] > 0)
    assert np.all((written["velocity"] >= 1) & (written["velocity"] <= 127))


@settings(deadline=None)
@given(pieces=st.lists(live.map(notes_to_array), max_size=4), metre=metres)
def test_a_learned_vocabulary_holds_every_word_heard(pieces: list[NoteArray], metre: Metre) -> None:
    if not any(len(piece) for piece in pieces):
        return
    codec = SymbolsCodec.learn(pieces, step=metre.step, lengths=metre.lengths)
    assert list(codec.words) == sorted(codec.counts(pieces))
    for piece in pieces:
        rows = codec.encode(piece)
        assert words_of(codec, rows) == [metre.word(key) for key in metre.keys(piece).tolist()]
    again = json.loads(json.dumps(codec.table()))
    assert again == codec.table()


@given(sound=sounding)
def test_a_tuned_codec_of_one_word_reads_everything_as_it(sound: int) -> None:
    codec = SymbolsCodec([sound_name(sound)]).tuned(TUNE)
    assert codec.encode(TUNE).tolist() == [[0]] * 4
