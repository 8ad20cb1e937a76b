"""The kinds of network that can be trained: a module for each, and a registry of all."""
