"""The memory: all notes of the session, and what followed when the music was as it is now."""
