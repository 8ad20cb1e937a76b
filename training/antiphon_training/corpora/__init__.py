"""Folders of music: read once, kept as arrays, split by piece."""
