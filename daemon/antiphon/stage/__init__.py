"""The pure core of a session, stepped by threads and by tests alike."""

from antiphon.stage.simulation import Simulation
from antiphon.stage.stage import Observer, Sender, Stage

__all__ = ["Observer", "Sender", "Simulation", "Stage"]
