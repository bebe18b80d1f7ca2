"""The sensors that measure of the demo home."""

from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import PERCENTAGE, Platform, UnitOfEnergy, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device

_UNITS = {
    SensorDeviceClass.BATTERY: PERCENTAGE,
    SensorDeviceClass.ENERGY: UnitOfEnergy.KILO_WATT_HOUR,
    SensorDeviceClass.HUMIDITY: PERCENTAGE,
    SensorDeviceClass.TEMPERATURE: UnitOfTemperature.CELSIUS,
}


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the sensors that measure in."""
    async_add_entities(SimulatedSensor(device) for device in devices_of(Platform.SENSOR))


class SimulatedSensor(SimulatedEntity, SensorEntity):
    """A sensor of a home in which nothing ever gets warmer or uses more."""

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = SensorDeviceClass(device.model)
        counts = self._attr_device_class is SensorDeviceClass.ENERGY
        self._attr_state_class = SensorStateClass.TOTAL_INCREASING if counts else SensorStateClass.MEASUREMENT
        self._attr_native_unit_of_measurement = _UNITS[self._attr_device_class]
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._attr_native_value = float(state.state)
