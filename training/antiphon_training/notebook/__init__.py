"""Functions for a notebook, under the names that published ones use: see docs/python.md."""
