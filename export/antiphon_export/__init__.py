"""From a trained network to one file that plays it."""
