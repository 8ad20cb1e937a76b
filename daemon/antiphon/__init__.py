"""Antiphon: a live musical partner.

This package is everything that runs while people play. Times are seconds on
one monotonic clock, channels are 0 to 15, pitches are MIDI note numbers.
"""

__version__ = "0.1.0"
