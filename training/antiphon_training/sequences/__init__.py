"""What a network is shown, drawn from corpora."""
