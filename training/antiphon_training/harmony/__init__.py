"""Harmony, with music21: keys, and the names of chords."""
