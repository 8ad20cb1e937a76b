"""What a network plays in a notebook: the next note, or a continuation. Times are seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import UsageError
from antiphon_training.notebook.music import Music, Table, in_unit, notes_of

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon.partner.line.predictor import Prediction
    from antiphon_training.corpora.piece import Side
    from antiphon_training.notebook.models import Model

    Temperature = float | Mapping[str, float]
    """One for all fields of the codec, or one for each of some: {"pitch": 0.8}."""


def predict_next_note(
    notes: Music, model: Model, temperature: Temperature = 1.0, *, seed: int | None = None
) -> Table:
    """Return the note that follows notes, drawn from what the network predicts.

    No rule of the partner applies, as on stage or in `generate`.

    Parameters
    ----------
    notes : DataFrame, array of NOTE_DTYPE, path, or mapping
        The notes so far, in seconds. A network of windows reads the last of them.
    model : Model
        The network.
    temperature : float, or mapping of str to float
        Divides the logits, of all fields or of those named: 1 is as the network learned,
        lower is safer, at least 0.01.
    seed : int, optional
        Of the random numbers; another note at each call when not given.

    Returns
    -------
    DataFrame
        Columns as those of `midi_to_notes`: one row, or for a network of words a row for
        each note of the chord. step is the time since the last of `notes` began.

    Raises
    ------
    UsageError
        The notes are in beats, or a temperature is out of range or for no field.
    """
    from antiphon.instrument import Ask
    from antiphon.partner.line.tuning import tuned_to
    from antiphon_training.corpora.tables import notes_table

    given = notes_of(notes)
    codec, instrument = tuned_to(model.codec, given), model.instrument
    rows = np.concatenate([np.array([codec.start], dtype=np.int32), codec.encode(given)])
    uniforms = np.random.default_rng(seed).random(len(codec.fields))
    state = instrument.prime(instrument.initial_state(), rows[:-1])
    controls = _controls(temperature, codec)
    drawn = instrument.step(Ask(state, rows[-1], uniforms, controls))
    last = float(given["onset"][-1]) if len(given) else 0.0
    table = notes_table(_decoded(codec, drawn, rows, given))
    table["step"] = np.diff(table["start"], prepend=last)
    return in_unit(table, "seconds")


def generate(
    note_count: int,
    model: Model,
    notes: Music | None = None,
    *,
    temperature: Temperature = 1.0,
    seed: int = 1,
) -> Table:
    """Return a continuation, as `antiphon compose --notes`: the partner's rules apply.

    Parameters
    ----------
    note_count : int
        How much is added: notes, or words of a network of words.
    model : Model
        The network.
    notes : DataFrame, array of NOTE_DTYPE, path, or mapping, optional
        The notes that are continued, in seconds. When not given, `pick_beginning(model)`.
    temperature : float, or mapping of str to float
        As for `predict_next_note`.
    seed : int
        Of the random numbers: the same arguments give the same notes.

    Returns
    -------
    DataFrame
        The added notes, columns as those of `midi_to_notes`. Their times go on from those
        of `notes`.

    Raises
    ------
    UsageError
        `note_count` or a temperature is out of range, or the notes are in beats.
    """
    from antiphon.compose.continuing import continuation
    from antiphon.compose.temperatures import with_temperatures
    from antiphon.music.note import notes_to_array
    from antiphon.partner import PartnerSettings
    from antiphon_training.corpora.tables import notes_table

    given = notes_of(pick_beginning(model, seed=seed) if notes is None else notes)
    if not len(given):
        raise UsageError("There are no notes to continue.")
    limits = with_temperatures(PartnerSettings(), _written(temperature), model.codec.fields)
    added = notes_to_array(continuation(model.instrument, given, limits, seed, count=note_count))
    table = notes_table(added)
    table["step"] = np.diff(table["start"], prepend=given["onset"][-1])
    return in_unit(table, "seconds")


def pick_beginning(model: Model, side: Side = "valid", *, seed: int = 1) -> Table:
    """Return a random stretch of a run's music, as long as its network looks back.

    Parameters
    ----------
    model : Model
        Of a run, by `train_model` or `load_model`.
    side : {"valid", "train", "heldout"}
        From the validation pieces, those that were trained on, or those held out.
    seed : int
        Of the random choice.

    Returns
    -------
    DataFrame
        Columns as those of `midi_to_notes`; the first note begins at 0 s.

    Raises
    ------
    AntiphonError
        The model is of no run, or the music of the run is no longer there.
    """
    from antiphon_training.commands.seeds import STREAM_ROWS, beginning_of_run
    from antiphon_training.corpora.tables import notes_table

    if model.run is None:
        raise UsageError("This network is of no run, so it knows no music; give notes to continue.")
    rows = model.instrument.window or STREAM_ROWS
    rng = np.random.default_rng([seed, 1])
    notes = beginning_of_run(model.run, side, model.codec, rows, rng).notes
    notes["onset"] -= notes["onset"][0]  # it may begin within a bar
    return in_unit(notes_table(notes), "seconds")


def _controls(temperature: Temperature, codec: Codec) -> Any:
    """Return how freely each field is drawn."""
    from antiphon.instrument import Controls

    given = temperature if isinstance(temperature, Mapping) else {}
    for name in given:
        if name not in codec.fields:
            raise UsageError(
                f"The network has no field {name!r} to have a temperature; it has "
                f"{', '.join(codec.fields)}."
            )
    plain = 1.0 if isinstance(temperature, Mapping) else float(temperature)
    try:
        heat = [float(given.get(name, plain)) for name in codec.fields]
        return Controls.of(heat, fields=len(heat))
    except ValueError as error:
        raise UsageError(f"A temperature is out of range: {error}.") from error


def _written(temperature: Temperature) -> list[str]:
    """Return temperatures as on the command line."""
    if isinstance(temperature, Mapping):
        return [f"{name}={value}" for name, value in temperature.items()]
    return [str(temperature)]


def _decoded(codec: Codec, drawn: Prediction, rows: Any, given: NoteArray) -> NoteArray:
    """Return the notes of a drawn row, after the given notes."""
    from antiphon.music.chords import CHORD_SPAN, first_notes
    from antiphon.music.codecs.symbols import SymbolsCodec

    moments = given["onset"][first_notes(given["onset"], CHORD_SPAN)]
    last = float(given["onset"][-1]) if len(given) else 0.0
    if not isinstance(codec, SymbolsCodec):
        return codec.decode(drawn.classes[None], drawn.within[None], last)
    if codec.swing is not None:
        last = float(codec.swing.straight(moments)[-1])
    before = int(rows[-1, 0])  # a word begins where the one before it ends
    step = 0.0 if before == codec.nothing else codec.length_seconds(before)
    return codec.decode(drawn.classes[None], drawn.within[None], last, step)
