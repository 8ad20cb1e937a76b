"""The export room: from a trained network to the one file that plays it."""
