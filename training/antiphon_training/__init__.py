"""The training room: from MIDI files to a checkpoint that `antiphon export` understands.

The names here are for notebooks and scripts: see docs/python.md. Importing this package loads
nothing heavy; TensorFlow and the rest are loaded by the functions that need them.
"""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon_training.corpora.corpus import Corpus, Reading, load_corpus
    from antiphon_training.corpora.tables import files_table, notes_table
    from antiphon_training.notebook.models import (
        Model,
        build_model,
        create_sequences,
        load_model,
        train_model,
    )
    from antiphon_training.notebook.music import midi_to_notes, notes_to_midi
    from antiphon_training.notebook.playing import generate, pick_beginning, predict_next_note
    from antiphon_training.notebook.showing import (
        display_audio,
        history,
        plot_chords,
        plot_composers,
        plot_distributions,
        plot_history,
        plot_piano_roll,
        render_audio,
        sheet_music,
    )

__all__ = [
    "Corpus",
    "Model",
    "Reading",
    "build_model",
    "create_sequences",
    "display_audio",
    "files_table",
    "generate",
    "history",
    "load_corpus",
    "load_model",
    "midi_to_notes",
    "notes_table",
    "notes_to_midi",
    "pick_beginning",
    "plot_chords",
    "plot_composers",
    "plot_distributions",
    "plot_history",
    "plot_piano_roll",
    "predict_next_note",
    "render_audio",
    "sheet_music",
    "train_model",
]

# The commands of `antiphon train` and others import this package too.
__getattr__ = deferred(
    __name__,
    {
        "corpora.corpus": ("Corpus", "Reading", "load_corpus"),
        "corpora.tables": ("files_table", "notes_table"),
        "notebook.models": (
            "Model",
            "build_model",
            "create_sequences",
            "load_model",
            "train_model",
        ),
        "notebook.music": ("midi_to_notes", "notes_to_midi"),
        "notebook.playing": ("generate", "pick_beginning", "predict_next_note"),
        "notebook.showing": (
            "display_audio",
            "history",
            "plot_chords",
            "plot_composers",
            "plot_distributions",
            "plot_history",
            "plot_piano_roll",
            "render_audio",
            "sheet_music",
        ),
    },
)


def __dir__() -> list[str]:
    """Return the names that a notebook completes."""
    return __all__
