"""Gather what is true of the home for a language model to know."""

from .home import home_index
from .moment import describe_moment

__all__ = ["describe_moment", "home_index"]
