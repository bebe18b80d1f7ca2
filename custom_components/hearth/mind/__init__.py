"""Take one turn of a conversation: reflexes, then the router, then the agent loop."""

from .agent import Ask, async_generate
from .converse import Asker, Mind
from .prompt import DEFAULT_PERSONA, reply_schema
from .route import async_prepare
from .turn import Tier, Turn, TurnLog, TurnOutcome

__all__ = [
    "DEFAULT_PERSONA",
    "Ask",
    "Asker",
    "Mind",
    "Tier",
    "Turn",
    "TurnLog",
    "TurnOutcome",
    "async_generate",
    "async_prepare",
    "reply_schema",
]
