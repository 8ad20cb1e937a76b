"""What an instrument plays for an evaluation: continuations, answers, and where it breaks in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon.instrument import Predictor
from antiphon.messages import Heard
from antiphon.music.files.reading import LEAD_IN, read_performance
from antiphon.partner import PartnerSections
from antiphon.wording import how_many
from antiphon_training.corpora.assemble import FileNotes, read_files
from antiphon_training.evaluation.answers import (
    answerer,
    compare_answers,
    phrase_again,
    phrase_imitator,
    phrase_itself,
)
from antiphon_training.evaluation.beat_grid import BeatGrid
from antiphon_training.evaluation.continuations import compare
from antiphon_training.evaluation.excerpts import Excerpt, Lengths, excerpt
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.pauses import Interruptions, interruptions
from antiphon_training.evaluation.phrases import plain_phrases
from antiphon_training.evaluation.played_report import ContinuationReport, PhraseReport, Played
from antiphon_training.evaluation.players import imitator, left_alone, player, repeated
from antiphon_training.evaluation.sessions import as_heard
from antiphon_training.evaluation.table import IMITATOR, INSTRUMENT, NGRAM, PIECE, REPEAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antiphon_training.corpora.piece import Reading
    from antiphon_training.evaluation.selection import Selection

    Say = Callable[[str], None]

MIDI_SUFFIXES = (".mid", ".midi")


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces that are played, in seconds, whatever the unit of the instrument's codec.

    Attributes
    ----------
    folder : Path
        Where their files are.
    seconds, beats : sequence of FileNotes
        The same pieces in both units.
    """

    folder: Path
    seconds: Sequence[FileNotes]
    beats: Sequence[FileNotes]

    @classmethod
    def read(cls, measured: Selection, reading: Reading, cache: Path | None) -> Pieces:
        """Return the pieces of a selection; those that cannot be read are left out."""
        folder, files = measured.folder, measured.files
        seconds, _ = read_files(folder, files, replace(reading, time="seconds"), cache)
        beats, _ = read_files(folder, files, replace(reading, time="beats"), cache)
        return cls(folder, seconds, beats)

    def excerpts(self, lengths: Lengths) -> dict[str, Excerpt | None]:
        """Return the excerpt of each piece; None where it is too short or too empty."""
        counted = {piece.file: piece.notes for piece in self.beats}
        found = {}
        for piece in self.seconds:
            beats = counted.get(piece.file)  # a file in SMPTE time has none
            grid = None if beats is None else BeatGrid.fitted(piece.notes, beats)
            found[piece.file] = excerpt(piece.file, piece.notes, lengths, grid)
        return found

    def performances(self) -> Iterator[list[Heard]]:
        """Yield the messages of each piece: of a MIDI file all of them, pedals too."""
        for piece in self.seconds:
            path = self.folder / piece.file
            if path.suffix.lower() not in MIDI_SUFFIXES:
                yield as_heard(piece.notes)
                continue
            messages = read_performance(path).messages(lead_in=LEAD_IN)
            yield [heard for time, data in messages if (heard := Heard.parse(data, time))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be played.

    Attributes
    ----------
    lengths : Lengths or None
        Those of the continuations; None for no continuations.
    phrases : int
        How many plain phrases of each kind are answered.
    pauses : bool
        Whether pieces are played through, to count interruptions.
    """

    lengths: Lengths | None = None
    phrases: int = 0
    pauses: bool = False


@dataclass(frozen=True, eq=False)
class Playing:
    """How an instrument plays for an evaluation.

    Attributes
    ----------
    predictor : Predictor
        The instrument.
    ngram : NGramInstrument or None
        The baseline that plays by the same rules.
    sections : PartnerSections
        Its settings; baselines play by them as `left_alone` says.
    takes : int
        How often each piece is continued and each phrase is answered.
    """

    predictor: Predictor
    ngram: NGramInstrument | None
    sections: PartnerSections
    takes: int = 1

    def played(self, wanted: Wanted, read: Callable[[], Pieces], say: Say) -> Played:
        """Return what is wanted; `read` gives the pieces, where they are needed."""
        pieces = read() if wanted.lengths or wanted.pauses else None
        continuations = answers = pauses = None
        if pieces and wanted.lengths:
            say(f"continuing {how_many(len(pieces.seconds), 'piece')}")
            continuations = self.continuations(pieces, wanted.lengths)
        if wanted.phrases:
            say("answering plain phrases")
            answers = self.answers(wanted.phrases)
        if pieces and wanted.pauses:
            say(f"playing {how_many(len(pieces.seconds), 'piece')} through")
            pauses = self.pauses(pieces)
        return Played(continuations, answers, pauses)

    def continuations(self, pieces: Pieces, lengths: Lengths) -> ContinuationReport:
        """Return the comparison of continuations.

        Raises
        ------
        CorpusError
            No piece is long enough.
        """
        cut = pieces.excerpts(lengths)
        excerpts = [piece for piece in cut.values() if piece is not None]
        if not excerpts:
            raise CorpusError(
                f"No piece is as long as the {lengths.given + lengths.continued:g} seconds that "
                "continuations need; name longer ones, or leave out --continuations."
            )
        codec, baseline = self.predictor.codec, left_alone(self.sections)
        players = {INSTRUMENT: player(self.predictor, codec, self.sections)}
        if self.ngram is not None:
            players[NGRAM] = player(self.ngram, codec, baseline)
        players |= {IMITATOR: imitator(codec, baseline), REPEAT: repeated}
        return ContinuationReport(
            lengths=lengths,
            takes=self.takes,
            excerpts=len(excerpts),
            with_beat=sum(piece.grid is not None for piece in excerpts),
            left_out=tuple(file for file, piece in cut.items() if piece is None),
            players=compare(players, excerpts, self.takes),
        )

    def answers(self, variants: int) -> PhraseReport:
        """Return the comparison of answers to so many plain phrases of each kind."""
        codec, baseline = self.predictor.codec, left_alone(self.sections)
        answerers = {INSTRUMENT: answerer(self.predictor, codec, self.sections)}
        if self.ngram is not None:
            answerers[NGRAM] = answerer(self.ngram, codec, baseline)
        answerers |= {
            IMITATOR: phrase_imitator(codec, baseline),
            REPEAT: phrase_again,
            PIECE: phrase_itself,
        }
        found = compare_answers(answerers, plain_phrases(variants), self.takes)
        return PhraseReport(variants, self.takes, found)

    def pauses(self, pieces: Pieces) -> Interruptions:
        """Return how often the instrument breaks into pieces that are played straight through."""
        performances = pieces.performances()
        return interruptions(self.predictor, self.predictor.codec, performances, self.sections)
