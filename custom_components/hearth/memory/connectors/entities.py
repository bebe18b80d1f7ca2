"""Feed the library from the entities of a domain that hold things: calendars and to-do lists."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable
import logging
from typing import Any, ClassVar, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered

from ...engine import LibraryItem
from .connector import Connector, Entry, Listing, SourceError, Trouble, digest

_LOGGER = logging.getLogger(__name__)


class EntityConnector(Connector):
    """What the entities of a domain hold, of each that assistants are shown and that belongs to somebody."""

    domain: ClassVar[str]

    @override
    async def async_list(self) -> Listing:
        """List what each entity holds; one that is not available keeps what it had."""
        entries: dict[str, Entry] = {}
        troubles: dict[str, tuple[str, Trouble]] = {}
        for entity_id in self._exposed(self.domain):
            if (owner := self._access.owner_of(entity_id)) is None:
                continue
            prefix = f"{self.prefix}{digest(self._access.key_of(entity_id))}/"
            name = self._name(entity_id)
            try:
                items = [item async for item in self._async_items(self._entity(entity_id), prefix, name, owner)]
            except Exception as err:  # noqa: BLE001 - another integration's code may raise anything
                _LOGGER.debug("Reading %s failed: %s", entity_id, type(err).__name__)
                troubles[prefix] = name, Trouble.UNAVAILABLE
                continue
            entries |= {item.id: Entry.of(item) for item in items}
        return Listing(entries, troubles)

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Look again when an entity changes its state: it has another next event, or another number of open items."""

        @callback
        def changed(_event: Any) -> None:
            wake()

        states = TrackStates(all_states=False, entities=set(), domains={self.domain})
        tracked = async_track_state_change_filtered(self._hass, states, changed)
        return (tracked.async_remove,)

    @abstractmethod
    def _async_items(self, entity: Any, prefix: str, name: str, owner: str) -> AsyncIterator[LibraryItem]:
        """Yield what an entity holds; raises where it does not tell."""

    def _entity(self, entity_id: str) -> Any:
        component = self._hass.data.get(DATA_INSTANCES, {}).get(self.domain)
        entity = component.get_entity(entity_id) if component else None
        if entity is None or not entity.available:
            raise SourceError(Trouble.UNAVAILABLE)
        return entity
