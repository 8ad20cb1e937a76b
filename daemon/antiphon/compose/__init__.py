"""Compose offline: find a beginning, continue it with an instrument, and write the piece."""

from antiphon.compose.beginning import Beginning
from antiphon.compose.composing import Wish, compose
from antiphon.compose.continuing import continuation
from antiphon.compose.piece import Composition

__all__ = ["Beginning", "Composition", "Wish", "compose", "continuation"]
