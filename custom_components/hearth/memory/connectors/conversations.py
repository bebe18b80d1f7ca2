"""Feed the library with the conversations that are kept, each as its person's own."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...access import Access, Source
from ...engine import ItemKind, LibraryItem
from ..recall import Recall
from .connector import Connector, Entry, Listing, digest

_URL = "/config/voice-assistants/assistants"


class Conversations(Connector):
    """The conversations, for as long as they are kept."""

    source = Source.CONVERSATIONS
    collection = "conversations"
    prefix = "conversation/"

    def __init__(self, hass: HomeAssistant, access: Access, recall: Recall) -> None:
        """Read from where conversations are kept."""
        super().__init__(hass, access)
        self._recall = recall

    @override
    async def async_list(self) -> Listing:
        """List the conversations."""
        versions = await self._recall.async_conversations()
        entries = {
            (item_id := self.prefix + digest(conversation)): self._entry(item_id, conversation, version)
            for conversation, version in versions.items()
        }
        return Listing(entries)

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Look again when something was said or forgotten."""
        return (self._recall.add_listener(wake),)

    def _entry(self, item_id: str, conversation: str, version: str) -> Entry:
        async def read() -> LibraryItem | None:
            kept = await self._recall.async_conversation(conversation)
            if kept is None:
                return None
            return LibraryItem(
                id=item_id,
                owner=kept.owner,
                title=kept.title or f"Conversation on {dt_util.as_local(kept.time):%A, %d %B %Y, %H:%M}",
                content=kept.text,
                kind=ItemKind.MARKDOWN,
                time=kept.time,
                url=_URL,
            )

        return Entry(version, read)
