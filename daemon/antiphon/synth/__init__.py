"""The synthesizer inside: FluidSynth, live and to a file.

Only this room calls FluidSynth, whose library is loaded when it is first needed.
"""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.synth.outlet import FluidSynthOutlet
    from antiphon.synth.render import render_midi_to_wav
    from antiphon.synth.soundfont import find_soundfont

__all__ = ["FluidSynthOutlet", "find_soundfont", "render_midi_to_wav"]

# A command that only reads the settings needs none of these.
__getattr__ = deferred(
    __name__,
    {
        "outlet": ("FluidSynthOutlet",),
        "render": ("render_midi_to_wav",),
        "soundfont": ("find_soundfont",),
    },
)
