"""Pictures of music, of training runs and of corpora."""
