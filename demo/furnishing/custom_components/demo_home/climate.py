"""The thermostat of the demo home."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACAction, HVACMode
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_TEMPERATURE, Platform, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the thermostat in."""
    async_add_entities(SimulatedThermostat(device) for device in devices_of(Platform.CLIMATE))


class SimulatedThermostat(SimulatedEntity, ClimateEntity):
    """The thermostat of the heating."""

    _attr_hvac_modes = [HVACMode.HEAT, HVACMode.OFF]
    _attr_min_temp = 5
    _attr_max_temp = 30
    _attr_target_temperature_step = 0.5
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_current_temperature = 20.8
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )

    @property
    @override
    def hvac_action(self) -> HVACAction:
        if self._attr_hvac_mode is HVACMode.OFF:
            return HVACAction.OFF
        target = self._attr_target_temperature or 0
        return HVACAction.HEATING if target > (self._attr_current_temperature or 0) else HVACAction.IDLE

    @override
    def take(self, state: State) -> None:
        self._attr_hvac_mode = HVACMode(state.state)
        self._attr_target_temperature = state.attributes.get(ATTR_TEMPERATURE) or 20.5

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._attr_target_temperature = kwargs[ATTR_TEMPERATURE]
        self.async_write_ha_state()

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        self._attr_hvac_mode = hvac_mode
        self.async_write_ha_state()

    @override
    async def async_turn_on(self) -> None:
        await self.async_set_hvac_mode(HVACMode.HEAT)

    @override
    async def async_turn_off(self) -> None:
        await self.async_set_hvac_mode(HVACMode.OFF)
