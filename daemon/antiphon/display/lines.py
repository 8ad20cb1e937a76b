"""Plain lines, one a phrase: for a log, a pipe or a simple terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.display.feed import SLOW, Feed
from antiphon.display.phrases import PAUSE, Phrases

if TYPE_CHECKING:
    from typing import TextIO


class Lines(Feed):
    """Writes one line a phrase, without colours or control characters.

    Parameters
    ----------
    stream : text file
        Where to write; after an error nothing more is written.
    origin : float
        The time that the lines count from.
    """

    def __init__(self, stream: TextIO, *, origin: float) -> None:
        super().__init__()
        self._stream = stream
        self._origin = origin
        self._phrases = Phrases()
        self._now = origin
        self._broken = False

    def draw(self, now: float) -> float:
        """Write the phrases that have ended."""
        self._now = now
        for text in self.texts():
            self._write(text)
        for side, event in self.events():
            for line in self._phrases.hear(side, event):
                self._write(line.text(self._origin))
        for line in self._phrases.ended(now):
            self._write(line.text(self._origin))
        return PAUSE / 3 if self._phrases.going else SLOW

    def close(self) -> None:
        """Write the last phrases too."""
        self.draw(self._now)
        for line in self._phrases.close(self._now):
            self._write(line.text(self._origin))

    def _write(self, text: str) -> None:
        if self._broken:
            return
        encoding = self._stream.encoding or "utf-8"
        text = text.replace("\N{EN DASH}", "-") if encoding.lower() == "ascii" else text
        try:
            written = text.encode(encoding, errors="replace").decode(encoding)
            self._stream.write(f"{written}\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._broken = True  # the terminal or the pipe has gone; the jam goes on
