"""Harmony, as music21 sees it: keys, chords and their names."""
