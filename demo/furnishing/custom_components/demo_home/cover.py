"""The blinds and the garage door of the demo home."""

from typing import Any, override

from homeassistant.components.cover import (
    ATTR_CURRENT_POSITION,
    ATTR_POSITION,
    CoverDeviceClass,
    CoverEntity,
    CoverEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the blinds and the garage door in."""
    async_add_entities(SimulatedCover(device) for device in devices_of(Platform.COVER))


_TRAVEL_SECONDS = 2.0


class SimulatedCover(SimulatedEntity, CoverEntity):
    """Something that opens and closes; all but the garage door stop half-way."""

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = CoverDeviceClass(device.model)
        self._attr_supported_features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
        if device.model != CoverDeviceClass.GARAGE:
            self._attr_supported_features |= CoverEntityFeature.SET_POSITION | CoverEntityFeature.STOP
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        ends = 100 if state.state in ("open", "opening") else 0
        self._arrive(state.attributes.get(ATTR_CURRENT_POSITION, ends))

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        self._travel(100)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        self._travel(0)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        self._travel(kwargs[ATTR_POSITION])

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        self.stop_moving()
        # Where it was stopped is not worth simulating: half-way is somewhere.
        self._arrive(50 if self._attr_is_opening or self._attr_is_closing else self._position)
        self.async_write_ha_state()

    def _travel(self, position: int) -> None:
        self._attr_is_opening = position > self._position
        self._attr_is_closing = position < self._position
        distance = abs(position - self._position)
        self.move(_TRAVEL_SECONDS * distance / 100, lambda: self._arrive(position))

    def _arrive(self, position: int) -> None:
        self._position = position
        self._attr_is_opening = self._attr_is_closing = False
        self._attr_is_closed = position == 0
        if CoverEntityFeature.SET_POSITION in self.supported_features:
            self._attr_current_cover_position = position
