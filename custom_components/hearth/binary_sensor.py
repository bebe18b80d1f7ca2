"""Binary sensor platform for the Hearth integration."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthConfigEntry
from .entity import HearthEngineEntity

PARALLEL_UPDATES = 0

_CONNECTION = BinarySensorEntityDescription(
    key="connection",
    translation_key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
_MODELS = BinarySensorEntityDescription(
    key="models",
    translation_key="models",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up what tells whether the engine works."""
    async_add_entities([EngineConnection(entry, _CONNECTION), ModelProblem(entry, _MODELS)])


class EngineConnection(HearthEngineEntity, BinarySensorEntity):
    """Whether the engine answers; known even when it does not."""

    @property
    @override
    def available(self) -> bool:
        """Stay available: a lost connection is what this entity is for."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the engine answers."""
        return self.coordinator.last_update_success


class ModelProblem(HearthEngineEntity, BinarySensorEntity):
    """Whether a model that was chosen for a role does not work."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether any role has a model that failed or is gone."""
        return bool(self.coordinator.broken_roles())
