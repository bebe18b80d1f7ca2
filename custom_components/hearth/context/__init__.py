"""Gather what is true of the home for a language model to know."""

from .area import area_name
from .fence import fence
from .home import home_index
from .lines import Assembled, Line, clean, fit, render
from .meanings import EmbedTexts, Meanings
from .moment import describe_moment
from .names import Words
from .surroundings import Surroundings
from .tokens import estimate_json_tokens, estimate_tokens
from .vocabulary import Vocabulary, fold

__all__ = [
    "Assembled",
    "EmbedTexts",
    "Line",
    "Meanings",
    "Surroundings",
    "Vocabulary",
    "Words",
    "area_name",
    "clean",
    "describe_moment",
    "estimate_json_tokens",
    "estimate_tokens",
    "fence",
    "fit",
    "fold",
    "home_index",
    "render",
]
