"""Players: what continues an excerpt, the partner as on stage and what it is compared with.

The partner hears an excerpt as a performance and plays on at the cut, without waiting for
a pause. All that it learns from what it hears, it learns as on stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec.structs import replace

from antiphon.messages import Event
from antiphon.music.note import NoteArray, notes_to_array
from antiphon.partner import PartnerSections
from antiphon.partner.ensemble import Ensemble
from antiphon.partner.line.plan import planned
from antiphon.partner.line.settings import FormSettings
from antiphon.partner.line.tuning import tuned_to
from antiphon.partner.listening.settings import GrooveSettings
from antiphon_training.evaluation.excerpts import Excerpt, seed_of
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.sessions import as_heard

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.line import Line
    from antiphon.partner.line.predictor import NextNote

MOST_NOTES, MOST_SECONDS = 4096, 3600.0
"""The longest window that there is: all of an excerpt is read, however much that is."""


class Player(Protocol):
    """A function that continues an excerpt."""

    def __call__(self, piece: Excerpt) -> NoteArray:
        """Return sorted notes that begin at the cut of an excerpt or later."""


def player(instrument: NextNote, codec: Codec, sections: PartnerSections | None = None) -> Player:
    """Return the player that continues as the partner does with an instrument.

    Its settings are those of `sections`; as shipped where there are none.
    """

    def play(piece: Excerpt) -> NoteArray:
        settings = _settings(sections or PartnerSections(), piece.continued)
        ensemble = Ensemble(instrument, codec, settings, seed_of(piece.file))
        for message in as_heard(piece.heard):
            if isinstance(message.event, Event) and message.time <= piece.cut:
                ensemble.listening.hear(message.event)
        return notes_to_array(_line_at(ensemble, piece).take())

    return play


def _settings(sections: PartnerSections, seconds: float) -> PartnerSections:
    """Return settings by which a line lasts so long, and begins where the instrument wants."""
    partner = replace(
        sections.partner,
        shortest=seconds,
        longest=seconds,
        first_note_within=sections.partner.longest_gap,
        window_notes=MOST_NOTES,
        window_seconds=MOST_SECONDS,
    )
    return replace(sections, partner=partner)


def _line_at(ensemble: Ensemble, piece: Excerpt) -> Line:
    """Return the whole line from the cut on, planned as a mode plans one (`modes.turn`)."""
    ensemble.listening.settle(piece.cut)
    cue = ensemble.cue(piece.cut)
    ensemble.reading.aim(piece.cut, cue)
    while not ensemble.reading.ready:
        ensemble.reading.read(MOST_NOTES)
    line = ensemble.line(piece.cut, piece.continued, cue.gap)
    return planned(line, cue, ensemble.candidates)


def left_alone(sections: PartnerSections) -> PartnerSections:
    """Return settings for a baseline: the same, without what the partner adds by listening."""
    form = FormSettings(
        density="free",
        register="free",
        loudness="free",
        key="free",
        endings=False,
        candidates=1,
    )
    return replace(sections, form=form, groove=GrooveSettings(strength=0.0))


def imitator(codec: Codec, sections: PartnerSections | None = None) -> Player:
    """Return the player that continues with an n-gram of the prompt alone."""

    def play(piece: Excerpt) -> NoteArray:
        return player(prompt_ngram(codec, piece), codec, sections)(piece)

    return play


def prompt_ngram(codec: Codec, piece: Excerpt) -> NGramInstrument:
    """Return the n-gram of what was heard of an excerpt."""
    notes = piece.heard.copy()
    notes["duration"] = np.minimum(notes["duration"], piece.cut - notes["onset"])
    return NGramInstrument.learn(codec, [tuned_to(codec, notes).encode(notes)])


def repeated(piece: Excerpt) -> NoteArray:
    """Return the prompt again, from the cut on."""
    notes = piece.heard.copy()
    notes["onset"] += piece.cut - notes["onset"][0]
    return notes
