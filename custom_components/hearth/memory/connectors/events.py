"""Feed the library from what Home Assistant tells of once, by an event: articles and mail."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, override

from homeassistant.core import CALLBACK_TYPE, Event, callback

from ...engine import LibraryItem
from .connector import Connector, Listing


class EventConnector(Connector):
    """What events of one type tell; nothing of it can be listed later."""

    event_type: ClassVar[str]
    is_complete = False

    @override
    async def async_list(self) -> Listing:
        """List nothing: each thing is told of once, when it comes."""
        return Listing({})

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Take each thing as it comes."""

        @callback
        def came(event: Event) -> None:
            if (item := self._item(event)) is not None:
                push(item)

        return (self._hass.bus.async_listen(self.event_type, came),)

    @abstractmethod
    def _item(self, event: Event) -> LibraryItem | None:
        """Return what an event tells of, None for what belongs to nobody."""
