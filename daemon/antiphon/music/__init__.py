"""Notes, codecs and MIDI files: pure values, on NumPy and mido alone."""
