"""Decide what may happen: the class of an effect, and the rules on it."""

from ..call import Actor
from .conflicts import Conflict, conflicts
from .decide import decide
from .dry_run import DryRun, Part, dry_run
from .facts import anybody_home, fact_of, question_of
from .gone import gone
from .presets import Preset
from .question import Consent, Decision, Fact, Question, Reason, Ruling, Verdict
from .risk import HEATING_FIELDS, HEATING_LIMITS_CELSIUS, classify
from .rules import CONF_PRESET, CONF_RULES, BadRuleError, Hours, Rule, Rules, When
from .words import because

__all__ = [
    "CONF_PRESET",
    "CONF_RULES",
    "HEATING_FIELDS",
    "HEATING_LIMITS_CELSIUS",
    "Actor",
    "BadRuleError",
    "Conflict",
    "Consent",
    "Decision",
    "DryRun",
    "Fact",
    "Hours",
    "Part",
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
    "conflicts",
    "decide",
    "dry_run",
    "fact_of",
    "gone",
    "question_of",
]
