"""What the terminal shows while people play: a rolling piano roll, or plain lines."""

from antiphon.display.choice import Kind, make_display
from antiphon.display.feed import Display

__all__ = ["Display", "Kind", "make_display"]
