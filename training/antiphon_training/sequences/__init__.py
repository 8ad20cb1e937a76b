"""Training data for the networks, drawn from corpora."""
