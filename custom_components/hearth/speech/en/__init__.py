"""Say and understand everything in English."""

from . import acts, answers, approvals, days, deeds, memory, troubles
from .answers import DECIMAL
from .days import DATE, DAYS, MONTHS, WEEKDAYS
from .heard import PATTERNS, QUESTIONS, STATES, WORDS

__all__ = ["DATE", "DAYS", "DECIMAL", "MONTHS", "PATTERNS", "QUESTIONS", "STATES", "TEXTS", "WEEKDAYS", "WORDS"]

TEXTS = {
    **acts.TEXTS,
    **answers.TEXTS,
    **approvals.TEXTS,
    **days.TEXTS,
    **deeds.TEXTS,
    **memory.TEXTS,
    **troubles.TEXTS,
}
