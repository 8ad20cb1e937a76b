"""Plain phrases, whose beat and key are known: what the partner should answer in time."""

from antiphon_training.evaluation.phrases.kinds import KINDS
from antiphon_training.evaluation.phrases.phrase import PlainPhrase, plain_phrases

__all__ = ["KINDS", "PlainPhrase", "plain_phrases"]
