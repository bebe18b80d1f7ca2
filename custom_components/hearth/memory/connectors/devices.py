"""Feed the library with what the home is made of: its devices, where they stand, and what they are called."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback, split_entity_id
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)
from homeassistant.util.event_type import EventType

from ...access import HOUSEHOLD_OWNER, Source, source_of_entity
from ...engine import LibraryItem
from .connector import Connector, Entry, Listing, digest

_EVENTS: Final[tuple[EventType[Any], ...]] = (
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    ar.EVENT_AREA_REGISTRY_UPDATED,
)


class Devices(Connector):
    """Each device with something that the home shows to assistants: names, place, maker and model, never a state."""

    source = Source.DEVICES
    collection = "devices"
    prefix = "device/"
    interval = timedelta(hours=1)

    @override
    async def async_list(self) -> Listing:
        """List the devices, and each entity that belongs to none."""
        entities = er.async_get(self._hass)
        shown: defaultdict[str, list[str]] = defaultdict(list)
        items: list[LibraryItem] = []
        for entity_id in self._exposed():
            # Calendars, lists and people are others' to tell of, and not to everybody.
            if source_of_entity(entity_id) is not Source.DEVICES:
                continue
            entry = entities.async_get(entity_id)
            if entry is not None and entry.device_id is not None:
                shown[entry.device_id].append(entity_id)
            else:
                items.append(self._entity(entity_id))
        devices = dr.async_get(self._hass)
        items += [
            self._device(device, entity_ids)
            for device_id, entity_ids in shown.items()
            if (device := devices.async_get(device_id))
        ]
        return Listing({item.id: Entry.of(item) for item in items})

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Look again when something is added, renamed or moved."""

        @callback
        def changed(_event: Any) -> None:
            wake()

        return [self._hass.bus.async_listen(event_type, changed) for event_type in _EVENTS]

    def _device(self, device: dr.DeviceEntry | dr.ChildDeviceEntry, entity_ids: list[str]) -> LibraryItem:
        name = device.name_by_user or device.name or self._name(entity_ids[0])
        facts = [f"{name}{self._place(dr.async_get_effective_area_id(self._hass, device))}."]
        # A part of a device is made by whoever makes the whole.
        made = (device.manufacturer, device.model, device.model_id) if isinstance(device, dr.DeviceEntry) else ()
        if any(made):
            facts.append(f"Made by: {' '.join(filter(None, made))}.")
        facts += [self._described(entity_id) for entity_id in entity_ids]
        return _item(f"{self.prefix}{digest(device.id)}", name, facts, f"/config/devices/device/{device.id}")

    def _entity(self, entity_id: str) -> LibraryItem:
        item_id = f"{self.prefix}{digest(self._access.key_of(entity_id))}"
        return _item(
            item_id, self._name(entity_id), [self._described(entity_id)], f"/config/entities?filter={entity_id}"
        )

    def _described(self, entity_id: str) -> str:
        """Return what an entity is, what it is called, and where it is if it has a place of its own."""
        entry = er.async_get(self._hass).async_get(entity_id)
        names = [alias for alias in (entry.aliases if entry else ()) if isinstance(alias, str) and alias]
        also = f", also called {', '.join(sorted(names))}" if names else ""
        kind = split_entity_id(entity_id)[0].replace("_", " ").capitalize()
        return f"{kind}: {self._name(entity_id)}{also}{self._place(entry.area_id if entry else None)}"

    def _place(self, area_id: str | None) -> str:
        """Return where something stands, with a space before it."""
        area = ar.async_get(self._hass).async_get_area(area_id) if area_id else None
        if area is None:
            return ""
        floor = fr.async_get(self._hass).async_get_floor(area.floor_id) if area.floor_id else None
        return f" in {area.name}, {floor.name}" if floor else f" in {area.name}"


def _item(item_id: str, name: str, facts: list[str], url: str) -> LibraryItem:
    return LibraryItem(id=item_id, owner=HOUSEHOLD_OWNER, title=name, content="\n".join(facts), url=url)
