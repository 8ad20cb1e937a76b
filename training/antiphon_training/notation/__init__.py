"""Performed notes to a readable score: MusicXML, PDF and PNG."""
