"""Decide what may happen: the class of an effect, and the rules on it."""

from .decide import Decision, Question, Reason, Verdict, decide
from .risk import HEATING_LIMITS_CELSIUS, classify

__all__ = ["HEATING_LIMITS_CELSIUS", "Decision", "Question", "Reason", "Verdict", "classify", "decide"]
