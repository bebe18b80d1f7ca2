"""Decide what may happen: the class of an effect, and the rules on it."""

from ..call import Actor
from .decide import decide
from .facts import anybody_home, question_of
from .presets import Preset
from .question import Consent, Decision, Fact, Question, Reason, Ruling, Verdict
from .risk import HEATING_LIMITS_CELSIUS, classify
from .rules import CONF_PRESET, CONF_RULES, BadRuleError, Rule, Rules, When

__all__ = [
    "CONF_PRESET",
    "CONF_RULES",
    "HEATING_LIMITS_CELSIUS",
    "Actor",
    "BadRuleError",
    "Consent",
    "Decision",
    "Fact",
    "Preset",
    "Question",
    "Reason",
    "Rule",
    "Rules",
    "Ruling",
    "Verdict",
    "When",
    "anybody_home",
    "classify",
    "decide",
    "question_of",
]
