"""The doors, windows and alarms that only tell of the demo home."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the doors, windows and alarms that only tell in."""
    async_add_entities(SimulatedBinarySensor(device) for device in devices_of(Platform.BINARY_SENSOR))


class SimulatedBinarySensor(SimulatedEntity, BinarySensorEntity):
    """A sensor that knows yes and no."""

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = BinarySensorDeviceClass(device.model)
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._attr_is_on = state.state == "on"
