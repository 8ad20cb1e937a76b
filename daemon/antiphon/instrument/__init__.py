"""The instrument file: its card, its graph, and the predictor that plays it.

Only this room knows onnxruntime, and only once an instrument is opened:
importing it, or reading a card, loads nothing heavy.
"""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.instrument.ask import Ask, Recall
    from antiphon.instrument.card import SCHEMA, Card, NeutralInput, StateTensor, read_card
    from antiphon.instrument.controls import Biases, Controls
    from antiphon.instrument.metadata import load_card
    from antiphon.instrument.prediction import Prediction, State
    from antiphon.instrument.predictor import Predictor
    from antiphon.instrument.scoring import UNCOUNTED_NOTES, Scores, score_pieces

__all__ = [
    "SCHEMA",
    "UNCOUNTED_NOTES",
    "Ask",
    "Biases",
    "Card",
    "Controls",
    "NeutralInput",
    "Prediction",
    "Predictor",
    "Recall",
    "Scores",
    "State",
    "StateTensor",
    "load_card",
    "read_card",
    "score_pieces",
]

# The card and the graph need numpy; the settings do not.
__getattr__ = deferred(
    __name__,
    {
        "ask": ("Ask", "Recall"),
        "card": ("SCHEMA", "Card", "NeutralInput", "StateTensor", "read_card"),
        "controls": ("Biases", "Controls"),
        "metadata": ("load_card",),
        "prediction": ("Prediction", "State"),
        "predictor": ("Predictor",),
        "scoring": ("UNCOUNTED_NOTES", "Scores", "score_pieces"),
    },
)
