"""What one line keeps to, made from the player's phrase and the settings of its form."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon.music.themes import themes
from antiphon.music.tonality import PITCH_CLASSES
from antiphon.partner.line.critic import Critic, top_line
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.landing import Landing
from antiphon.partner.line.manner import manner_of
from antiphon.partner.line.near import Articulation, Density, Key, Loudness, Register

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon.partner.line.manner import Manner
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.line.settings import FormSettings
    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.settings import GrooveSettings

SPARSE = 0.5
"""A line that is led away has so many of the phrase's notes."""

SURE = 0.3
"""The least confidence of a pulse on which a line ends."""

LENGTHS = 1.0
"""A line that is led away has notes half as long, or twice, in octaves of duration."""

OCTAVE = 12.0
FIFTH = 7
"""A line that is led away is in the key a fifth above."""

HIGH = 72.0
"""A phrase whose mean pitch lies above this, c'', is answered an octave lower, where it is
led away."""

SOFTER, LOUDER = 0.65, 1.5
SOFT = 56.0
"""A phrase whose mean velocity is below this is answered louder, where it is led away."""


def answering(cue: Cue, phrase: NoteArray, heard: NoteArray, settings: FormSettings) -> Cue:
    """Return a cue that is fitted to the phrase which a line answers.

    Parameters
    ----------
    cue : Cue
        What else was heard.
    phrase : array of NOTE_DTYPE
        The notes of the phrase, sorted by onset.
    heard : array of NOTE_DTYPE
        All the player's notes that are remembered: these tell the key.
    settings : FormSettings
        What the line keeps of the phrase, and whether it ends like one.
    """
    manner = manner_of(phrase, heard)
    return fitted(replace(cue, manner=manner, themes=themes(top_line(phrase))), settings)


def cue_of(
    settings: FormSettings,
    notes: NoteArray,
    groove: GrooveSettings | None = None,
    told: Beats | None = None,
) -> Cue:
    """Return what a continuation is fitted to.

    Parameters
    ----------
    settings : FormSettings
        What it keeps of the notes, and whether it ends like a phrase.
    notes : array of NOTE_DTYPE
        What is continued, sorted by onset.
    groove : GrooveSettings, optional
        How their groove is kept to, and whether they swing; as shipped by default.
    told : Beats, optional
        Their beats, where a file tells them; otherwise they are heard.
    """
    return answering(Cue.heard(notes, groove, told), notes, notes, settings)


def fitted(cue: Cue, settings: FormSettings) -> Cue:
    """Return a cue with the rules and the critic that the settings ask for."""
    if cue.manner is None:
        return replace(cue, rules=(), critic=None, gap=0.0)
    wished = wished_manner(settings, cue.manner)
    rules: list[Rule] = []
    if not math.isnan(wished.rate):
        rules.append(Density(wished))
    if not math.isnan(wished.pitch):
        rules.append(Register(wished))
    if not math.isnan(wished.velocity):
        rules.append(Loudness(wished))
    if not math.isnan(wished.length):
        rules.append(Articulation(wished))
    if wished.tones:
        rules.append(Key(wished))
    beats = cue.beats if cue.beats is not None and cue.beats.confidence >= SURE else None
    if settings.endings:
        home = replace(cue.manner, triad=wished.triad)
        rules.append(Landing(home, None if beats is None else beats.period))
    critic = Critic(wished, cue.themes, settings.endings, beats)
    return replace(cue, rules=tuple(rules), critic=critic, gap=cue.manner.gap)


def wished_manner(settings: FormSettings, manner: Manner) -> Manner:
    """Return the manner that a line should have; NaN where it is free."""
    rate, pitch, velocity = manner.rate, manner.pitch, manner.velocity
    octave = -OCTAVE if pitch > HIGH else OCTAVE
    factor = LOUDER if velocity < SOFT else SOFTER
    # At half the pace, what was tied has to last twice as long to be so.
    length = manner.length - (math.log2(SPARSE) if settings.density == "away" else 0.0)
    other = -LENGTHS if manner.tied else LENGTHS
    away = (rate * SPARSE, pitch + octave, min(velocity * factor, 127.0), length + other)
    kinds = (settings.density, settings.register, settings.loudness, settings.articulation)
    wished = [
        {"near": near, "away": far, "free": math.nan}[kind]
        for kind, near, far in zip(kinds, (rate, pitch, velocity, length), away, strict=True)
    ]
    triad, tones = manner.triad, manner.tones
    if settings.key == "free":
        tones = ()
    elif settings.key == "away":
        triad = tuple((tone + FIFTH) % PITCH_CLASSES for tone in triad)
        tones = (*tones[-FIFTH:], *tones[:-FIFTH])
    return replace(
        manner,
        rate=wished[0],
        pitch=wished[1],
        velocity=wished[2],
        length=wished[3],
        triad=triad,
        tones=tones,
    )
