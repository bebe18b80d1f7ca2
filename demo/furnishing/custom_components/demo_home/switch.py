"""The switches of the demo home."""

from typing import Any, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the switches in."""
    async_add_entities(SimulatedSwitch(device) for device in devices_of(Platform.SWITCH))


class SimulatedSwitch(SimulatedEntity, SwitchEntity):
    """A switch or a switched socket."""

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = SwitchDeviceClass(device.model)
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._attr_is_on = state.state == "on"

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_is_on = True
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._attr_is_on = False
        self.async_write_ha_state()
