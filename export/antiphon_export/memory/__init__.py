"""Fit a memory to an instrument: how it weighs remembered places, and how much they count."""
