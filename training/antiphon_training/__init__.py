"""The training room: from MIDI files to a checkpoint that `antiphon export` understands."""
