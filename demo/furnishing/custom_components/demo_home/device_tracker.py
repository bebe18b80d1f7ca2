"""The telephones that tell who is home of the demo home."""

from typing import override

from homeassistant.components.device_tracker import BaseScannerEntity, SourceType
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the telephones that tell who is home in."""
    async_add_entities(SimulatedPhone(device) for device in devices_of(Platform.DEVICE_TRACKER))


class SimulatedPhone(SimulatedEntity, BaseScannerEntity):
    """A telephone that the home's router sees, or not."""

    _attr_source_type = SourceType.ROUTER

    @property
    @override
    def is_connected(self) -> bool:
        return self._is_home

    @override
    def take(self, state: State) -> None:
        self._is_home = state.state == "home"
