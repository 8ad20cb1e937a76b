"""Evaluation: prediction of held-out music, and continuations of it."""
