"""Gather what is true of the home for a language model to know."""

from .area import area_name
from .fence import fence
from .home import home_index
from .lines import Assembled, Line, clean, fit, render
from .meanings import EmbedTexts
from .moment import describe_moment
from .situation import Situation
from .states import LiveStates
from .surroundings import Surroundings
from .tokens import estimate_tokens

__all__ = [
    "Assembled",
    "EmbedTexts",
    "Line",
    "LiveStates",
    "Situation",
    "Surroundings",
    "area_name",
    "clean",
    "describe_moment",
    "estimate_tokens",
    "fence",
    "fit",
    "home_index",
    "render",
]
