"""The valves of the demo home."""

from typing import override

from homeassistant.components.valve import ValveDeviceClass, ValveEntity, ValveEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the valves in."""
    async_add_entities(SimulatedValve(device) for device in devices_of(Platform.VALVE))


_TURNING_SECONDS = 1.0


class SimulatedValve(SimulatedEntity, ValveEntity):
    """A motor valve, open or closed."""

    _attr_reports_position = False
    _attr_supported_features = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = ValveDeviceClass(device.model)
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._arrive(closed=state.state in ("closed", "closing"))

    @override
    async def async_open_valve(self) -> None:
        self._attr_is_opening, self._attr_is_closing = True, False
        self.move(_TURNING_SECONDS, lambda: self._arrive(closed=False))

    @override
    async def async_close_valve(self) -> None:
        self._attr_is_opening, self._attr_is_closing = False, True
        self.move(_TURNING_SECONDS, lambda: self._arrive(closed=True))

    def _arrive(self, *, closed: bool) -> None:
        self._attr_is_opening = self._attr_is_closing = False
        self._attr_is_closed = closed
