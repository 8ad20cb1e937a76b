"""From what was played to a score that can be read."""
