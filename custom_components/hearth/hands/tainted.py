"""Know where text from outside may have come to, and by which roads it would go on to others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import re
from typing import Any, Final

from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util

from .effects import Effect

# As long as an agent goes on calling tools, it may go on with what it has read.
_LASTS: Final = timedelta(hours=1)
# Mild as they are, these show words to others than whoever asks.
_SHOWS: Final = frozenset(
    {
        "input_text.set_value",
        "logbook.log",
        "persistent_notification.create",
        "shopping_list.add_item",
        "todo.add_item",
        "todo.update_item",
        "todoist.new_task",
    }
)
_ADDRESS: Final = "://"
_WORD: Final = re.compile(r"\w+")
# What lies in the home's own media folders says nothing to anybody.
_OWN_MEDIA: Final = "media-source://media_source/"


def tells_others(effect: Effect, said: str = "") -> bool:
    """Tell whether an effect would take words on to somebody: shown, said aloud, or in an address that is asked for.

    Words that the person has `said` in this very turn are theirs to show: nobody outside has put them there.
    """
    if f"{effect.domain}.{effect.service}" in _SHOWS:
        return not _are_own(effect.data, said)
    return _has_address(effect.data)


def _are_own(data: Mapping[str, Any], said: str) -> bool:
    words = set(_words(data))
    return bool(words) and words <= set(_WORD.findall(said.casefold()))


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield from _WORD.findall(value.casefold())
        case Mapping():
            for part in value.values():
                yield from _words(part)
        case list() | tuple():
            for part in value:
                yield from _words(part)
        case _:
            return


def _has_address(value: Any) -> bool:
    match value:
        case str():
            return _ADDRESS in value and not value.startswith(_OWN_MEDIA)
        case Mapping():
            return any(map(_has_address, value.values()))
        case list() | tuple():
            return any(map(_has_address, value))
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Talk:
    """What tells a conversation of another agent from others; `conversation_id` is None where none is known."""

    platform: str
    conversation_id: str | None
    user_id: str | None = None
    device_id: str | None = None

    @classmethod
    def of(cls, llm_context: llm.LLMContext) -> Talk:
        """Return the conversation that goes on now; one without a log is everything that somebody says to the agent."""
        if (chat_log := current_chat_log.get()) is not None:
            return cls(llm_context.platform, chat_log.conversation_id)
        user_id = llm_context.context.user_id if llm_context.context else None
        return cls(llm_context.platform, None, user_id, llm_context.device_id)


@dataclass(frozen=True, slots=True)
class TaintedTalks:
    """The conversations that text from outside is in, each for an hour after its last call of a tool."""

    _until: dict[Talk, datetime] = field(default_factory=dict)

    def __contains__(self, talk: Talk) -> bool:
        """Tell whether text from outside is in a conversation."""
        return talk in self._until and dt_util.utcnow() < self._until[talk]

    def add(self, talk: Talk) -> None:
        """Note that text from outside is in a conversation, from now on or still."""
        now = dt_util.utcnow()
        for over in [known for known, until in self._until.items() if until <= now]:
            del self._until[over]
        self._until[talk] = now + _LASTS
