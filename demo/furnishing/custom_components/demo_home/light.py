"""The lights of the demo home."""

from typing import Any, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_HS_COLOR,
    ColorMode,
    LightEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import COLOURED, DIMMABLE, ON_OFF, TUNABLE, Device

_COLOR_MODES = {
    ON_OFF: {ColorMode.ONOFF},
    DIMMABLE: {ColorMode.BRIGHTNESS},
    TUNABLE: {ColorMode.COLOR_TEMP},
    COLOURED: {ColorMode.COLOR_TEMP, ColorMode.HS},
}


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the lights in."""
    async_add_entities(SimulatedLight(device) for device in devices_of(Platform.LIGHT))


class SimulatedLight(SimulatedEntity, LightEntity):
    """A light that can be as much as its model can."""

    _attr_min_color_temp_kelvin = 2200
    _attr_max_color_temp_kelvin = 6500

    @override
    def __init__(self, device: Device) -> None:
        self._attr_supported_color_modes = _COLOR_MODES[device.model]
        self._attr_color_mode = min(self._attr_supported_color_modes)
        self._attr_brightness = 204
        self._attr_color_temp_kelvin = 2700
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._attr_is_on = state.state == "on"
        # A light that is off tells no brightness or colour; it keeps those that it had.
        self._change({name: value for name, value in state.attributes.items() if value is not None})

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_is_on = True
        self._change(kwargs)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._attr_is_on = False
        self.async_write_ha_state()

    def _change(self, wanted: dict[str, Any]) -> None:
        self._attr_brightness = wanted.get(ATTR_BRIGHTNESS, self._attr_brightness)
        if wanted.get(ATTR_COLOR_MODE) == ColorMode.COLOR_TEMP or ATTR_HS_COLOR not in wanted:
            if ATTR_COLOR_TEMP_KELVIN in wanted:
                self._attr_color_temp_kelvin = wanted[ATTR_COLOR_TEMP_KELVIN]
                self._attr_color_mode = ColorMode.COLOR_TEMP
        else:
            self._attr_hs_color = wanted[ATTR_HS_COLOR]
            self._attr_color_mode = ColorMode.HS
