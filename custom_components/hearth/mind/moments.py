"""Keep what each of a person's words was sent with, so that a conversation only ever grows.

An engine has read the earlier words together with their moment. Sent again without it, they would have to be read
anew, and with them every answer and every tool's result that has come since. What still holds is not said twice.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.components.conversation import ChatLog

# Home Assistant forgets a conversation after five minutes; so many of them are never under way at once.
_KEPT = 64
_UNKNOWN = "unknown"


@dataclass(slots=True)
class _Conversation:
    """What was said with each of the words, by when they were said, and what of it holds."""

    said: dict[datetime, str] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)

    def say(self, moment: Mapping[str, str]) -> str:
        """Return what is new in a moment."""
        gone = {kind: _UNKNOWN for kind in self.holds if kind not in moment}
        new = {kind: value for kind, value in {**moment, **gone}.items() if self.holds.get(kind) != value}
        self.holds |= new
        return ", ".join(f"{kind}: {value}" for kind, value in new.items())


class Moments:
    """The moments of the conversations that may go on, in memory only."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()

    def note(self, chat_log: ChatLog, moment: Mapping[str, str]) -> Mapping[datetime, str]:
        """Note the moment of the newest words of a chat log; return what to say with all of its words."""
        conversation = self._conversations.setdefault(chat_log.conversation_id, _Conversation())
        self._conversations.move_to_end(chat_log.conversation_id)
        newest = next((content for content in reversed(chat_log.content) if content.role == "user"), None)
        if newest is not None:
            conversation.said[newest.created] = conversation.say(moment)
        if len(self._conversations) > _KEPT:
            self._conversations.popitem(last=False)
        return conversation.said
