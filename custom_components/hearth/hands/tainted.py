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
# Who fetches such an address is told everything in it.
_FAR: Final = re.compile(r"\S*(?:(?:https?|ftp|mms|rtmp|rtsp|smb):|(?<!:))//\S*", re.IGNORECASE)
# These only keep words, addresses and all.
_KEEPS: Final = frozenset({"calendar", "hearth", "input_text", "logbook", "shopping_list", "todo", "todoist"})
# Where Home Assistant keeps what a voice is to say; whatever has such an address says it.
SPOKEN: Final = ("/api/tts_proxy/", "media-source://tts", "/api/assist_satellite/")
# What lies in the home's own media folders says nothing to anybody.
_OWN_MEDIA: Final = "media-source://media_source/"


def tells_others(effect: Effect, said: str = "") -> bool:
    """Tell whether an effect would take words on to somebody: shown, said aloud, or in an address that is asked for.

    Words that the person has `said` in this very turn are theirs to show: nobody outside has put them there.
    """
    if f"{effect.domain}.{effect.service}" in _SHOWS:
        return not _are_own(effect.data, said)
    return _has_address(effect.data)


def speaks(effect: Effect) -> bool:
    """Tell whether an effect has words said aloud, whatever it is called."""
    return any(part in text for text in _texts(effect.data) for part in SPOKEN)


def calls_far(effect: Effect, said: str) -> bool:
    """Tell whether an effect has an address of the internet asked for that the person has not `said`."""
    if effect.domain in _KEEPS:
        return False
    heard = said.casefold().split()
    return any(address.casefold() not in heard for text in _texts(effect.data) for address in _FAR.findall(text))


def _are_own(data: Mapping[str, Any], said: str) -> bool:
    words = {word for text in _texts(data) for word in _WORD.findall(text.casefold())}
    return bool(words) and words <= set(_WORD.findall(said.casefold()))


def _has_address(data: Mapping[str, Any]) -> bool:
    return any(_ADDRESS in text and not text.startswith(_OWN_MEDIA) for text in _texts(data))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in what an action is given."""
    match value:
        case str():
            yield value
        case Mapping():
            for part in value.values():
                yield from _texts(part)
        case list() | tuple():
            for part in value:
                yield from _texts(part)
        case _:
            return


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
