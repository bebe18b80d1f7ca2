"""Base entities for the Hearth integration."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import EngineCoordinator, HearthConfigEntry

_MANUFACTURER = "Hearth"


def engine_device(entry: HearthConfigEntry) -> DeviceInfo:
    """Describe the engine as a device; its version is unknown until it has answered."""
    state = entry.runtime_data.coordinator.data
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=_MANUFACTURER,
        translation_key="engine",
        sw_version=state.info.version if state else None,
    )


class HearthEntity(Entity):
    """An entity of the engine's device."""

    _attr_has_entity_name = True

    def __init__(self, entry: HearthConfigEntry, description: EntityDescription) -> None:
        """Name the entity by its description."""
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = engine_device(entry)


class HearthEngineEntity(HearthEntity, CoordinatorEntity[EngineCoordinator]):
    """An entity that shows what the engine says of itself, and nothing while it does not."""

    def __init__(self, entry: HearthConfigEntry, description: EntityDescription) -> None:
        """Follow the entry's coordinator."""
        CoordinatorEntity.__init__(self, entry.runtime_data.coordinator)
        HearthEntity.__init__(self, entry, description)


class HearthSubentryEntity(Entity):
    """The entity of a subentry, on a device of its own."""

    _attr_has_entity_name = True

    def __init__(self, entry: HearthConfigEntry, subentry: ConfigSubentry) -> None:
        """Take the identity of the subentry."""
        self.entry = entry
        self.subentry = subentry
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=_MANUFACTURER,
            name=subentry.title,
        )
