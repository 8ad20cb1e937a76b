"""The synthesizer inside: FluidSynth, live and to a file.

Only this room calls FluidSynth, whose library is loaded when it is first needed.
"""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.synth.encoding import encode
    from antiphon.synth.outlet import FluidSynthOutlet
    from antiphon.synth.render import render_messages_to_wav, render_midi_to_wav
    from antiphon.synth.soundfont import find_soundfont

__all__ = [
    "FluidSynthOutlet", "encode", "find_soundfont", "render_messages_to_wav", "render_midi_to_wav",
]  # fmt: skip

# A command that only reads the settings needs none of these.
__getattr__ = deferred(
    __name__,
    {
        "outlet": ("FluidSynthOutlet",),
        "encoding": ("encode",),
        "render": ("render_messages_to_wav", "render_midi_to_wav"),
        "soundfont": ("find_soundfont",),
    },
)
