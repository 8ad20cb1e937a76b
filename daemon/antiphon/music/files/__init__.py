"""Standard MIDI files: their bytes, what they play, and how they are written."""
