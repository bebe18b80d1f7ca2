"""Carry through a tool call who asks, and through which agent."""

from dataclasses import dataclass

from homeassistant.helpers import llm

from .principal import Principal


@dataclass(slots=True)
class HearthLLMContext(llm.LLMContext):
    """The context of a call by an agent of ours; a plain one is another agent's.

    `agent_id` is the ID of the agent's subentry; of an `incognito` conversation nothing may be kept.
    """

    agent_id: str | None = None
    incognito: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the principal, the agent (its subentry's ID, None for one not ours), and whether nothing is kept."""

    principal: Principal
    agent_id: str | None = None
    incognito: bool = False
