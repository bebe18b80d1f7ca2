"""A household that was never there: what two people kept over two years, and questions whose answers are known."""

from .generator import generate
from .types import HOUSEHOLD, PEOPLE, Half, Household, Item, Kind, Question, readable_by

__all__ = ["HOUSEHOLD", "PEOPLE", "Half", "Household", "Item", "Kind", "Question", "generate", "readable_by"]
