"""Give a model few tools, and let it find the others."""

from .budget import ToolBudget, ToolsShown
from .finder import Finder
from .misfit import misfit
from .names import by_name
from .offer import Offer, offer
from .tool import FIND_TOOLS, USE_TOOL, as_meant

__all__ = [
    "FIND_TOOLS",
    "USE_TOOL",
    "Finder",
    "Offer",
    "ToolBudget",
    "ToolsShown",
    "as_meant",
    "by_name",
    "misfit",
    "offer",
]
