"""Build the beginning that every turn of an agent shares: its system prompt and its tools.

A turn and the warming up before it take the same road through here, or what was computed beforehand would not be what
the turn begins with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.components import conversation
from homeassistant.components.conversation import ChatLog, SystemContent
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..access import HearthLLMContext, View
from ..const import DOMAIN, ROLE_REASONING
from ..context import home_index
from ..engine import WarmRequest
from ..hands import GuardedAPI, GuardedTools, Hands, Scope, ToolBudget, ToolsShown
from .prompt import messages, system_prompt, tool_schemas


class Thinking(StrEnum):
    """Whether a model may think before it speaks; by itself only when nobody waits to hear it."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Agent:
    """The agent that a person speaks to.

    `id` outlives its entity's name; `persona` is a template; `role` is its model's; `api_ids` name its LLM APIs; of
    what is said to one that is `incognito` nothing is kept; `tools` says which of them stand in its prompt.
    """

    id: str
    entity_id: str
    persona: str | None
    role: str
    api_ids: Sequence[str]
    thinking: Thinking = Thinking.AUTO
    incognito: bool = False
    tools: ToolsShown = ToolsShown.AUTO


def effort(thinking: Thinking, role: str, *, spoken: bool) -> str | None:
    """Return the reasoning effort to ask for: "none", or None for as much as the model likes."""
    thinks = thinking is Thinking.ALWAYS or (thinking is Thinking.AUTO and role == ROLE_REASONING and not spoken)
    return None if thinks else "none"


async def async_provide(
    hands: Hands,
    agent: Agent,
    scope: Scope,
    chat_log: ChatLog,
    llm_context: llm.LLMContext,
    context_length: int | None,
    core_memory: str = "",
    extra_system_prompt: str | None = None,
) -> int:
    """Give a chat log its system prompt and guarded tools; return how many tokens the tools take.

    Core memory stands last: it changes rarely, but more often than the home, and differs from person to person. Of the
    model's context (tokens, None where nobody knows it) tools get a share. Raises ConverseError for a persona that is
    no template.
    """
    budget = ToolBudget.of(context_length, agent.tools)
    hass = chat_log.hass
    index = home_index(hass, conversation.DOMAIN) if agent.api_ids else ""
    await chat_log.async_provide_llm_data(
        llm_context,
        GuardedAPI(hass, hands.guard, scope, agent.api_ids, index, budget=budget, finder=hands.finder),
        system_prompt(agent.persona),
        extra_system_prompt,
    )
    system = chat_log.content[0]
    if core_memory and isinstance(system, SystemContent):
        chat_log.content[0] = SystemContent(f"{system.content}\n{core_memory}")
    return chat_log.llm_api.offer.tokens if isinstance(chat_log.llm_api, GuardedTools) else 0


async def async_prefix(
    hass: HomeAssistant, hands: Hands, agent: Agent, view: View, context_length: int | None, core_memory: str = ""
) -> WarmRequest:
    """Return the beginning of every turn of an agent; raises ConverseError for a persona that is no template."""
    language = hass.config.language
    scope = Scope(agent.id, agent.entity_id, "", language, view=view, can_ask=False)
    llm_context = HearthLLMContext(
        platform=DOMAIN,
        context=None,
        language=language,
        assistant=conversation.DOMAIN,
        device_id=None,
        agent_id=agent.id,
    )
    # No conversation: it is never listed, and nothing is said in it.
    chat_log = ChatLog(hass, agent.id)
    await async_provide(hands, agent, scope, chat_log, llm_context, context_length, core_memory)
    return WarmRequest(
        model=agent.role,
        name=agent.id,
        messages=messages(chat_log.content, hands.secrets),
        tools=tool_schemas(chat_log.llm_api),
        reasoning=effort(agent.thinking, agent.role, spoken=True),
    )
