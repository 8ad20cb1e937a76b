"""Fitting a network: the run's folder, checkpoints, the rate of learning, progress."""
