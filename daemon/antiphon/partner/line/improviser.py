"""Improvisers: each draws the next notes from an instrument, under the rules.

Instruments speak in fields (a note is a pitch, a step, a duration) or in words
(all notes that begin together, on a grid); each way has an improviser of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from antiphon.errors import InstrumentError
from antiphon.partner.line.fields import FieldImproviser
from antiphon.partner.line.words import WordImproviser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.line.codecs import FieldCodec, WordCodec
    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.drawing import Asked, Draft
    from antiphon.partner.line.place import Place
    from antiphon.partner.line.predictor import NextNote, Prediction
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.line.taking import Taking
    from antiphon.partner.settings import PartnerSettings


class Improviser(Protocol):
    """Draws notes from an instrument, and keeps them within the rules.

    Attributes
    ----------
    predictor : NextNote
        The instrument.
    reads_along : bool
        Whether a row of the codec is a note, which can be read before the phrase
        is over.
    """

    predictor: NextNote
    reads_along: bool

    @property
    def settings(self) -> PartnerSettings:
        """The settings that hold."""

    def adopt(self, settings: PartnerSettings) -> None:
        """Go by other settings from now on; so do all that were tuned from this one."""

    @property
    def codec(self) -> Codec:
        """The instrument's codec, fitted to what was played."""

    @property
    def taking(self) -> Taking:
        """What a line that begins has taken up: nothing."""

    def tuned(self, cue: Cue, seed: NoteArray) -> Improviser:
        """Return an improviser fitted to the player.

        Parameters
        ----------
        cue : Cue
            What was heard of them.
        seed : array of NOTE_DTYPE
            The notes of the window, of both sides.
        """

    def ruled(self, cue: Cue) -> Improviser:
        """Return one that keeps to the rules of another cue from now on."""

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        """Return from when until when notes begin, in an answer that lasts for `seconds`."""

    def prepare(self, asked: Sequence[Asked]) -> list[Draft]:
        """Return the calls of the instrument that draw what follows.

        Parameters
        ----------
        asked : sequence of Asked
            What is asked, for lines that this improviser draws.
        """

    def finish(
        self, draft: Draft, prediction: Prediction, recent: list[Note]
    ) -> tuple[list[Note], Place]:
        """Return what was drawn.

        Parameters
        ----------
        draft : Draft
            The call.
        prediction : Prediction
            Its result; see `mixed`.
        recent : list of Note
            What the line has played last, as it was asked of `prepare`.

        Returns
        -------
        tuple
            Notes that begin together, and the place after them. Where there is
            none yet, the place tells what to draw otherwise.
        """

    def mixed(self, draft: Draft, prediction: Prediction) -> Prediction:
        """Return what a call drew, with what is remembered mixed in."""

    def together(
        self, place: Place, rules: Sequence[Rule], count: int, rng: np.random.Generator
    ) -> Iterator[Note]:
        """Draw notes that begin with the last one that was played, each as it is asked for.

        Parameters
        ----------
        place : Place
            After that note.
        rules : sequence of Rule
            What these notes keep to, besides all others.
        count : int
            So many at most.
        rng : Generator
            Gives one number a field and call.
        """


def improviser_for(
    predictor: NextNote, codec: Codec, settings: PartnerSettings, rules: Sequence[Rule] = ()
) -> Improviser:
    """Return the improviser that plays an instrument of this codec, by these rules.

    Raises
    ------
    InstrumentError
        This version cannot play such a codec.
    """
    if codec.fields == WordImproviser.fields:
        return WordImproviser(predictor, cast("WordCodec", codec), settings, rules)
    if codec.fields[:3] == FieldImproviser.fields:
        return FieldImproviser(predictor, cast("FieldCodec", codec), settings, rules)
    raise InstrumentError(
        f"This version of Antiphon cannot play an instrument whose notes are "
        f"{', '.join(codec.fields)}; update Antiphon."
    )
