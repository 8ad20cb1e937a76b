"""MIDI bytes, ports, hot-plug and scheduling; the only room that knows rtmidi.

Import what you need from its modules: `message`, `note_schedule`, `scheduler`
and `echo` are free of rtmidi, and nothing here loads it before a `MidiSystem`
is made.
"""
