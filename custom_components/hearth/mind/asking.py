"""Tell a model what belongs to somebody's words, and say what to ask of the engine."""

from homeassistant.components import conversation

from ..context import describe_moment, estimate_tokens
from ..hands import Hands
from .agent import Ask
from .citations import Citations
from .conversations import newest_words
from .knowledge import Knowledge, Reader, Wanted, tell
from .prefix import async_provide, effort
from .utterance import Utterance


async def async_prepare_ask(
    hands: Hands, knowledge: Knowledge, utterance: Utterance, core_memory: str, reader: Reader
) -> Ask:
    """Give the chat log all that the model is told, and return what to ask of the engine.

    Raises ConverseError for a persona that is no template.
    """
    agent, context_length = utterance.agent, reader.context_length
    wanted = utterance.wanted(knowledge, reader.budget(spoken=utterance.is_spoken))
    _keep_at_home(utterance)
    await _async_provide(hands, utterance, core_memory, context_length)
    await _async_tell(knowledge, utterance, wanted)
    utterance.turn.citations = Citations(utterance.visible_note, shown=not utterance.is_spoken)
    return Ask(
        role=agent.role,
        agent_id=agent.entity_id,
        secrets=hands.secrets,
        conversation=utterance.going_on,
        priority=wanted.priority,
        reasoning=effort(agent.thinking, agent.role, spoken=utterance.is_spoken),
        context_length=context_length,
    )


def _keep_at_home(utterance: Utterance) -> None:
    """Keep from a model elsewhere what is kept at home, and what was said before to one that is here."""
    going_on = utterance.going_on
    kept = utterance.access.kept_at_home(utterance.agent.id)
    if kept:
        utterance.turn.left_out["kept_at_home"] = ", ".join(sorted(kept))
        if not going_on.is_away and (newest := newest_words(utterance.chat_log)) is not None:
            going_on.let_go(newest, "")
    going_on.is_away = bool(kept)


async def _async_provide(hands: Hands, utterance: Utterance, core_memory: str, context_length: int | None) -> None:
    """Give the chat log its system prompt and its guarded tools."""
    chat_log, turn = utterance.chat_log, utterance.turn
    tools = await async_provide(
        hands,
        utterance.agent,
        turn.scope,
        chat_log,
        utterance.llm_context,
        context_length,
        core_memory,
        utterance.user_input.extra_system_prompt,
    )
    system, *history = utterance.going_on.shown(chat_log.content)
    turn.tokens |= {
        "system": _tokens_of(system) - estimate_tokens(core_memory),
        "tools": tools,
        "memory": estimate_tokens(core_memory),
        "history": sum(map(_tokens_of, history[:-1])),
        "words": estimate_tokens(utterance.user_input.text),
    }


async def _async_tell(knowledge: Knowledge, utterance: Utterance, wanted: Wanted) -> None:
    """Look up what may help, and have the newest words told with it."""
    hass, turn, going_on = knowledge.hass, utterance.turn, utterance.going_on
    user_id = utterance.user_input.context.user_id
    user = await hass.auth.async_get_user(user_id) if user_id else None
    moment = describe_moment(hass, turn.scope.device_id, user.name if user else None)
    with turn.stage("look_up"):
        gathered = await knowledge.async_gather(wanted)
    told = tell(going_on, moment, gathered, wanted.budget)
    if (newest := newest_words(utterance.chat_log)) is not None:
        going_on.said[newest] = told.text
    turn.tokens |= told.tokens
    turn.left_out |= told.left_out
    turn.scope.tainted = turn.scope.tainted or told.untrusted or going_on.tainted
    going_on.told_to = turn.scope


def _tokens_of(content: conversation.Content) -> int:
    told = content.result.data if isinstance(content, conversation.ToolResultContent) else content.content
    return estimate_tokens(str(told or ""))
