"""MIDI ports, hot-plug and the way in and out; the only room that knows rtmidi.

Import what you need from its modules: nothing here loads rtmidi before a
`MidiSystem` is made.
"""
