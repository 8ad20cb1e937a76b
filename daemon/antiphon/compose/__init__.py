"""A piece made offline: a beginning, what an instrument adds to it, and the files of both."""

from antiphon.compose.beginning import Beginning
from antiphon.compose.composing import Wish, compose
from antiphon.compose.continuing import continuation
from antiphon.compose.piece import Composition

__all__ = ["Beginning", "Composition", "Wish", "compose", "continuation"]
