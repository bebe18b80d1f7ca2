"""Decide what may happen: the class of an effect, and the rules on it."""

from ..call import Actor
from .decide import decide
from .facts import anybody_home, fact_of, question_of
from .presets import Preset
from .question import Consent, Decision, Fact, Question, Reason, Ruling, Verdict
from .risk import HEATING_LIMITS_CELSIUS, classify
from .rules import CONF_PRESET, CONF_RULES, BadRuleError, Hours, Rule, Rules, When
from .words import because

__all__ = [
    "CONF_PRESET",
    "CONF_RULES",
    "HEATING_LIMITS_CELSIUS",
    "Actor",
    "BadRuleError",
    "Consent",
    "Decision",
    "Fact",
    "Hours",
    "Preset",
    "Question",
    "Reason",
    "Rule",
    "Rules",
    "Ruling",
    "Verdict",
    "When",
    "anybody_home",
    "because",
    "classify",
    "decide",
    "fact_of",
    "question_of",
]
