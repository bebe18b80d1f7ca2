"""Feed the library with the conversations that are kept, each as its person's own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ...access import Access, Source
from ...engine import ItemKind, LibraryItem
from .connector import Connector, Entry, Listing, digest

_URL = "/config/voice-assistants/assistants"


class KeptConversation(Protocol):
    """A conversation as it is kept: `text` is Markdown."""

    @property
    def owner(self) -> str:
        """Return whose it is."""

    @property
    def title(self) -> str | None:
        """Return what it is called, None for nothing yet."""

    @property
    def text(self) -> str:
        """Return who said what."""

    @property
    def time(self) -> datetime:
        """Return when it was."""


class Kept(Protocol):
    """Where conversations are kept; those that were incognito are not among them."""

    async def async_conversations(self) -> Mapping[str, str]:
        """Return what changes when a conversation does, by its ID."""

    async def async_conversation(self, conversation_id: str) -> KeptConversation | None:
        """Return a conversation, None for one that is gone."""

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change until the returned function is called."""


class Conversations(Connector):
    """The conversations, for as long as they are kept."""

    source = Source.CONVERSATIONS
    collection = "conversations"
    prefix = "conversation/"

    def __init__(self, hass: HomeAssistant, access: Access, kept: Kept) -> None:
        """Read from where conversations are kept."""
        super().__init__(hass, access)
        self._kept = kept

    @override
    async def async_list(self) -> Listing:
        """List the conversations."""
        versions = await self._kept.async_conversations()
        entries = {
            (item_id := self.prefix + digest(conversation_id)): self._entry(item_id, conversation_id, version)
            for conversation_id, version in versions.items()
        }
        return Listing(entries)

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Look again when something was said."""
        return (self._kept.add_listener(wake),)

    def _entry(self, item_id: str, conversation_id: str, version: str) -> Entry:
        async def read() -> LibraryItem | None:
            conversation = await self._kept.async_conversation(conversation_id)
            if conversation is None:
                return None
            return LibraryItem(
                id=item_id,
                owner=conversation.owner,
                title=conversation.title or f"Conversation of {conversation.time:%d %B %Y, %H:%M}",
                content=conversation.text,
                kind=ItemKind.MARKDOWN,
                time=conversation.time,
                url=_URL,
            )

        return Entry(version, read)
