"""What remains of a jam: the session's file, and its sound where it was not heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import MidiFileError, SynthError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.synth.settings import SynthSection


def keep_session(
    session: Path | None,
    synth: SynthSection,
    say: Callable[[str], None],
    *,
    heard: bool,
    impatient: Callable[[], bool],
) -> None:
    """Tell where a session is; render it beside its file, unless it was `heard`.

    Who becomes `impatient` meanwhile is left without.

    Raises
    ------
    SynthError
        Rendering is demanded and there is nothing to sound with.
    """
    if session is None:
        return
    say(f"The session is in {session}.")
    if synth.render == "off" or (synth.render == "auto" and heard):
        return
    from antiphon.synth import find_soundfont, render_midi_to_wav

    wav = session.with_suffix(".wav")
    try:
        soundfont = find_soundfont(synth.soundfont)
        done = render_midi_to_wav(session, wav, soundfont, synth.gain, cancelled=impatient)
    except (MidiFileError, SynthError) as error:
        if synth.render == "on":
            raise
        say(f"There is no recording to listen to: {error}")
    else:
        say(f"It sounds in {wav}." if done else "No recording was made of it.")
