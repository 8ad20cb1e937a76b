"""Errors that a musician may meet: each is one sentence that says what to do.

Every error that reaches the command line derives from `AntiphonError`; its
`exit_code` becomes the exit code of the process.
"""

from __future__ import annotations


class AntiphonError(Exception):
    """Something went wrong that the user can act upon."""

    exit_code = 1


class UsageError(AntiphonError):
    """The command was called in a way that makes no sense."""

    exit_code = 2


class NoMidiSystemError(AntiphonError):
    """There is no MIDI system on this machine where one was demanded."""

    exit_code = 69


class NoVirtualPortsError(AntiphonError):
    """The MIDI system lets a program open no ports of its own, as on Windows."""


class SettingError(AntiphonError):
    """A setting is unknown, of the wrong kind, or out of range."""

    exit_code = 78


class InstrumentError(AntiphonError):
    """A file is no instrument that Antiphon can play."""


class MidiFileError(AntiphonError):
    """A MIDI file cannot be read or written."""


class MemoryFileError(AntiphonError):
    """A file that keeps a memory cannot be used or written."""


class SynthError(AntiphonError):
    """There is no synthesizer, SoundFont or audio device to sound with."""


class CorpusError(AntiphonError):
    """A folder holds nothing that can be learned from."""


class TrainingError(AntiphonError):
    """A training run cannot start, resume or be exported."""
