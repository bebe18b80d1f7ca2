"""Make room in a conversation that does not fit its model any more, and keep a summary of what goes."""

from collections.abc import Sequence
from datetime import datetime
import json
import logging
from typing import Final

from homeassistant.components.conversation import AssistantContent, ChatLog, Content, ToolResultContent, UserContent

from ..context import estimate_tokens
from ..engine import EngineError
from .conversations import Conversation, newest_words
from .summaries import Summariser

_LOGGER = logging.getLogger(__name__)

# What is left free for the reply, in tokens, or as a share of a small context.
_REPLY_TOKENS: Final = 1_024
_REPLY_SHARE: Final = 4
# Shorter results of tools are not worth a summary.
_SHORT_TOKENS: Final = 100


def is_full(conversation: Conversation, added: str, context_length: int | None) -> bool:
    """Tell whether what was counted last, some new text and a reply are more than a model can hold."""
    if context_length is None or not conversation.tokens:
        return False
    room = min(_REPLY_TOKENS, context_length // _REPLY_SHARE)
    return conversation.tokens + estimate_tokens(added) + room > context_length


async def async_make_room(chat_log: ChatLog, conversation: Conversation, summariser: Summariser) -> str | None:
    """Shorten what is sent of a conversation: its oldest turns, else the results of its last one, else what is known.

    Returns what became of it, a key of speech's texts: "compacted" or "let_go" where even a summary can't be had;
    None where nothing can go. The system prompt, core memory in it, and the newest words always stay.
    """
    shown = [content for content in conversation.shown(chat_log.content) if content.role != "system"]
    if (cut := _cut(shown)) is not None:
        summary = await _async_try(summariser, _transcript(conversation.summary, shown, cut), "")
        conversation.let_go(cut, summary)
        return "compacted" if summary else "let_go"
    if results := _long_results(conversation, shown):
        words = next((content.content for content in reversed(shown) if isinstance(content, UserContent)), "")
        for content in results:
            summary = await _async_try(summariser, _json(content), words)
            conversation.shortened[content.tool_call_id] = summary or "(left out: too long)"
        return "compacted"
    newest = newest_words(chat_log)
    if newest is not None and conversation.said.pop(newest, ""):
        return "let_go"
    return None


def _cut(shown: Sequence[Content]) -> datetime | None:
    """Return since when to keep a conversation: at most half of it, at least its last turn; None for a single turn."""
    later = [content.created for content in shown if isinstance(content, UserContent)][1:]
    half = sum(map(_size, shown)) / 2
    short = (start for start in later if sum(_size(content) for content in shown if content.created >= start) <= half)
    return next(short, later[-1] if later else None)


def _long_results(conversation: Conversation, shown: Sequence[Content]) -> list[ToolResultContent]:
    return [
        content
        for content in shown
        if isinstance(content, ToolResultContent)
        and content.tool_call_id not in conversation.shortened
        and _size(content) > _SHORT_TOKENS
    ]


def _transcript(summary: str, shown: Sequence[Content], until: datetime) -> str:
    lines = [f"Earlier: {summary}"] if summary else []
    return "\n".join([*lines, *(line for content in shown if content.created < until and (line := _line(content)))])


def _line(content: Content) -> str:
    match content:
        case UserContent():
            return f"User: {content.content}"
        case AssistantContent() if content.content:
            return f"Assistant: {content.content}"
        case ToolResultContent():
            return f"Result of {content.tool_name}: {_json(content)}"
        case _:
            return ""


def _json(content: ToolResultContent) -> str:
    return json.dumps(content.result.data, ensure_ascii=False, default=str)


def _size(content: Content) -> int:
    return estimate_tokens(_line(content))


async def _async_try(summariser: Summariser, text: str, wanted: str) -> str:
    """Return a summary, or nothing where the model can't give one."""
    try:
        return await summariser.async_summarise(text, wanted)
    except EngineError as err:
        _LOGGER.debug("What goes is not summarised: %s", err)
        return ""
