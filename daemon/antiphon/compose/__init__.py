"""Compose offline: find a beginning, continue it with an instrument, and write the piece."""

from antiphon.compose.beginning import Beginning
from antiphon.compose.composing import Wish, compose
from antiphon.compose.continuing import continuation
from antiphon.compose.piece import Composition
from antiphon.compose.rendering import Order, last_session, render

__all__ = [
    "Beginning", "Composition", "Order", "Wish", "compose", "continuation", "last_session",
    "render",
]  # fmt: skip
