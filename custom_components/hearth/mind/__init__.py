"""Take one turn of a conversation: reflexes, then the router, then the agent loop."""

from .agent import Ask, async_generate
from .converse import Mind
from .moments import Moments
from .prefix import Asker, Thinking, async_prefix, effort
from .prompt import DEFAULT_PERSONA, reply_schema
from .route import async_prepare
from .turn import Tier, Turn, TurnLog, TurnOutcome
from .warmth import Warmable, Warmer

__all__ = [
    "DEFAULT_PERSONA",
    "Ask",
    "Asker",
    "Mind",
    "Moments",
    "Thinking",
    "Tier",
    "Turn",
    "TurnLog",
    "TurnOutcome",
    "Warmable",
    "Warmer",
    "async_generate",
    "async_prefix",
    "async_prepare",
    "effort",
    "reply_schema",
]
