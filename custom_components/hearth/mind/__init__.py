"""Take one turn of a conversation: reflexes, then the router, then the agent loop."""

from .agent import Ask, async_generate
from .briefing import Briefer, Briefing, async_polish
from .conversations import Conversations
from .converse import Mind
from .documents import document_tools
from .prefix import Agent, Thinking, effort
from .prompt import DEFAULT_PERSONA, reply_schema
from .route import async_match, async_prepare
from .turn import Tier, Turn, TurnLog, TurnOutcome
from .warmth import Warmable, Warmer

__all__ = [
    "DEFAULT_PERSONA",
    "Agent",
    "Ask",
    "Briefer",
    "Briefing",
    "Conversations",
    "Mind",
    "Thinking",
    "Tier",
    "Turn",
    "TurnLog",
    "TurnOutcome",
    "Warmable",
    "Warmer",
    "async_generate",
    "async_match",
    "async_polish",
    "async_prepare",
    "document_tools",
    "effort",
    "reply_schema",
]
