"""After a jam: say where the session's file is, and render its sound if it was not heard."""

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
    """Say where a session's file is, and render it to a WAV file beside that.

    Parameters
    ----------
    session : Path or None
        The session's MIDI file; None where nothing was recorded.
    synth : SynthSection
        Whether to render it, and with which sound.
    say : callable
        Shows a sentence to the musician.
    heard : bool
        Whether the jam could be heard; then "auto" renders nothing.
    impatient : callable
        Rendering stops where it returns true.

    Raises
    ------
    SynthError
        Rendering is demanded, but there is no FluidSynth or no SoundFont.
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
        say(f"Its sound is in {wav}." if done else "Its sound was not rendered to the end.")
